"""The list of clients and every change to one: the views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ..errors import Conflict, DomainError
from ..extensions import db
from ..fields.inputs import typed_values
from ..fields.services import list_fields
from ..fields.values import values_of
from ..models import Cliente
from ..web.access import Access, access, program_view
from ..web.actor import current_account, current_actor
from ..web.error_pages import speaks_json
from ..web.formatting import local_iso
from ..web.forms import form_from_json, json_object, validated
from ..web.htmx import done, flash_and_go, form_again, is_partial, page_or_fragment
from ..web.i18n import account_zone
from . import bp, notices, services
from .forms import ActiveForm, ClientForm
from .list_view import list_context, shown_values
from .notices import Notice
from .own_json import CAMPOS, own_as_json, read_own
from .search import listing
from .search.criteria import Search


@bp.get("/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List clients: a page of what the search finds."""
    shown = list_context(request.args)
    answer = page_or_fragment("clients/index.html", "clients/_list.html", **shown)
    # The form sends what is empty too: the address says what is asked, no more.
    answer.headers["HX-Replace-Url"] = url_for("clients.index", **shown["asked"])
    return answer


@bp.get("/nuevo/")
@access(Access.EDIT_CLIENTS)
def new() -> ResponseReturnValue:
    """Show the form of a new client."""
    return page_or_fragment("clients/new.html", "clients/_new.html", form=_new_form())


@bp.post("/nuevo/")
@access(Access.EDIT_CLIENTS)
def create() -> ResponseReturnValue:
    """Create a client."""
    form = _new_form(request.form)
    if not form.validate():
        return form_again("clients/new.html", "clients/_new.html", form=form)
    client = services.create_client(current_account(), form.given(), form.given_values(), by=current_actor())
    if "otro" in request.form:
        return _offer_another(client)
    notice = notices.saved(client, current_account().region)
    fragment = _row_fragment("clients/_added.html", client)
    return done(notice.text, url_for("clients.index"), fragment, level=notice.level)


@bp.post("/crear/ajax/")
@access(Access.EDIT_CLIENTS)
@program_view
def create_by_json() -> ResponseReturnValue:
    """Create a client from a JSON object."""
    payload = json_object()
    form = validated(form_from_json(ClientForm, payload))
    values = _own_values(payload)
    client = services.create_client(current_account(), form.given(), values, by=current_actor())
    return {"success": True, "cliente": _as_json(client)}


@bp.get("/editar/<int:pk>/")
@access(Access.EDIT_CLIENTS)
def edit(pk: int) -> ResponseReturnValue:
    """Show the form of a client."""
    client = services.find_client(current_user.account_id, pk)
    services.require_not_erased(client)
    form = _edit_form(client)
    return page_or_fragment("clients/edit.html", "clients/_edit.html", form=form, **_client_context(client))


@bp.post("/editar/<int:pk>/")
@access(Access.EDIT_CLIENTS)
def save(pk: int) -> ResponseReturnValue:
    """Change a client; a field that is left out keeps its value."""
    client = services.find_client(current_user.account_id, pk)
    if request.is_json:
        return _save_json(client)
    form = _edit_form(client, request.form)
    if not form.validate():
        return form_again("clients/edit.html", "clients/_edit.html", form=form, **_client_context(client))
    client = services.edit_client(current_account(), pk, form.given(), form.given_values(), by=current_actor())
    notice = notices.saved(client, current_account().region)
    if _from_own_page():
        return _leave(notice, url_for("clients.show", pk=pk))
    fragment = _row_fragment("clients/_changed.html", client)
    return done(notice.text, url_for("clients.index"), fragment, level=notice.level)


@bp.post("/<int:pk>/activo/")
@access(Access.EDIT_CLIENTS)
def set_active(pk: int) -> ResponseReturnValue:
    """Activate or deactivate a client."""
    form = ActiveForm(request.form)
    if not form.validate():
        raise DomainError(gettext("Say true or false."))
    client = services.set_active(current_user.account_id, pk, form.activo.data, by=current_actor())
    said = (
        gettext("%(name)s is active.", name=client.nombre)
        if client.activo
        else gettext("%(name)s is inactive and gets no more campaigns.", name=client.nombre)
    )
    if _from_own_page():
        return flash_and_go(said, url_for("clients.show", pk=pk))
    return done(said, url_for("clients.index"), _row_fragment("clients/_changed.html", client))


