"""What rows say of the account's own fields and change of clients, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...client_files.rows import Row
from ...fields.showing import shown_value, typed_value
from ...models import Campo, TipoDeCampo
from .own_texts import OwnFields, OwnText

Told = tuple[str, str, str]
"""A field's name, what it said and what it says then; empty for nothing."""


def shown(told: OwnText) -> str:
    """Return what a row says of a field: its value, or its text where that means none."""
    return _shown(told.column.kind, told.value) or told.text


def would_change(before: Mapping[int, str], own: OwnFields, row: Row) -> list[Told]:
    """Return what a row would change of a client whose fields say this, by their ids."""
    return [
        (column.name, _shown(column.kind, before.get(column.key, "")), _shown(column.kind, value))
        for column, _, value, _ in own.told(row)
        if value and value != before.get(column.key)
    ]


def as_told(fields: Iterable[Campo], before: Mapping[int, str], after: Mapping[int, str]) -> dict[str, list[str]]:
    """Return what changes between canonical values, by the fields' names, as a client's story keeps it."""
    values = {field: (before.get(field.id, ""), after.get(field.id, "")) for field in fields}
    return {
        field.nombre: [_typed(field, was), _typed(field, now)] for field, (was, now) in values.items() if was != now
    }


def _typed(field: Campo, value: str) -> str:
    return typed_value(field.tipo, value) if value else ""


def _shown(kind: str, value: str) -> str:
    return shown_value(TipoDeCampo(kind), value) if value else ""
