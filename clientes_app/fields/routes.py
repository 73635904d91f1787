"""The page of an account's own fields, where they are made, changed and deleted: the views."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..errors import DomainError
from ..extensions import db
from ..models import MOST_FIELDS, Campo
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.htmx import flash_and_go, form_again, page_or_fragment
from . import bp, services
from .forms import KINDS, FieldEditForm, FieldForm
from .naming import BadName
from .uses import count_clients, uses_of

_NEW = ("fields/new.html", "fields/_new.html")
_EDIT = ("fields/edit.html", "fields/_edit.html")


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """List the fields, each with how many clients have a value."""
    fields = services.list_fields(db.session(), current_user.account_id)
    counts = count_clients(db.session(), fields)
    shown = {"fields": fields, "counts": counts, "kinds": KINDS, "full": len(fields) >= MOST_FIELDS}
    return page_or_fragment("fields/index.html", "fields/_list.html", **shown)


@bp.get("/nuevo/")
@access(Access.ADMIN)
def new() -> ResponseReturnValue:
    """Show the form of a new field."""
    return page_or_fragment(*_NEW, form=FieldForm(formdata=None))


@bp.post("/nuevo/")
@access(Access.ADMIN)
def create() -> ResponseReturnValue:
    """Make a field."""
    form = FieldForm(request.form)
    if not form.validate():
        return form_again(*_NEW, form=form)
    try:
        field = services.create_field(current_user.account_id, form.new_field(), by=current_actor())
    except (BadName, services.SameField, services.TooManyFields) as refusal:
        form.nombre.errors = [refusal.message]
        return form_again(*_NEW, form=form)
    return _leave(gettext("The field %(name)s is made. %(written)s", name=field.nombre, written=_written(field)))


@bp.get("/<int:pk>/")
@access(Access.ADMIN)
def edit(pk: int) -> ResponseReturnValue:
    """Show the form of a field."""
    field = services.get_field(current_user.account_id, pk)
    form = _edit_form(field, FieldEditForm(formdata=None, nombre=field.nombre, opciones="\n".join(field.opciones)))
    return page_or_fragment(*_EDIT, form=form, field=field)


@bp.post("/<int:pk>/")
@access(Access.ADMIN)
def save(pk: int) -> ResponseReturnValue:
    """Change a field's name and options."""
    field = services.get_field(current_user.account_id, pk)
    form = _edit_form(field, FieldEditForm(request.form))
    if not form.validate():
        return form_again(*_EDIT, form=form, field=field)
    try:
        field = services.edit_field(
            current_user.account_id, pk, form.nombre.data or "", form.options, by=current_actor()
        )
    except (BadName, services.SameField) as refusal:
        form.nombre.errors = [refusal.message]
        return form_again(*_EDIT, form=form, field=field)
    except services.OptionInUse as refusal:
        form.opciones.errors = [refusal.message]
        return form_again(*_EDIT, form=form, field=field)
    return _leave(gettext("The field %(name)s is saved. %(written)s", name=field.nombre, written=_written(field)))


@bp.post("/<int:pk>/mover/")
@access(Access.ADMIN)
def move(pk: int) -> ResponseReturnValue:
    """Move a field up or down among the others."""
    given = request.form.get("hacia", "")
    if given not in set(services.Direction):
        raise DomainError(gettext("Say where to: arriba or abajo."))
    field = services.move_field(current_user.account_id, pk, services.Direction(given))
    return _leave(gettext("The field %(name)s is moved.", name=field.nombre))


@bp.get("/<int:pk>/eliminar/")
@access(Access.ADMIN)
def confirm_deletion(pk: int) -> ResponseReturnValue:
    """Say what uses a field, before it is deleted."""
    field = services.get_field(current_user.account_id, pk)
    uses = uses_of(db.session(), field)
    return page_or_fragment("fields/delete.html", "fields/_delete.html", field=field, uses=uses)


@bp.post("/<int:pk>/eliminar/")
@access(Access.ADMIN)
def delete(pk: int) -> ResponseReturnValue:
    """Delete a field and all its values."""
    field = services.delete_field(current_user.account_id, pk, by=current_actor())
    return _leave(gettext("The field %(name)s is deleted.", name=field.nombre))


def _edit_form(field: Campo, form: FieldEditForm) -> FieldEditForm:
    form.kind = field.tipo
    return form


def _written(field: Campo) -> str:
    placeholder = f"{{{field.clave}}}"
    return str(gettext("In a text it is written %(placeholder)s.", placeholder=placeholder))


def _leave(said: str) -> ResponseReturnValue:
    return flash_and_go(said, url_for("fields.index"))
