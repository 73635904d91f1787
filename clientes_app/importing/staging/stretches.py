"""The rows of a file that are imported at once: those between two turns of it.

Rows take their turns in the file's order. Those of a long list that have nothing to do with each other come before the
others, and part by part by name: so each batch writes to few pages of the indexes of names, not to nearly all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .store import Staging, listed
from .tables.interface import COLUMNS, Found
from .verdicts import APPLIED

LONG = 100_000
"""From so many rows on, nobody looks for the file's order among the clients."""
BY_NAME_TOGETHER = 100_000
"""So many lines of the file are a part.

In a whole list by name all who are called alike would come one after the other, and who looks for them among the latest
would read through everybody who comes after them in the alphabet.
"""

_APPLIED = f"veredicto IN ({listed(APPLIED)})"
PLAIN = (
    "veredicto = 'nueva' AND etiquetas = '' AND campos = '' AND respuesta = '' AND NOT baja AND NOT inactivo"
    " AND (documento_clave <> '' OR NOT is_nobodys(telefono_e164))"
)
"""The condition for rows that say nothing but who a new client is, and so have nothing to do with each other."""
WITHIN_STRETCH = f"{_APPLIED} AND turno > ? AND turno <= ?"
"""The condition for the rows of a stretch; it is given the turns that it lies between."""

IN_ORDER_OF_FILE, BY_NAME = "por_archivo", "por_nombre"
"""The rows with their turns, as statements name them."""


class Stretch(NamedTuple):
    """The rows that are imported after one turn, as far as another."""

    after: int
    last: int
    first: int
    """The first turn behind `after` that a row has."""
    rows: int


@dataclass(frozen=True)
class Batch:
    """A stretch of staged rows on its way into the app's database."""

    staging: Staging
    stretch: Stretch
    schema: str | None
    """The name under which the app's connection has the staged rows within reach, where it has."""
    wanted: Sequence[Found] | None = None
    """Its rows, where some of the stretch are not to be stored."""

    def to_store(self) -> Sequence[Found]:
        """Return the rows that are to be stored."""
        return self.rows() if self.wanted is None else self.wanted

    def rows(self) -> list[Found]:
        """Return its rows in turn, as the tables have them: see `store.staged_of`."""
        return [row[1:] for row in self.turns()]

    def turns(self, which: str = "TRUE", *values: object) -> list[Found]:
        """Return its rows, or those that a condition is true of, each behind its turn."""
        those = f"FROM {turns_of(self.staging)} WHERE {WITHIN_STRETCH} AND ({which})"
        query = f"SELECT turno, {COLUMNS['fila']} {those} ORDER BY turno"
        return self.staging.tables.select(query, self.stretch.after, self.stretch.last, *values)


def arrange(staging: Staging) -> None:
    """Let the plain rows of a long list take their turns first, and by name, before the first of them is imported."""
    ((rows,),) = staging.tables.select(f"SELECT count(*) FROM fila WHERE {_APPLIED}")  # noqa: S608
    those = f"SELECT numero, nombre_orden, ({PLAIN}) AS es_simple FROM fila NOT INDEXED WHERE {_APPLIED}"  # noqa: S608
    by_name = f"CASE WHEN es_simple THEN numero / {BY_NAME_TOGETHER} END, CASE WHEN es_simple THEN nombre_orden END"
    turns = f"es_simple DESC, {by_name}, numero"
    staging.tables.arrange(f"SELECT numero FROM ({those}) ORDER BY {turns}" if rows >= LONG else None)  # noqa: S608


def turns_of(staging: Staging) -> str:
    """Return the name under which statements find the rows with their turns."""
    return BY_NAME if staging.tables.are_arranged() else IN_ORDER_OF_FILE


def next_stretch(staging: Staging, after: int, limit: int) -> Stretch | None:
    """Return the next rows that are imported; None behind the last."""
    those = "orden WHERE" if staging.tables.are_arranged() else f"{IN_ORDER_OF_FILE} WHERE {_APPLIED} AND"
    some = f"SELECT turno FROM {those} turno > ? ORDER BY turno LIMIT ?"  # noqa: S608
    both = f"SELECT max(turno), min(turno), count(*) FROM ({some}) AS filas"  # noqa: S608
    ((last, first, rows),) = staging.tables.select(both, after, limit)
    return Stretch(after, int(last), int(first), int(rows)) if rows else None


def not_reached(staging: Staging) -> str:
    """Return the condition for the rows that an import did not come to; it is given the last turn that it came to."""
    return f"numero IN (SELECT numero FROM {turns_of(staging)} WHERE turno > ?)"  # noqa: S608
