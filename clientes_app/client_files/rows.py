"""A row of a file as a client: its fields, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..values import phone
from ..values.client_keys import LONGEST_DOCUMENT, LONGEST_NAME, LONGEST_TAG, keys_of
from ..values.placeholders import is_no_document
from ..values.text import translatable
from .cells import LONGEST_CELL, has_lost_digits, kept, tidy, tidy_document, tidy_number
from .columns import Layout
from .meaning.roles import ANSWERS, OF_SALES, Contents, Role
from .meaning.several_numbers import one_of, others_of
from .meaning.tag_lists import split_tags
from .meaning.yes_or_no import turns_off
from .plain_numbers import rounded_to_cents

LONGEST_PHONE = 20
MOST_TAGS = 20

NO_NAME = translatable("The name is missing.")
LONG_NAME = translatable("The name is longer than 150 characters.")
LONG_PHONE = translatable("The number is longer than 20 characters: leave one number only.")
LOST_DIGITS = translatable("A spreadsheet has cut the number's last digits off: give its column the format Text.")
LONG_DOCUMENT = translatable("The document is longer than 20 characters.")
LONG_TAG = translatable("A tag is longer than 40 characters.")
MANY_TAGS = translatable("There are more than 20 tags.")
NO_ANSWER = translatable("It says neither yes nor no where it should say whether one wants messages, or is active.")
MANY_CELLS = translatable("This row has more cells than the file has columns.")
LONG_CELL = translatable("A cell of this row is longer than 2,000 characters.")

_FAULTY_FIELDS = {
    NO_NAME: "nombre",
    LONG_NAME: "nombre",
    LONG_PHONE: "telefono",
    LOST_DIGITS: "telefono",
    LONG_DOCUMENT: "documento",
    LONG_TAG: "etiquetas",
    MANY_TAGS: "etiquetas",
}
# Google's own groups, which everybody is in: "* myContacts".
_OF_A_PROGRAM = "* "
_OF_MESSAGES = {Role.CONSENT, Role.REFUSAL}


class Fields(NamedTuple):
    """What a row says of a client; empty where it says nothing."""

    nombre: str
    telefono: str
    documento: str
    etiquetas: tuple[str, ...] = ()
    baja: bool = False
    """Whether it says that the client wants no messages."""
    inactivo: bool = False
    """Whether it says that the client is not active."""
    campos: str = ""
    """What it says of the account's own fields: see `Row.campos`."""
    venta: str = ""
    """What a row of a till says of a sale: see `Row.venta`."""


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
    baja: bool
    inactivo: bool
    fault: str
    """What is wrong, as a sentence to be translated; empty where nothing is."""
    otros: str = ""
    """The numbers that it has beside its own, which are not imported; one a line."""
    campos: str = ""
    """What it says of the account's own fields, as the file has it: one a line, in the order of `Layout.own`."""
    venta: str = ""
    """What a row of a till says of a sale, as the file has it: one a line, in the order of `OF_SALES`."""

    @property
    def tags(self) -> tuple[str, ...]:
        """The names of the tags."""
        return tuple(self.etiquetas.split("\n")) if self.etiquetas else ()

    @property
    def other_numbers(self) -> tuple[str, ...]:
        """The numbers that it has beside its own."""
        return tuple(self.otros.split("\n")) if self.otros else ()

    @property
    def may_be_either(self) -> bool:
        """Whether the same stands for its number and its document, so that it may be the one or the other."""
        return self.documento == self.telefono != ""

    @property
    def own_texts(self) -> tuple[str, ...]:
        """What it says of the account's own fields, empty ones included; nothing at all where all are empty."""
        return tuple(self.campos.split("\n")) if self.campos else ()

    @property
    def faulty_field(self) -> str | None:
        """The field that the fault is in."""
        return _FAULTY_FIELDS.get(self.fault)


CLIENT_COLUMNS = Row._fields[: Row._fields.index("etiquetas")]
"""Those of a client, which every row begins with."""


