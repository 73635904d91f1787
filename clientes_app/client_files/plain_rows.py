"""Rows of ordinary cells, read in a fraction of the time: `rows.reader_of` makes the same of them, to the letter.

Ordinary are names of Spanish letters, mobile numbers of the country in digits with blanks or dashes, and documents of
digits. Whatever else a row has, it is read the careful way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ..values import phone
from ..values.client_keys import LONGEST_DOCUMENT, LONGEST_NAME, name_key
from ..values.placeholders import is_no_document
from ..values.spelling import searchable
from .cells import LONGEST_CELL
from .columns import Layout
from .meaning.roles import ANSWERS, Contents, Role
from .reading import MAX_COLUMNS
from .rows import (
    LONGEST_PHONE,
    Row,
    fault_of_tags,
    places_of_names,
    reader_of,
    reader_of_answers,
    reader_of_own_fields,
    reader_of_tags,
)

_WORD = re.compile(r"[A-Za-zÁÉÍÓÚÜÑáéíóúüñ]+\.?")
_NUMBER = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*")

_SEVERAL = "\n"
"""Between numbers or documents of several columns: they are none together."""
_DOCUMENT = re.compile(rf"[0-9]{{1,{LONGEST_DOCUMENT}}}")
_NOTHING_ELSE = ("", False, False, "")
"""No tags, no answers, no fault."""

Reader = Callable[[Sequence[str]], Row]
PlainReader = Callable[[Sequence[str]], Row | None]
"""Gives up where a row is not ordinary."""


def quick_reader_of(layout: Layout, region: str) -> Reader:
    """Return the function that reads rows laid out so."""
    careful = reader_of(layout, region)
    if layout.contents is not Contents.CLIENTS:
        return careful
    plain = _plain_reader_of(layout, region)
    if any(role in (Role.TAGS, Role.FIELD, *ANSWERS) for role in layout.roles):
        plain = _with_all_else(plain, layout)
    return lambda cells: plain(cells) or careful(cells)


def _plain_reader_of(layout: Layout, region: str) -> PlainReader:
    """Return the function that reads names, numbers and documents."""
    wholes, parts = places_of_names(layout)
    phones, documents = layout.columns(Role.PHONE), layout.columns(Role.DOCUMENT)
    fewest = max((place + 1 for place, role in enumerate(layout.roles) if role), default=0)
    most = MAX_COLUMNS if layout.end is None else layout.end

    def read(cells: Sequence[str]) -> Row | None:
        if not fewest <= len(cells) <= most:
            return None
        name = _said(cells, wholes, " ") or _said(cells, parts, " ")
        words = [*map(_spelled, name.split(" "))]
        if None in words or len(name) > LONGEST_NAME:
            return None
        number, e164 = _said(cells, phones, _SEVERAL), None
        if number and (e164 := _e164(number, region)) is None:
            return None
        document = _said(cells, documents, _SEVERAL)
        if document and not _DOCUMENT.fullmatch(document):
            return None
        if document and is_no_document(document):
            document = ""
        folded, sounds = zip(*words, strict=True)
        order = " ".join(folded)
        found_by = "\n".join(filter(None, dict.fromkeys((order, number, (e164 or "")[1:], document))))
        key = " ".join(sorted(filter(None, sounds)))
        return Row(name, number, document, e164, found_by, order, key, document, *_NOTHING_ELSE)

    return read


def _with_all_else(plain: PlainReader, layout: Layout) -> PlainReader:
    """Return the function that reads tags, answers and own fields as well."""
    tags_of, says, own_texts = reader_of_tags(layout), reader_of_answers(layout), reader_of_own_fields(layout)
    places = [place for place, role in enumerate(layout.roles) if role in (Role.TAGS, Role.FIELD, *ANSWERS)]

    def read(cells: Sequence[str]) -> Row | None:
        row = plain(cells)
        if row is None or any(len(cells[place]) > LONGEST_CELL for place in places):
            return None
        tags, (opted_out, inactive, unclear) = tags_of(cells), says(cells)
        if unclear or fault_of_tags(tags):
            return None
        own = own_texts(cells) if layout.own else ""
        return row._replace(etiquetas="\n".join(tags), baja=opted_out, inactivo=inactive, campos=own)

    return read


def _said(cells: Sequence[str], places: Sequence[int], between: str) -> str:
    """Return what stands in some columns."""
    if len(places) == 1:
        return cells[places[0]]
    return between.join([cells[place] for place in places if cells[place]])


@lru_cache(50_000)
def _spelled(word: str) -> tuple[str, str] | None:
    """Return how a word is folded, and how it sounds."""
    return (searchable(word), name_key(word)) if _WORD.fullmatch(word) else None


def _e164(number: str, region: str) -> str | None:
    if not _NUMBER.fullmatch(number) or len(number) > LONGEST_PHONE:
        return None
    return phone.plain_e164(number.replace(" ", "").replace("-", ""), region)
