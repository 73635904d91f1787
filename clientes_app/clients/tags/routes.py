"""The page of tags, where they are renamed, merged and deleted: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...client_files.meaning.tag_lists import join_tags
from ...models import Etiqueta
from ...web.access import Access, access
from ...web.htmx import flash_and_go, form_again, page_or_fragment
from .. import bp
from ..many.forms import TagForm
from . import services as tags
from . import tagging

_EDIT = ("clients/tags/edit.html", "clients/tags/_edit.html")


@bp.get("/etiquetas/")
@access(Access.ADMIN)
def list_tags() -> ResponseReturnValue:
    """List the account's tags, each with the number of its clients."""
    return page_or_fragment(
        "clients/tags/index.html", "clients/tags/_list.html", counted=tags.count_tagged(current_user.account_id)
    )


@bp.get("/etiquetas/editar/<int:pk>/")
@access(Access.ADMIN)
def edit_tag(pk: int) -> ResponseReturnValue:
    """Show the form of a tag's name."""
    counted = tags.count_one(current_user.account_id, pk)
    form = TagForm(formdata=None, etiqueta=join_tags([counted.tag.nombre]))
    return page_or_fragment(*_EDIT, counted=counted, form=form, other=None)


@bp.post("/etiquetas/editar/<int:pk>/")
@access(Access.ADMIN)
def rename_tag(pk: int) -> ResponseReturnValue:
    """Rename a tag; where another has the name, offer to merge the two, and merge them once that is asked for."""
    counted = tags.count_one(current_user.account_id, pk)
    form = TagForm(request.form)
    if not form.validate():
        return form_again(*_EDIT, counted=counted, form=form, other=None)
    try:
        tag = tags.rename_tag(current_user.account_id, pk, form.name)
    except tags.SameTag as refusal:
        if "unir" in request.form:
            return _merge(counted.tag, refusal.other)
        form.etiqueta.errors = [refusal.message]
        return form_again(*_EDIT, counted=counted, form=form, other=refusal.other)
    return _leave(gettext("The tag is now called %(name)s.", name=tag.nombre))


@bp.get("/etiquetas/eliminar/<int:pk>/")
@access(Access.ADMIN)
def confirm_tag_deletion(pk: int) -> ResponseReturnValue:
    """Say how many clients have a tag, before it is deleted."""
    counted = tags.count_one(current_user.account_id, pk)
    return page_or_fragment("clients/tags/delete.html", "clients/tags/_delete.html", counted=counted)


@bp.post("/etiquetas/eliminar/<int:pk>/")
@access(Access.ADMIN)
def delete_tag(pk: int) -> ResponseReturnValue:
    """Delete a tag; its clients stay."""
    tag = tagging.delete_tag(current_user.account_id, pk)
    return _leave(gettext("The tag %(name)s is deleted.", name=tag.nombre))


def _merge(tag: Etiqueta, other: Etiqueta) -> ResponseReturnValue:
    kept = tagging.merge_tags(current_user.account_id, tag.id, other.id)
    return _leave(gettext("Both tags are now one: %(name)s.", name=kept.nombre))


def _leave(said: str) -> ResponseReturnValue:
    return flash_and_go(said, url_for("clients.list_tags"))