def reader_of(layout: Layout, region: str) -> Callable[[Sequence[str]], Row]:
    """Return the function that reads rows laid out so."""
    name_of = _reader_of_name(layout)
    says = reader_of_answers(layout)
    tags_of = reader_of_tags(layout)
    phones, documents = layout.columns(Role.PHONE), layout.columns(Role.DOCUMENT)
    eithers = layout.columns(Role.EITHER)
    used = [place for place, role in enumerate(layout.roles) if role is not Role.NOTHING]
    has_surplus = _finder_of_surplus(layout)
    own_texts = reader_of_own_fields(layout)
    as_read = _reader_of_sales(layout)

    def read(cells: Sequence[str]) -> Row:
        width = len(cells)
        numbers = [tidy_number(cells[place]) for place in phones if place < width]
        number = one_of(numbers, region)
        document = next(filter(None, (tidy_document(cells[place]) for place in documents if place < width)), "")
        if eithers:
            either = next(filter(None, (tidy_document(cells[place]) for place in eithers if place < width)), "")
            number, document = _with_either(either, number, document, region)
        given = tags_of(cells)
        opted_out, inactive, unclear = says(cells)
        row = check(Fields(name_of(cells), number, document, given, opted_out, inactive), region)
        if others := others_of(numbers, number, region):
            row = row._replace(otros="\n".join(others))
        if layout.own:
            row = row._replace(campos=own_texts(cells))
        row = as_read(row, cells)
        if unclear and not row.fault:
            row = row._replace(fault=NO_ANSWER)
        if has_surplus(cells):
            row = row._replace(fault=MANY_CELLS)
        if len(max(cells, key=len, default="")) <= LONGEST_CELL:
            return row
        long = any(len(cells[place]) > LONGEST_CELL for place in used if place < width)
        return row._replace(fault=LONG_CELL) if long else row

    return read


def readable_again(cells: Sequence[str], layout: Layout) -> list[str]:
    """Return the cells of a row, written so that reading them again gives what they gave."""
    tidies = {
        Role.PHONE: tidy_number,
        Role.DOCUMENT: tidy_document,
        Role.EITHER: tidy_document,
        Role.TOTAL: _tidy_total(layout),
    }
    roles = (*layout.roles, *[Role.NOTHING] * (len(cells) - len(layout.roles)))
    return [kept(tidies.get(role, tidy)(cell)) for role, cell in zip(roles, cells, strict=False)]


def check(fields: Fields, region: str) -> Row:
    """Derive what a client is matched by, and say what is wrong with the fields."""
    number = phone.shortened(fields.telefono, region, LONGEST_PHONE)
    document = "" if is_no_document(fields.documento) else fields.documento
    said = fields.nombre, number, document
    tags = "\n".join(fields.etiquetas)
    read = fields._replace(telefono=number)
    answers = fields.baja, fields.inactivo
    return Row._make((*said, *keys_of(*said, region), tags, *answers, _fault(read), "", fields.campos, ""))


def with_sale(row: Row, said: str) -> Row:
    """Return a row of a till with what it says of a sale; there nobody needs a name."""
    return row._replace(venta=said, fault="" if row.fault == NO_NAME else row.fault)


def fault_of_tags(tags: tuple[str, ...]) -> str:
    """Return what is wrong with the tags of a client; empty where nothing is."""
    if len(tags) > MOST_TAGS:
        return MANY_TAGS
    return LONG_TAG if any(len(tag) > LONGEST_TAG for tag in tags) else ""


def _with_either(text: str, number: str, document: str, region: str) -> tuple[str, str]:
    """Return number and document where a column may hold the one or the other: what is a mobile number may be both."""
    if not phone.to_e164(text, region):
        return number, document or text
    return (number, document) if number or document else (text, text)


def places_of_names(layout: Layout) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where whole names stand, and where their parts do, which count where there is no whole one."""
    wholes, givens, surnames = (layout.columns(role) for role in (Role.NAME, Role.GIVEN, Role.SURNAME))
    return (wholes, givens + surnames) if givens else (wholes + surnames, ())


def _reader_of_name(layout: Layout) -> Callable[[Sequence[str]], str]:
    """Return the function that reads a row's name: the whole name or, where there is none, its parts; never both."""
    wholes, parts = places_of_names(layout)

    def joined(cells: Sequence[str], places: Sequence[int]) -> str:
        return " ".join(filter(None, (tidy(cells[place]) for place in places if place < len(cells))))

    def name_of(cells: Sequence[str]) -> str:
        return joined(cells, wholes) or (joined(cells, parts) if parts else "")

    return name_of


