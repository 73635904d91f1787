"""Which lines of a file are clients, and which are left out: what stands above, titles, blank lines, totals.

Nothing is left out because of where it stands alone: a line with a number that can get an SMS is a client.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from ..values import phone
from ..values.text import fold
from .cells import tidy, tidy_number
from .columns import Layout
from .meaning.roles import Role
from .reading import Record


class Kind(StrEnum):
    """What a line is."""

    CLIENT = "cliente"
    TITLE = "titulo"
    """Titles, and what a report has above and below its list."""
    BLANK = "vacia"
    TOTAL = "total"


class LeftOut(NamedTuple):
    """Lines beside one another that are no clients: of a kind, from one number to another."""

    first: int
    last: int
    kind: Kind
    text: str = ""
    """What stands in the first of them."""


class _Places(NamedTuple):
    """Where a line says what it is."""

    names: tuple[int, ...]
    phones: tuple[int, ...]
    keys: frozenset[int]
    """The columns that say something of a client."""
    titles: list[str]

    @classmethod
    def of(cls, layout: Layout) -> _Places:
        """Return those of a layout."""
        names, phones = layout.columns(Role.NAME) + layout.columns(Role.GIVEN), layout.columns(Role.PHONE)
        names += layout.columns(Role.SURNAME)
        keys = frozenset(names + phones + layout.columns(Role.DOCUMENT) + layout.columns(Role.EITHER))
        titles = layout.titles if layout.has_titles else ()
        return cls(names, phones, keys, list(filter(None, titles)))


_WORDS_OF_TOTALS = (
    "general|generales|de|del|la|los|las|clientes|cliente|registros|registro|contactos|lineas|filas|ventas|compras|lista"
    "|listado|reporte|informe|of|the|customers|records|contacts|rows|number|count|personas|en"
)
_NUMBERS = r"[\s\d.,$%:=()\-]*"
_TOTAL = re.compile(
    rf"((gran|sub|grand)[ -]?)?(tota(l|les|ls)|sumas?|sumatoria|promedios?|recuento|sum|averages?|count)"
    rf"(\s+({_WORDS_OF_TOTALS}))*{_NUMBERS}"
    rf"|(numero|cantidad|number) (de|of) (clientes|registros|contactos|filas|customers|records|contacts|rows){_NUMBERS}"
    rf"|\d[\d.,]* (clientes|registros|contactos|filas|customers|records|contacts|rows)( en total)?[.:]?"
)
_FOOT = re.compile(
    r"(pagina|pag\.?|page) \d+( ?(de|of|/) ?\d+)?"
    r"|(generado|impreso|exportado|generated|printed|exported) (por|el|by|on)\b.*"
    r"|[\s*-]*(fin|final|end)( (del?|of) (the )?(reporte|informe|archivo|listado|lista|report|file|list))?[\s.*-]*"
)
_AROUND_LABELS = " *-'\""
_SUM = re.compile(r"[$\s]*-?\d[\d.,\s]*%?")
_LONGEST_LABEL = 80

# Looked for first, because it takes little time, and hardly any line has it.
_MAY_BE_TOTAL = re.compile(r"[\s*'\"-]*(gran|sub|tot|sum|prom|rec|aver|coun|n[uú]m|cant|\d)", re.IGNORECASE)
_MAY_BE_FOOT = re.compile(r"[\s*'\"-]*(p[aá]g|fin|end|gener|impr|export|print)", re.IGNORECASE)


def kind_of(layout: Layout, region: str) -> Callable[[Record], Kind]:
    """Return the function that tells what a line is, asked in the file's order."""
    places = _Places.of(layout)
    is_below = not layout.has_titles

    def kind(record: Record) -> Kind:
        nonlocal is_below
        number, cells = record
        if not cells:
            return Kind.BLANK
        if is_below:
            return _kind_below(cells, places, region)
        is_below = number >= layout.title_row
        return Kind.TITLE

    return kind


def parted(rows: Iterator[Record], layout: Layout, region: str) -> Iterator[Record | LeftOut]:
    """Return the rows that are clients, of all rows of a file, and in their places between them those that are none."""
    kind = kind_of(layout, region)
    blank: LeftOut | None = None
    for number, cells in rows:
        found = kind((number, cells))
        if found is Kind.BLANK:
            blank = blank._replace(last=number) if blank else LeftOut(number, number, found)
            continue
        if blank:
            yield blank
            blank = None
        yield (number, cells) if found is Kind.CLIENT else LeftOut(number, number, found, _text(cells))
    if blank:
        yield blank


def _kind_below(cells: Sequence[str], places: _Places, region: str) -> Kind:
    """Return what a line below the titles is."""
    first = cells[0] if cells[0].strip() else next(filter(str.strip, cells))
    names = [cells[place] for place in places.names if place < len(cells)]
    labels = [cell for cell in (first, *names) if _MAY_BE_TOTAL.match(cell)]
    if labels and any(map(_is_total, labels)):
        return Kind.CLIENT if _has_number(cells, places.phones, region) else Kind.TOTAL
    if first is not cells[0] and _is_sum(cells, places.keys):
        return Kind.TOTAL
    return Kind.TITLE if _is_title(first, cells, places.titles) else Kind.CLIENT


def _is_title(first: str, cells: Sequence[str], titles: Sequence[str]) -> bool:
    """Return whether a line has the titles once more, or what a report has at its foot."""
    if first.strip() in titles and _are(cells, titles):
        return True
    if not _MAY_BE_FOOT.match(first):
        return False
    alone = sum(map(bool, map(str.strip, cells))) == 1
    return alone and _FOOT.fullmatch(fold(tidy(first[:_LONGEST_LABEL]))) is not None


def _is_total(cell: str) -> bool:
    return len(cell) <= _LONGEST_LABEL and _TOTAL.fullmatch(fold(tidy(cell)).strip(_AROUND_LABELS)) is not None


def _has_number(cells: Sequence[str], phones: Sequence[int], region: str) -> bool:
    found = (tidy_number(cells[place]) for place in phones if place < len(cells))
    return any(phone.to_e164(cell, region) for cell in found)


def _is_sum(cells: Sequence[str], keys: frozenset[int]) -> bool:
    """Return whether nothing but numbers stands in a line that begins blank, beside columns of clients."""
    if any(cells[place].strip() for place in keys if place < len(cells)):
        return False
    return all(_SUM.fullmatch(cell) for cell in cells if cell.strip())


def _are(cells: Sequence[str], titles: Sequence[str]) -> bool:
    """Return whether the cells are the titles once more, as at the top of a report's next page."""
    return len(titles) > 1 and [tidy(cell) for cell in cells if cell.strip()] == titles


def _text(cells: Sequence[str]) -> str:
    return " · ".join(filter(None, map(tidy, cells)))[:_LONGEST_LABEL]
