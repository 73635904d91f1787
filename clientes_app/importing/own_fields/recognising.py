"""Which columns of a file hold the account's own fields, by titles and earlier files; what new ones would be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...client_files.cells import tidy
from ...client_files.columns import Layout
from ...client_files.meaning.own_columns import OwnColumn
from ...client_files.meaning.roles import Role
from ...fields.canonical import BadValue, read_value
from ...fields.naming import LONGEST_NAME
from ...models import Campo, TipoDeCampo
from ...values.text import fold
from .own_texts import says_nothing

_FEW_CHOICES = 12
_TIMES = 2
"""How often each choice comes, on the average, where a column is taken for one of choices."""

_NEVER_TAKEN = frozenset({Role.NAME, Role.GIVEN, Role.SURNAME, Role.PHONE, Role.DOCUMENT})
"""Columns that were found to say who somebody is stay so, whatever fields are called."""


def recognised(layout: Layout, fields: Sequence[Campo], past: Iterable[Layout]) -> Layout:
    """Return the layout with the columns whose titles name a field, or that held one the last time they came."""
    known = _names_of(fields) | _titles_of(fields, past)
    roles, own = list(layout.roles), dict[int, OwnColumn]()
    # Of several with one title the last: an export has the account's own fields behind the others.
    for place, title in reversed([*enumerate(layout.titles)]):
        field = known.get(fold(title))
        if field and roles[place] not in _NEVER_TAKEN and field.id not in own:
            roles[place], own[field.id] = Role.FIELD, column_of(place, field)
        elif roles[place] is Role.FIELD:
            roles[place] = Role.NOTHING
    return replace(layout, roles=tuple(roles), own=tuple(sorted(own.values())))


def column_of(place: int, field: Campo) -> OwnColumn:
    """Return the column that holds a field that there is."""
    return OwnColumn(place, field.id, field.nombre, field.tipo.value, tuple(field.opciones))


def name_of(layout: Layout, place: int) -> str:
    """Return what a field would be called that a column becomes: as the column's title; empty where it has none."""
    return layout.titles[place][:LONGEST_NAME].strip() if place < len(layout.titles) else ""


def guessed_kind(cells: Iterable[str]) -> TipoDeCampo:
    """Return what a field seems to hold, by some of its cells: a text unless all of them say the same of it."""
    texts = [text for text in map(tidy, cells) if text and not says_nothing(text)]
    if not texts:
        return TipoDeCampo.TEXTO
    if all(_is(TipoDeCampo.NUMERO, text) and not _is_code(text) for text in texts):
        return TipoDeCampo.NUMERO
    if all(_is(TipoDeCampo.FECHA, text) for text in texts):
        return TipoDeCampo.FECHA
    choices = set(map(fold, texts))
    few = len(choices) <= _FEW_CHOICES and len(choices) * _TIMES <= len(texts)
    return TipoDeCampo.OPCION if few else TipoDeCampo.TEXTO


def _names_of(fields: Sequence[Campo]) -> dict[str, Campo]:
    return {fold(name): field for field in fields for name in (field.clave, field.nombre)}


def _titles_of(fields: Sequence[Campo], past: Iterable[Layout]) -> dict[str, Campo]:
    """Return the fields by the titles that they had; the latest file says most."""
    by_id = {field.id: field for field in fields}
    known: dict[str, Campo] = {}
    for layout in past:
        for column in layout.own:
            title = fold(layout.titles[column.place]) if column.place < len(layout.titles) else ""
            if title and (field := by_id.get(column.field_id or 0)):
                known.setdefault(title, field)
    return known


def _is(kind: TipoDeCampo, text: str) -> bool:
    try:
        return bool(read_value(kind, (), text))
    except BadValue:
        return False


def _is_code(text: str) -> bool:
    """Return whether digits are no number: one would lose the zeros or the plus that they begin with."""
    return text.startswith("+") or (text.startswith("0") and len(text) > 1 and text[1].isdecimal())
