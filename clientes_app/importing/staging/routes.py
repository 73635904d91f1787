"""The rows of an import: listed by kind, mended, answered for, and the file of those that were rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...client_files.columns import Layout
from ...client_files.meaning.roles import OF_SALES, Contents
from ...client_files.meaning.tag_lists import split_tags
from ...client_files.rows import Fields, joined_own_texts, readable_again
from ...errors import DomainError
from ...models import Importacion
from ...values.text import clean_line
from ...web.access import Access, access
from ...web.csv_export import csv_download
from ...web.htmx import flash_and_go, go_to, is_partial, page_or_fragment
from .. import bp, services
from ..list_view import counts_context, place, shown_context
from ..own_fields.own_texts import OwnFields
from . import asking, staged_rows
from .rejects import cells_of, fault_of, reason_of
from .shown import line_of
from .store import Staged
from .verdicts import Answer, Verdict

ANSWERS = {"mismo": Answer.SAME, "otro": Answer.ANOTHER, "fuera": Answer.LEAVE_OUT}
ASK_AGAIN = "preguntar"


@bp.get("/<int:pk>/filas/")
@access(Access.ADMIN)
def rows(pk: int) -> ResponseReturnValue:
    """Show the lines of a kind."""
    row = services.find_import(current_user.account_id, pk)
    return page_or_fragment("importing/show.html", "importing/_rows.html", **shown_context(row))


@bp.post("/<int:pk>/filas/<int:row>/")
@access(Access.ADMIN)
def mend(pk: int, row: int) -> ResponseReturnValue:
    """Mend a wrong row, or leave it out."""
    found = services.find_import(current_user.account_id, pk)
    if "dejar" in request.form:
        staged = staged_rows.leave_out(current_user.account_id, pk, row, place().storage)
    else:
        staged = staged_rows.mend(current_user.account_id, pk, row, _fields(Layout.from_json(found.columnas)), place())
    return _row_again(pk, staged, Verdict.WRONG)


@bp.post("/<int:pk>/filas/<int:row>/respuesta/")
@access(Access.ADMIN)
def answer(pk: int, row: int) -> ResponseReturnValue:
    """Say who a row is that has the number of somebody of another name, or ask again."""
    services.find_import_of_clients(current_user.account_id, pk)
    said = Answer.NONE if request.form.get("respuesta") == ASK_AGAIN else _answer()
    staged = asking.answer(current_user.account_id, pk, row, said, place().storage)
    return _row_again(pk, staged, Verdict.ASKED)


@bp.post("/<int:pk>/respuesta/")
@access(Access.ADMIN)
def answer_all(pk: int) -> ResponseReturnValue:
    """Say the same of all rows that are asked about."""
    services.find_import_of_clients(current_user.account_id, pk)
    asking.answer_all(current_user.account_id, pk, _answer(), place().storage)
    return flash_and_go(gettext("Done: no row waits for your decision."), url_for("importing.show", pk=pk))


@bp.post("/<int:pk>/existentes/")
@access(Access.ADMIN)
def keep_existing(pk: int) -> ResponseReturnValue:
    """Say whether clients that there are stay as they are."""
    services.find_import_of_clients(current_user.account_id, pk)
    said = {"si": True, "no": False}.get(request.form.get("dejar", ""))
    if said is None:
        raise DomainError(gettext("Say whether the clients that you have stay as they are."))
    asking.keep_existing(current_user.account_id, pk, said)
    return go_to(url_for("importing.show", pk=pk))


@bp.get("/<int:pk>/rechazadas/")
@access(Access.ADMIN)
def rejected(pk: int) -> ResponseReturnValue:
    """Download the rows that are not imported, as they were read, with the reason in an added column."""
    found = services.find_import(current_user.account_id, pk)
    # Read before it is sent: the translations and the rows' file belong to this request.
    return csv_download([[_titles(found), *_rejected(found)]], f"rechazadas-{pk}.csv")


def _answer() -> Answer:
    said = ANSWERS.get(request.form.get("respuesta", ""))
    if said is None:
        raise DomainError(gettext("Say who it is."))
    return said


def _row_again(pk: int, staged: Staged, listed: Verdict) -> ResponseReturnValue:
    """Show a row as it is now, and all that counts it."""
    found = services.find_import(current_user.account_id, pk)
    if is_partial():
        context = {"row": found, "chosen": listed.value, **counts_context(found)}
        line = line_of(found, staged, place())
        shown = render_template("importing/_row.html", each=line, answered=True, **context)
        return shown + render_template("importing/_counts_partial.html", **context)
    listed_rows = url_for("importing.rows", pk=pk, veredicto=listed.value, _anchor="rows")
    return flash_and_go(_said(found, staged), listed_rows, "danger" if staged.verdict is Verdict.WRONG else "success")


def _fields(layout: Layout) -> Fields:
    person = Fields(_typed("nombre"), _typed("telefono"), _typed("documento"))
    if layout.contents is Contents.SALES:
        return person._replace(venta="\n".join(_typed(role.value) for role in OF_SALES))
    own = joined_own_texts([_typed(f"campo{place}") for place in range(len(layout.own))])
    return person._replace(etiquetas=split_tags(_typed("etiquetas")), baja="baja" in request.form, campos=own)


def _typed(name: str) -> str:
    return clean_line(request.form.get(name, ""))


def _said(row: Importacion, staged: Staged) -> str:
    if staged.verdict is Verdict.WRONG:
        fault = fault_of(staged.row, OwnFields(Layout.from_json(row.columnas).own))
        return str(gettext("Row %(row)s: %(reason)s", row=staged.number, reason=fault))
    return str(gettext("Row %(row)s is done.", row=staged.number))


def _titles(row: Importacion) -> Sequence[str]:
    layout = Layout.from_json(row.columnas)
    return *layout.titles[: layout.end], gettext("Row"), gettext("Why it was not imported")


def _rejected(row: Importacion) -> Iterator[Sequence[object]]:
    layout = Layout.from_json(row.columnas)
    own = OwnFields(layout.own)
    for staged in staged_rows.rejected(row, place().storage):
        read = cells_of(staged, layout)
        cells = readable_again(read, layout) + [""] * (len(layout.titles) - len(read))
        end = len(cells) if layout.end is None else layout.end
        # What was too much still stands beyond the titles, where the file is imported again.
        yield *cells[:end], staged.number, reason_of(staged, own), *cells[end:]
