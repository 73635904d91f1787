"""The page of the first step: how the file is read, what its columns hold, and the rows as they would become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...client_files.cells import tidy
from ...client_files.columns import Layout, as_written, with_roles
from ...client_files.lines import Kind, kind_of
from ...client_files.meaning.roles import Contents, Role
from ...client_files.meaning.tag_lists import DELIMITERS_OF_TAGS
from ...client_files.meaning.titles import LOWEST
from ...client_files.reading import SAMPLE_ROWS, Record
from ...client_files.rows import Row, reader_of
from ...client_files.written.delimiters import DELIMITERS
from ...errors import DomainError
from ...extensions import db
from ...fields.forms import KINDS
from ...fields.services import list_fields
from ...models import Importacion
from ...values import phone
from ...values.phone_lines import PhoneProblem
from ...web.access import Access, access
from ...web.htmx import page_or_fragment
from ...web.i18n import account_zone
from .. import bp, services, uploading, waking
from ..kinds.table import kind_for
from ..list_view import place
from ..own_fields import in_words
from ..own_fields.choosing import NEW, said_of, with_chosen
from ..own_fields.making import Unfit
from ..own_fields.own_texts import OwnFields, OwnText
from ..sales.shown_sales import shown_sale

PREVIEWED = 8

_LONGEST_EXAMPLE = 40
_LONGEST_LINE = 80


class _Line(NamedTuple):
    """A line that is no client, and what stands in it."""

    number: int
    kind: Kind
    text: str


@bp.get("/<int:pk>/columnas/")
@access(Access.ADMIN)
def columns(pk: int) -> ResponseReturnValue:
    """Ask how the file is read and what its columns hold, beside the first rows as they would become."""
    return _shown(pk, request.args.to_dict())


@bp.post("/<int:pk>/columnas/")
@access(Access.ADMIN)
def start_review(pk: int) -> ResponseReturnValue:
    """Keep what the columns hold and begin the dry run; or only show what was chosen, for who has no scripts."""
    if "leer" in request.form:
        return _shown(pk, request.form.to_dict())
    row = services.find_import(current_user.account_id, pk)
    layout, problem = _chosen(row, request.form.to_dict())
    faulty = None
    try:
        if not problem:
            said = services.ForAll(request.form.get("etiqueta", ""), makes_clients="crea_clientes" in request.form)
            services.start_review(current_user.account_id, pk, layout, said, place().storage)
            waking.wake()
            return redirect(url_for("importing.show", pk=pk))
    except services.NoName as refusal:
        problem = refusal.message
    except Unfit as refusal:
        problem, faulty = refusal.message, refusal.place
    return render_template("importing/columns.html", problem=problem, faulty=faulty, **_context(row, layout))


@bp.post("/<int:pk>/hoja/")
@access(Access.ADMIN)
def choose_sheet(pk: int) -> ResponseReturnValue:
    """Take another sheet of the spreadsheet."""
    uploading.choose_sheet(current_user.account_id, pk, request.form.get("hoja", ""), place())
    return redirect(url_for("importing.columns", pk=pk))


def _shown(pk: int, values: Mapping[str, str]) -> ResponseReturnValue:
    row = services.find_import(current_user.account_id, pk)
    layout, problem = _chosen(row, values)
    context = _context(row, layout)
    return page_or_fragment(
        "importing/columns.html", "importing/_columns.html", problem=problem, faulty=None, **context
    )


def _chosen(row: Importacion, values: Mapping[str, str]) -> tuple[Layout, str]:
    """Return the layout that is asked for, and why it cannot be had, where it cannot.

    Columns that were chosen hold for the file as the page had read it: read in another way, they are guessed anew.
    """
    stored = uploading.layout_of(row, place().storage)
    wanted = as_written(stored, *(values.get(name, "") for name in ("codificacion", "separador", "titulo")))
    try:
        if wanted.written != stored.written:
            stored = uploading.read_anew(row, wanted, place().storage, place().region)
    except DomainError as refusal:
        return stored, refusal.message
    tags = values.get("separador_etiquetas", stored.tag_delimiter)
    were_chosen = "c0" in values and values.get("leido", _name_of(stored)) == _name_of(stored)
    said = values if were_chosen else said_of(stored)
    layout = with_roles(stored, [said.get(f"c{column}", "") for column in range(len(stored.roles))], tags)
    fields = list_fields(db.session(), row.usuario_id)
    return with_chosen(layout, said, fields, [cells for _, cells in _people(row, stored)]), ""


def _name_of(layout: Layout) -> str:
    """Return what tells how a page has read the file."""
    return " ".join((layout.encoding, _delimiter_of(layout), str(layout.written[2])))


def _delimiter_of(layout: Layout) -> str:
    return next(name for name, sign in DELIMITERS.items() if sign == layout.delimiter)


def _context(row: Importacion, layout: Layout) -> dict[str, Any]:
    sample = uploading.sample(row, layout, place().storage)
    kind = kind_of(layout, place().region)
    kinds = [kind(record) for record in sample]
    people = [record for record, each in zip(sample, kinds, strict=True) if each is Kind.CLIENT]
    read, own = reader_of(layout, place().region), OwnFields(layout.own)
    return {
        "row": row,
        "layout": layout,
        "tags": request.values.get("etiqueta", row.etiqueta),
        "roles": kind_for(layout).roles,
        "is_of_sales": layout.contents is Contents.SALES,
        "sale_of": partial(shown_sale, zone=account_zone()),
        "makes_clients": "crea_clientes" in request.values if "c0" in request.values else row.crea_clientes,
        "fields": list_fields(db.session(), row.usuario_id),
        "own": {column.place: column for column in layout.own},
        "kinds_of_fields": KINDS,
        "new_field": NEW,
        "titles": layout.titles,
        "examples": _examples([cells for _, cells in people], len(layout.roles)),
        "count": len(people) if len(sample) < SAMPLE_ROWS else None,
        "previewed": [_previewed(number, read(cells), own) for number, cells in people[:PREVIEWED]],
        "left_out": _left_out(sample, kinds),
        "encodings": uploading.encodings(row, layout, place().storage),
        "delimiters": list(DELIMITERS),
        "delimiter": _delimiter_of(layout),
        "tag_delimiters": list(DELIMITERS_OF_TAGS),
        "has_tags": bool(layout.columns(Role.TAGS)),
        "title_rows": [(number, _text(cells)) for number, cells in sample[:LOWEST]],
        "title_row": _row_of_titles(layout, sample),
        "read_as": _name_of(layout),
    }


def _people(row: Importacion, layout: Layout) -> list[Record]:
    """Return the first rows that are clients."""
    kind = kind_of(layout, place().region)
    return [record for record in uploading.sample(row, layout, place().storage) if kind(record) is Kind.CLIENT]


def _previewed(
    number: int, row: Row, own: OwnFields
) -> tuple[int, Row, PhoneProblem | None, list[tuple[OwnText, str]]]:
    """Return a row with why its number gets no SMS, and what it says of own fields, in words as well."""
    told = [(each, in_words.shown(each)) for each in own.told(row)]
    return number, own.checked(row), phone.problem(row.telefono, place().region), told


def _row_of_titles(layout: Layout, sample: Sequence[Record]) -> int:
    """Return the number of the row that holds the titles, 0 where none does."""
    if not layout.has_titles:
        return 0
    return next((number for number, _ in sample if number >= layout.title_row), 0)


def _left_out(sample: Sequence[Record], kinds: Sequence[Kind]) -> list[_Line]:
    lines = zip(sample, kinds, strict=True)
    return [_Line(number, kind, _text(cells)) for (number, cells), kind in lines if kind is not Kind.CLIENT]


def _text(cells: Sequence[str]) -> str:
    text = " · ".join(filter(None, map(tidy, cells)))
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}…"


def _examples(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return for each column the first cell that is filled."""
    filled = ((row[place] for row in rows if place < len(row) and row[place].strip()) for place in range(width))
    return [next(cells, "")[:_LONGEST_EXAMPLE] for cells in filled]
