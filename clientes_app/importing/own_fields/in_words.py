"""What rows say of the account's own fields and change of clients, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...client_files.meaning.own_columns import OwnColumn
from ...client_files.rows import Row
from ...fields.showing import shown_value, typed_value
from ...models import Campo, TipoDeCampo
from .own_texts import OwnFields, OwnText

Told = tuple[str, str, str]
"""A field's name, what it said and what it says then; empty for nothing."""


def shown(told: OwnText) -> str:
    """Return what a row says of a field: its value, or its text where that means none."""
    return _shown(told.column, told.value) or told.text


def would_change(before: Mapping[int, str], own: OwnFields, row: Row) -> list[Told]:
    """Return what a row would change of a client whose fields say this, by their ids."""
    changes = [(column, before.get(column.key, ""), value) for column, _, value, _ in own.told(row) if value]
    return [(column.name, _shown(column, was), _shown(column, now)) for column, was, now in changes if was != now]


def as_told(fields: Iterable[Campo], before: Mapping[int, str], after: Mapping[int, str]) -> dict[str, list[str]]:
    """Return what changes between canonical values, by the fields' names, as a client's story keeps it."""
    values = {field: (before.get(field.id, ""), after.get(field.id, "")) for field in fields}
    return {
        field.nombre: [typed_value(field.tipo, value) for value in (was, now)]
        for field, (was, now) in values.items()
        if was != now
    }


def _shown(column: OwnColumn, value: str) -> str:
    return shown_value(TipoDeCampo(column.kind), value)