def joined_own_texts(texts: Sequence[str]) -> str:
    """Return what a row says of the account's own fields, for its `campos`."""
    return "\n".join(texts) if any(texts) else ""


def reader_of_tags(layout: Layout) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return the function that reads which tags a row names."""
    places = layout.columns(Role.TAGS)
    if not places:
        return lambda _cells: ()
    return lambda cells: _tags([tidy(cells[place]) for place in places if place < len(cells)], layout.tag_delimiter)


def reader_of_own_fields(layout: Layout) -> Callable[[Sequence[str]], str]:
    """Return the function that reads what a row says of the account's own fields."""
    places = [each.place for each in layout.own]
    return lambda cells: joined_own_texts([tidy(cells[place]) if place < len(cells) else "" for place in places])


def _reader_of_sales(layout: Layout) -> Callable[[Row, Sequence[str]], Row]:
    """Return the function that adds to a till's row what it says of a sale: there nobody needs a name."""
    if layout.contents is Contents.CLIENTS:
        return lambda row, _cells: row
    tidies = {Role.TOTAL: _tidy_total(layout)}
    columns = [(tidies.get(role, tidy), layout.columns(role)) for role in OF_SALES]

    def as_sale(row: Row, cells: Sequence[str]) -> Row:
        filled = (filter(None, (as_text(cells[at]) for at in places if at < len(cells))) for as_text, places in columns)
        said = "\n".join(next(texts, "") for texts in filled)
        return with_sale(row, said)

    return as_sale


def _tidy_total(layout: Layout) -> Callable[[str], str]:
    """Return the function that tidies totals: the numbers of a spreadsheet are no typed amounts."""
    return (lambda cell: rounded_to_cents(tidy(cell))) if layout.sheet else tidy


def _finder_of_surplus(layout: Layout) -> Callable[[Sequence[str]], bool]:
    """Return the function that tells whether a row has a filled cell where no column is."""
    end = layout.end
    if end is None:
        return lambda _cells: False
    return lambda cells: len(cells) > end and any(map(str.strip, cells[end:]))


def reader_of_answers(layout: Layout) -> Callable[[Sequence[str]], tuple[bool, bool, bool]]:
    """Return the function that reads whether somebody wants no messages, is inactive, and whether that is unclear."""
    asked = [(place, role) for place, role in enumerate(layout.roles) if role in ANSWERS]
    nothing = (False, False, False)

    def says(cells: Sequence[str]) -> tuple[bool, bool, bool]:
        filled = [(role, cells[place]) for place, role in asked if place < len(cells) and cells[place].strip()]
        said = [(role, turns_off(role, cell)) for role, cell in filled]
        off = {role for role, turned_off in said if turned_off}
        return bool(off & _OF_MESSAGES), bool(off - _OF_MESSAGES), any(each is None for _, each in said)

    return says if asked else lambda _cells: nothing


def _tags(texts: Sequence[str], delimiter: str) -> tuple[str, ...]:
    if len(texts) == 1 and _OF_A_PROGRAM not in texts[0]:
        return split_tags(texts[0], delimiter)
    named = (tag for text in texts for tag in split_tags(text, delimiter))
    return tuple(dict.fromkeys(tag for tag in named if not tag.startswith(_OF_A_PROGRAM)))


def _fault(fields: Fields) -> str:
    if not fields.nombre:
        return NO_NAME
    if len(fields.nombre) > LONGEST_NAME:
        return LONG_NAME
    if len(fields.telefono) > LONGEST_PHONE:
        return LONG_PHONE
    if has_lost_digits(fields.telefono):
        return LOST_DIGITS
    if len(fields.documento) > LONGEST_DOCUMENT:
        return LONG_DOCUMENT
    return fault_of_tags(fields.etiquetas)
