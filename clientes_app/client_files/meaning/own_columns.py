"""Columns that hold fields of an account's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class OwnColumn(NamedTuple):
    """A column that holds a field of the account's own, as the field was when the column was said to hold it."""

    place: int
    field_id: int | None
    """None where the import is to make the field."""
    name: str
    kind: str
    """Its `models.campo.TipoDeCampo`."""
    choices: tuple[str, ...] = ()
    """What it can be; of a field that the import is to make, what was found in the file so far."""

    @property
    def key(self) -> int:
        """What tells it from the others: its field, or a number below zero that is no field's."""
        return -1 - self.place if self.field_id is None else self.field_id


def own_columns(stored: Sequence[Sequence[Any]]) -> tuple[OwnColumn, ...]:
    """Read what JSON keeps of them."""
    return tuple(
        OwnColumn(place, field_id, name, kind, tuple(choices)) for place, field_id, name, kind, choices in stored
    )
