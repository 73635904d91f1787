"""What the store of staged rows asks of its tables, and which columns they have.

Statements name the tables `fila`, `destino`, `aparte`, `documento`, `persona`, `cliente`, and `por_archivo`, which is
`fila` with each row's turn, and see the rows of one import only; `?` stands for a value. What the databases write in
different ways is a method.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection

Found = tuple[Any, ...]
Values = Iterable[Sequence[object]]

_OF_A_ROW = (
    "nombre, telefono, documento, telefono_e164, busqueda, nombre_orden, nombre_clave, documento_clave, etiquetas,"
    " baja, inactivo, motivo, otros, campos, venta"
)
COLUMNS = {
    "fila": f"numero, veredicto, {_OF_A_ROW}, otra, celdas, cliente, respuesta",
    "destino": "numero, veredicto, cliente, sin_celular",
    "aparte": "desde, hasta, clase, texto",
    "documento": "clave, numero",
    "persona": "clave, numero, documento, nombre",
    "cliente": "clave, numero",
    "tramo": "desde, hasta, suma",
}
"""Each table's columns, in the order in which rows bring their values."""

AS_READ = f"numero, celdas, {_OF_A_ROW}"
"""The columns of a row that was read, in its order."""
PLACE_OF_FAULT = AS_READ.split(", ").index("motivo")

KEYS = {
    "fila": "numero",
    "destino": "numero",
    "aparte": "desde",
    "documento": "clave",
    "persona": "clave, numero",
    "cliente": "clave",
    "tramo": "desde",
}
"""What tells the rows of a table apart."""


class Tables(Protocol):
    """The tables of one import."""

    def writing(self) -> AbstractContextManager[None]:
        """Open a transaction that writes, unless one is open in which all is done."""

    def within(self, connection: Connection) -> Tables:
        """Return the tables as a transaction of the app's database sees them, where they lie there."""

    @property
    def notes_stretches(self) -> bool:
        """Return whether there is `tramo`, for batches that no row of comes through the app."""

    def within_reach(self, connection: Connection) -> AbstractContextManager[str | None]:
        """Give the name under which statements of a connection read the rows; None where they can't.

        The connection has no transaction open.
        """

    def take(self, owner: str) -> None:
        """Let this worker store rows, and nobody else."""

    def is_held_by(self, owner: str) -> bool:
        """Return whether nobody has taken them since; it stays so until the transaction ends."""

    def select(self, query: str, *values: object) -> list[Found]:
        """Return all rows that a query finds."""

    def stream(self, query: str, *values: object) -> Iterator[Found]:
        """Return the rows that a query finds, without having all of them in memory."""

    def with_keys(self, query: str, keys: Sequence[object]) -> list[Found]:
        """Return the rows that a query without conditions finds, whose `clave` is one of these."""

    def insert(self, table: str, rows: Values) -> None:
        """Add rows."""

    def insert_read(self, rows: Values) -> None:
        """Add rows of the file as they were read: new ones, or wrong ones where something is wrong with them."""

    def index_keys(self) -> None:
        """Let rows be found by their document, number and verdict; asked for when all are stored."""

    def arrange(self, query: str | None) -> None:
        """Keep the numbers that a query finds, in its order, where it is worth it: `por_nombre`, like `por_archivo`."""

    def are_arranged(self) -> bool:
        """Return whether rows have an order of their own."""

    def correct(self, rows: Values) -> None:
        """Change what became of rows of the file: each brings its number, verdict, other row and client."""

    def insert_missing(self, table: str, rows: Values) -> None:
        """Add rows, but for those whose key stands there already."""

    def insert_missing_found(self, table: str, query: str, *values: object) -> None:
        """Do the same with the rows that a query finds."""

    def replace(self, table: str, rows: Values) -> None:
        """Add rows, in place of those that have their keys."""

    def update(self, table: str, changes: str, which: str, *values: object) -> None:
        """Change the rows that a condition is true of."""

    def update_each(self, table: str, changes: str, which: str, rows: Values) -> None:
        """Do the same again and again, with other values."""

    def delete(self, table: str, which: str, *values: object) -> None:
        """Delete the rows that a condition is true of."""

    def keep(self, table: str, which: str) -> None:
        """Delete all rows but the few that a condition is true of."""

    def erase(self, table: str, which: str, rows: Values) -> None:
        """Delete rows again and again, so that nothing of them is left where they stood."""

    def compact(self) -> None:
        """Give back the room of what was deleted, where that does not happen by itself."""

    def close(self) -> None:
        """Let the tables go."""
