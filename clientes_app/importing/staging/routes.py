"""The rows of an import: lists by verdict, mending a wrong one, and the file of those that were rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...client_files.columns import Layout
from ...client_files.meaning.tag_lists import split_tags
from ...client_files.rows import Fields, readable_again
from ...models import Importacion
from ...values.text import clean_line
from ...web.access import Access, access
from ...web.csv_export import csv_download
from ...web.htmx import is_partial, page_or_fragment
from .. import bp, services
from ..list_view import place, shown_context, verdicts_of
from . import staged_rows
from .store import Staged, Verdict


@bp.get("/<int:pk>/filas/")
@access(Access.ADMIN)
def rows(pk: int) -> ResponseReturnValue:
    """Show the rows of a verdict."""
    row = services.find_import(current_user.account_id, pk)
    return page_or_fragment("importing/show.html", "importing/_rows.html", **shown_context(row, place().uploads))


@bp.post("/<int:pk>/filas/<int:row>/")
@access(Access.ADMIN)
def mend(pk: int, row: int) -> ResponseReturnValue:
    """Mend a wrong row, or leave it out."""
    if "dejar" in request.form:
        staged = staged_rows.leave_out(current_user.account_id, pk, row, place().uploads)
    else:
        staged = staged_rows.mend(current_user.account_id, pk, row, _fields(), place())
    found = services.find_import(current_user.account_id, pk)
    if is_partial():
        shown = {"row": found, "verdict": Verdict.WRONG, "verdicts": verdicts_of(found)}
        mended = render_template("importing/_row.html", each=staged, mendable=True, answered=True, **shown)
        return mended + render_template("importing/_counts_partial.html", **shown)
    flash(_said(staged), "danger" if staged.verdict is Verdict.WRONG else "success")
    return redirect(url_for("importing.rows", pk=pk, veredicto=Verdict.WRONG.value))


@bp.get("/<int:pk>/rechazadas/")
@access(Access.ADMIN)
def rejected(pk: int) -> ResponseReturnValue:
    """Download the rows that are not imported, as they were read, with the reason in an added column."""
    found = services.find_import(current_user.account_id, pk)
    # Read before it is sent: the translations and the rows' file belong to this request.
    return csv_download([[_titles(found), *_rejected(found)]], f"rechazadas-{pk}.csv")


def _fields() -> Fields:
    form = {name: clean_line(request.form.get(name, "")) for name in ("nombre", "telefono", "documento", "etiquetas")}
    return Fields(form["nombre"], form["telefono"], form["documento"], split_tags(form["etiquetas"]))


def _said(staged: Staged) -> str:
    if staged.verdict is Verdict.WRONG:
        return str(gettext("Row %(row)s: %(reason)s", row=staged.number, reason=gettext(staged.row.fault)))
    return str(gettext("Row %(row)s is done.", row=staged.number))


def _titles(row: Importacion) -> Sequence[str]:
    return *Layout.from_json(row.columnas).titles, gettext("Row"), gettext("Why it was not imported")


def _rejected(row: Importacion) -> Iterator[Sequence[object]]:
    layout = Layout.from_json(row.columnas)
    for staged in staged_rows.rejected(row, place().uploads):
        cells = readable_again(staged.cells, layout) + [""] * (len(layout.titles) - len(staged.cells))
        yield *cells, staged.number, _reason(staged)


def _reason(staged: Staged) -> str:
    if staged.verdict is Verdict.DOUBLE:
        return str(gettext("The same client as row %(row)s.", row=staged.double_of))
    if staged.verdict is Verdict.LEFT_OUT:
        return str(gettext("Left out."))
    return str(gettext(staged.row.fault))