@bp.get("/eliminar/<int:pk>/")
@access(Access.ADMIN)
def confirm_deletion(pk: int) -> ResponseReturnValue:
    """Ask before deleting a client."""
    client = services.find_client(current_user.account_id, pk)
    refused = services.has_sales(db.session(), current_user.account_id, pk)
    return page_or_fragment("clients/delete.html", "clients/_delete.html", refused=refused, **_client_context(client))


@bp.post("/eliminar/<int:pk>/")
@access(Access.ADMIN)
def delete(pk: int) -> ResponseReturnValue:
    """Delete a client that has no sales."""
    try:
        client = services.delete_client(current_user.account_id, pk, by=current_actor())
    except Conflict as refusal:
        if speaks_json():
            raise
        return _refuse_deletion(pk, refusal)
    said = gettext("%(name)s is deleted.", name=client.nombre)
    if _from_own_page():
        return flash_and_go(said, url_for("clients.index"))
    fragment = render_template("clients/_deleted.html", client=client, **_counted(_shown_search()))
    return done(said, url_for("clients.index"), fragment)


def _new_form(formdata: MultiDict[str, str] | None = None) -> ClientForm:
    fields = list_fields(db.session(), current_user.account_id)
    return ClientForm.with_own(fields)(formdata)


def _edit_form(client: Cliente, formdata: MultiDict[str, str] | None = None) -> ClientForm:
    fields = list_fields(db.session(), client.usuario_id)
    values = values_of(db.session(), [client.id]).get(client.id, {})
    return ClientForm.with_own(fields)(formdata, obj=client, **typed_values(fields, values))


def _save_json(client: Cliente) -> ResponseReturnValue:
    payload = json_object()
    form = validated(form_from_json(ClientForm, payload, obj=client))
    values = _own_values(payload)
    client = services.edit_client(current_account(), client.id, form.given(), values, by=current_actor())
    return {"success": True, "cliente": _as_json(client)}


def _offer_another(client: Cliente) -> ResponseReturnValue:
    notice = notices.saved(client, current_account().region)
    if not is_partial():
        return _leave(notice, url_for("clients.new"))
    form = render_template("clients/_new.html", form=_new_form(), said=notice)
    return form + _row_fragment("clients/_added.html", client)


def _refuse_deletion(pk: int, refusal: Conflict) -> ResponseReturnValue:
    if not is_partial():
        return flash_and_go(refusal.message, url_for("clients.index"), "danger")
    client = services.find_client(current_user.account_id, pk)
    return render_template("clients/_delete.html", refused=True, **_client_context(client)), refusal.status


def _leave(notice: Notice, location: str) -> ResponseReturnValue:
    return flash_and_go(notice.text, location, notice.level)


def _row_fragment(template: str, client: Cliente) -> str:
    row = listing.find_row(current_account(), client.id)
    return render_template(template, row=row, **_counted(_shown_search()))


def _counted(search: Search) -> dict[str, Any]:
    return {"search": search, "count": listing.count(current_user.account_id, search)}


def _shown_search() -> Search:
    """Return the search of the list that htmx changes a row of."""
    return Search.from_values(shown_values())


def _client_context(client: Cliente) -> dict[str, Any]:
    return {"client": client, "back": "cliente" if _from_own_page() else None}


def _from_own_page() -> bool:
    return request.args.get("volver") == "cliente"


def _own_values(payload: Mapping[str, object]) -> dict[int, str]:
    return read_own(list_fields(db.session(), current_user.account_id), payload.get(CAMPOS))


def _as_json(client: Cliente) -> dict[str, object]:
    own = values_of(db.session(), [client.id]).get(client.id, {})
    why_not = notices.no_sms_in_words(client, current_account().region)
    return {
        "id": client.id,
        "nombre": client.nombre,
        "telefono": client.telefono,
        "documento": client.documento,
        "activo": client.activo,
        "creado": local_iso(client.creado, account_zone()),
        "recibe_sms": why_not is None,
        "motivo_sin_sms": why_not,
        CAMPOS: own_as_json(list_fields(db.session(), client.usuario_id), own),
    }
