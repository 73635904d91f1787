"""What is done to many clients at once, and the dialogs that first say to how many: the views."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from flask import request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField

from ...errors import Conflict, DomainError
from ...extensions import db
from ...fields.services import list_fields
from ...files.held import scratch
from ...settings import current_settings
from ...web.access import Access, access
from ...web.actor import current_account, current_actor
from ...web.csv_export import csv_download
from ...web.forms import Form
from ...web.htmx import done, form_again, is_partial, page_or_fragment
from .. import bp
from ..list_view import list_again
from ..search.choice import selection_of
from ..search.criteria import Search
from ..search.selection import Said, Selection, Ticked
from ..tags import services as tags
from . import export, sentences
from . import services as many
from .forms import BulkActiveForm, BulkTagsForm, ExportForm, Tagging

_PAGE = "clients/many/page.html"
_TAGS = "clients/many/_tags.html"
_ACTIVITY = "clients/many/_activity.html"
_DELETION = "clients/many/_deletion.html"
_EXPORT = "clients/many/_export.html"


@dataclass(frozen=True)
class Chosen:
    """The clients that a request is for."""

    said: Said
    selection: Selection
    count: int

    @property
    def search(self) -> Search:
        """Return the search of the list that they were chosen from."""
        return self.said.search

    @property
    def values(self) -> list[tuple[str, str]]:
        """Return the values by which a form sends them on."""
        values = self.said.values()
        return [*values, *self.search.pairs()] if isinstance(self.selection, Ticked) else values


@bp.get("/seleccion/etiquetas/")
@access(Access.ADMIN)
def choose_tags() -> ResponseReturnValue:
    """Ask which tags the selected clients are to get or lose."""
    return page_or_fragment(_PAGE, _TAGS, dialog=_TAGS, chosen=_asked_about(), form=_tags_form(None))


@bp.post("/seleccion/etiquetas/")
@access(Access.ADMIN)
def tag_selected() -> ResponseReturnValue:
    """Give the selected clients tags, or take them."""
    form = _tags_form(request.form)
    chosen = _told(form)
    if not form.validate():
        return form_again(_PAGE, _TAGS, dialog=_TAGS, chosen=chosen, form=form)
    if form.accion.data == Tagging.TAKE:
        return _done(chosen, _take_tags(form, chosen.selection))
    return _done(chosen, _give_tags(form, chosen.selection))


@bp.get("/seleccion/activo/")
@access(Access.ADMIN)
def choose_activity() -> ResponseReturnValue:
    """Ask whether the selected clients are to be active."""
    return page_or_fragment(_PAGE, _ACTIVITY, dialog=_ACTIVITY, chosen=_asked_about())


@bp.post("/seleccion/activo/")
@access(Access.ADMIN)
def set_selected_active() -> ResponseReturnValue:
    """Activate or deactivate the selected clients."""
    form = BulkActiveForm(request.form)
    if not form.validate():
        raise DomainError(gettext("Say true or false."))
    chosen = _told(form)
    count = many.set_active(current_user.account_id, chosen.selection, form.activar.data, by=current_actor())
    return _done(chosen, sentences.activity(count, active=form.activar.data))


@bp.get("/seleccion/eliminar/")
@access(Access.ADMIN)
def confirm_bulk_deletion() -> ResponseReturnValue:
    """Say how many of the selected clients would be deleted, and whose sales keep them."""
    chosen = _asked_about()
    kept = many.buyers(current_user.account_id, chosen.selection)
    return page_or_fragment(_PAGE, _DELETION, dialog=_DELETION, chosen=chosen, kept=kept)


@bp.post("/seleccion/eliminar/")
@access(Access.ADMIN)
def delete_selected() -> ResponseReturnValue:
    """Delete the selected clients that have no sales."""
    chosen = _told()
    deletion = many.delete_clients(current_user.account_id, chosen.selection, by=current_actor())
    return _done(chosen, sentences.deletion(deletion))


@bp.get("/seleccion/exportar/")
@access(Access.ADMIN)
def choose_export() -> ResponseReturnValue:
    """Ask for the kind of file and its columns."""
    form = ExportForm(None, list_fields(db.session(), current_user.account_id))
    return page_or_fragment(_PAGE, _EXPORT, dialog=_EXPORT, chosen=_asked_about(), form=form)


@bp.post("/seleccion/exportar/")
@access(Access.ADMIN)
def export_selected() -> ResponseReturnValue:
    """Return the selected clients as a file."""
    fields = list_fields(db.session(), current_user.account_id)
    form = ExportForm(request.form, fields)
    chosen = _told(form)
    if not form.validate():
        return form_again(_PAGE, _EXPORT, dialog=_EXPORT, chosen=chosen, form=form)
    account = current_account()
    ids = many.freeze_selected(account.id, chosen.selection)
    wanted = export.Export.of(account, ids, form.columnas.data or [], fields)
    kind = export.Format(form.formato.data)
    export.note(wanted, kind, by=current_actor())
    if kind is export.Format.CSV:
        return csv_download(export.csv_batches(db.engine, wanted), wanted.filename(kind))
    return _workbook(wanted)


def _chosen(said: Said) -> Chosen:
    selection = selection_of(current_user.account_id, said)
    count = many.count_selected(current_user.account_id, selection)
    if not count:
        raise DomainError(gettext("No client is selected. Tick some in the list of clients."))
    return Chosen(said, selection, count)


def _asked_about() -> Chosen:
    """Return whom a dialog is opened for: the bar of the list sends the ticked ones whatever else it says."""
    return _chosen(Said.from_values(request.args).alone())


def _told(form: Form | None = None) -> Chosen:
    """Return whom an act is for; a form is what it takes beside."""
    fields = list(form or ())
    several = {field.name for field in fields if isinstance(field, SelectMultipleField)}
    return _chosen(Said.in_act(MultiDict(request.values), {field.name for field in fields}, several))


def _done(chosen: Chosen, said: str) -> ResponseReturnValue:
    fragments = [list_again()] if is_partial() else []
    values: dict[str, Any] = {**chosen.search.values()}
    return done(said, url_for("clients.index", **values), *fragments)


def _tags_form(values: MultiDict[str, str] | None) -> BulkTagsForm:
    return BulkTagsForm(values, tags.list_tags(db.session(), current_user.account_id))


def _give_tags(form: BulkTagsForm, selection: Selection) -> str:
    stored = tags.store_tags(current_user.account_id, form.names)
    given = tags.known_tags(current_user.account_id, [*(form.etiqueta_ids.data or []), *stored])
    names = {tag.id: tag.nombre for tag in given}
    count = many.add_tags(current_user.account_id, selection, list(names), by=current_actor())
    left = tags.present(current_user.account_id, names)
    if gone := [name for tag_id, name in names.items() if tag_id not in left]:
        raise Conflict(sentences.tags_gone(gone))
    return sentences.tags_given(count, list(names.values()))


def _take_tags(form: BulkTagsForm, selection: Selection) -> str:
    taken = tags.known_tags(current_user.account_id, form.etiqueta_ids.data or [], form.names)
    if not taken:
        raise DomainError(gettext("There is no tag with that name."))
    names = [tag.nombre for tag in taken]  # read now: somebody may delete a tag meanwhile
    count = many.remove_tags(current_user.account_id, selection, [tag.id for tag in taken], by=current_actor())
    return sentences.tags_taken(count, names)


def _workbook(wanted: export.Export) -> ResponseReturnValue:
    with scratch(current_settings().uploads_path) as folder, ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile(dir=folder))
        export.write_workbook(db.engine, wanted, file, folder)
        opened.pop_all()  # the answer closes it when it is sent
    file.seek(0)
    return send_file(file, as_attachment=True, download_name=wanted.filename(export.Format.XLSX))
