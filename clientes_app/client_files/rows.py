"""A row of a file as a client: its fields, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ..values import phone
from ..values.client_keys import LONGEST_DOCUMENT, LONGEST_NAME, LONGEST_TAG, keys_of
from ..values.text import translatable
from .cells import LONGEST_CELL, kept, tidy, tidy_number
from .columns import Layout, Role

LONGEST_PHONE = 20
MOST_TAGS = 20

NO_NAME = translatable("The name is missing.")
LONG_NAME = translatable("The name is longer than 150 characters.")
LONG_PHONE = translatable("The number is longer than 20 characters: leave one number only.")
LONG_DOCUMENT = translatable("The document is longer than 20 characters.")
LONG_TAG = translatable("A tag is longer than 40 characters.")
MANY_TAGS = translatable("There are more than 20 tags.")
LONG_CELL = translatable("A cell of this row is longer than 2,000 characters.")

_FAULTY_FIELDS = {
    NO_NAME: "nombre",
    LONG_NAME: "nombre",
    LONG_PHONE: "telefono",
    LONG_DOCUMENT: "documento",
    LONG_TAG: "etiquetas",
    MANY_TAGS: "etiquetas",
}
# A tag that has one of the signs between tags stands in quotation marks.
_TAG = re.compile(r'\s*+"((?:[^"]|"")*+)"\s*+(?:[,;|]|\Z)|([^,;|]*+)(?:[,;|]|\Z)')
_QUOTED_TAG = re.compile(r'[,;|]|^"')


class Fields(NamedTuple):
    """What a row says of a client; empty where it says nothing."""

    nombre: str
    telefono: str
    documento: str
    etiquetas: tuple[str, ...] = ()


class Row(NamedTuple):
    """A row that was read: the columns of a client, its tags, and what is wrong. Flat, for a million are handed on."""

    nombre: str
    telefono: str
    documento: str
    telefono_e164: str | None
    busqueda: str
    nombre_orden: str
    nombre_clave: str
    documento_clave: str
    etiquetas: str
    """One a line."""
    fault: str
    """What is wrong, as a sentence to be translated; empty where nothing is."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of the tags."""
        return tuple(self.etiquetas.split("\n")) if self.etiquetas else ()

    @property
    def faulty_field(self) -> str | None:
        """The field that the fault is in."""
        return _FAULTY_FIELDS.get(self.fault)


CLIENT_COLUMNS = Row._fields[: Row._fields.index("etiquetas")]
"""Those of a client, which every row begins with."""


def reader_of(layout: Layout, region: str) -> Callable[[Sequence[str]], Row]:
    """Return the function that reads rows laid out so."""
    names = layout.columns(Role.NAME) + layout.columns(Role.SURNAME)
    phones, documents, tags = (layout.columns(role) for role in (Role.PHONE, Role.DOCUMENT, Role.TAGS))
    used = (*names, *phones, *documents, *tags)

    def read(cells: Sequence[str]) -> Row:
        width = len(cells)
        name = " ".join(filter(None, (tidy(cells[place]) for place in names if place < width)))
        number = _first_of([tidy_number(cells[place]) for place in phones if place < width], region)
        document = next(filter(None, (tidy_number(cells[place]) for place in documents if place < width)), "")
        words = ",".join(tidy(cells[place]) for place in tags if place < width) if tags else ""
        row = check(Fields(name, number, document, split_tags(words)), region)
        if len(max(cells, key=len, default="")) <= LONGEST_CELL:
            return row
        long = any(len(cells[place]) > LONGEST_CELL for place in used if place < width)
        return row._replace(fault=LONG_CELL) if long else row

    return read


def readable_again(cells: Sequence[str], layout: Layout) -> list[str]:
    """Return the cells of a row, written so that reading them again gives what they gave."""
    numbers = {*layout.columns(Role.PHONE), *layout.columns(Role.DOCUMENT)}
    return [kept(tidy_number(cell) if place in numbers else tidy(cell)) for place, cell in enumerate(cells)]


def check(fields: Fields, region: str) -> Row:
    """Derive what a client is matched by, and say what is wrong with the fields."""
    fields = fields._replace(telefono=phone.shortened(fields.telefono, region, LONGEST_PHONE))
    said = fields.nombre, fields.telefono, fields.documento
    return Row._make((*said, *keys_of(*said, region), "\n".join(fields.etiquetas), _fault(fields)))


def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags that a text names, each once."""
    if not text:
        return ()
    return tuple(dict.fromkeys(filter(None, map(_tag, _TAG.finditer(text)))))


def join_tags(names: Iterable[str]) -> str:
    """Return the text that names these tags."""
    return ", ".join(map(_named, names))


def _tag(found: re.Match[str]) -> str:
    quoted, plain = found.groups()
    return plain.strip() if quoted is None else quoted.replace('""', '"').strip()


def _named(tag: str) -> str:
    return '"{}"'.format(tag.replace('"', '""')) if _QUOTED_TAG.search(tag) else tag


def _first_of(numbers: list[str], region: str) -> str:
    """Return the first number that can get an SMS, else the first there is."""
    filled = [number for number in numbers if number]
    if len(filled) <= 1:
        return filled[0] if filled else ""
    return next((number for number in filled if phone.to_e164(number, region)), filled[0])


def _fault(fields: Fields) -> str:
    if not fields.nombre:
        return NO_NAME
    if len(fields.nombre) > LONGEST_NAME:
        return LONG_NAME
    if len(fields.telefono) > LONGEST_PHONE:
        return LONG_PHONE
    if len(fields.documento) > LONGEST_DOCUMENT:
        return LONG_DOCUMENT
    if fields.etiquetas:
        return _fault_of_tags(fields.etiquetas)
    return ""


def _fault_of_tags(tags: tuple[str, ...]) -> str:
    if len(tags) > MOST_TAGS:
        return MANY_TAGS
    return LONG_TAG if any(len(tag) > LONGEST_TAG for tag in tags) else ""
