"""Staged rows in tables of PostgreSQL, for machines that share no disk; each statement sees those of one import."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from ....database.transactions import connected, joined
from ....models import (
    ClienteDeArchivo,
    DestinoDeFila,
    DocumentoDeArchivo,
    FilaImportada,
    LineasAparte,
    PersonaDeArchivo,
)
from .interface import AS_READ, COLUMNS, KEYS, PLACE_OF_FAULT, Found, Values

TABLES = {
    "fila": cast(Table, FilaImportada.__table__),
    "destino": cast(Table, DestinoDeFila.__table__),
    "aparte": cast(Table, LineasAparte.__table__),
    "documento": cast(Table, DocumentoDeArchivo.__table__),
    "persona": cast(Table, PersonaDeArchivo.__table__),
    "cliente": cast(Table, ClienteDeArchivo.__table__),
}

_DIALECT = PGDialect()  # type: ignore[no-untyped-call]
_FETCHED = 2_000
"""Rows that come at once where not all of them are to be in memory."""


class PostgresTables:
    """The tables of an import, in a transaction that is open or in ones of their own."""

    notes_stretches = False

    def __init__(self, on: Engine | Connection, import_id: int) -> None:
        self._on = on
        self._id = int(import_id)
        self._owned = f"importacion_id = {self._id}"
        # Under their short names, other imports' rows are out of reach.
        own = [f"{name} AS NOT MATERIALIZED ({self._select(name)})" for name in TABLES]
        own.append("por_archivo AS NOT MATERIALIZED (SELECT numero AS turno, fila.* FROM fila)")
        self._names = f"WITH {', '.join(own)}"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that writes, unless one is open in which all is done."""
        before = self._on
        with joined(before) as connection:
            self._on = connection
            try:
                yield
            finally:
                self._on = before

    def within(self, connection: Connection) -> PostgresTables:
        """Return the tables as a transaction sees them."""
        return PostgresTables(connection, self._id)

    def within_reach(self, connection: Connection) -> AbstractContextManager[None]:
        """Give no name: an import's rows are told from others' by more than that."""
        return nullcontext()

    def take(self, owner: str) -> None:
        """Do nothing: the lease of the import says whose the rows are."""

    def is_held_by(self, owner: str) -> bool:
        """Return whether a worker has the lease, and let nobody take it until the transaction ends."""
        held = "SELECT 1 FROM importacion WHERE id = ? AND titular = ? FOR SHARE"
        return bool(self.select(held, self._id, owner))

    def select(self, query: str, *values: object) -> list[Found]:
        """Return all rows that a query finds."""
        with connected(self._on) as connection:
            return [*map(tuple, self._execute(connection, query, values))]

    def stream(self, query: str, *values: object) -> Iterator[Found]:
        """Return the rows that a query finds, some at a time."""
        with connected(self._on) as connection:
            yield from map(tuple, self._execute(connection, query, values, yield_per=_FETCHED))

    def with_keys(self, query: str, keys: Sequence[object]) -> list[Found]:
        """Return the rows that a query finds, whose `clave` is one of these."""
        wanted = [key for key in keys if key is not None]
        return self.select(f"{query} WHERE clave = ANY(?)", wanted)

    def insert(self, table: str, rows: Values) -> None:
        """Add rows."""
        self._insert(table, rows, "")

    def insert_read(self, rows: Values) -> None:
        """Add rows of the file as they were read, straight through the driver."""
        names = f"importacion_id, veredicto, respuesta, {AS_READ}"
        with joined(self._on) as connection:
            driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
            with driver.cursor() as cursor, cursor.copy(f"COPY {TABLES['fila'].name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((self._id, "mala" if row[PLACE_OF_FAULT] else "nueva", "", *row))

    def index_keys(self) -> None:
        """Do nothing: the table has its indexes."""

    def arrange(self, query: str | None) -> None:
        """Do nothing: rows keep the file's order."""

    def are_arranged(self) -> bool:
        """Return that they have no order of their own."""
        return False

    def correct(self, rows: Values) -> None:
        """Change what became of rows of the file, all by one statement."""
        names = "numero", "veredicto", "otra", "cliente"
        listed = [dict(zip(names, row, strict=True)) for row in rows]
        self._write(
            f"UPDATE {TABLES['fila'].name} AS fila"  # noqa: S608
            " SET veredicto = listed.veredicto, otra = listed.otra, cliente = listed.cliente"
            " FROM json_to_recordset(?::json) AS listed (numero bigint, veredicto text, otra bigint, cliente bigint)"
            f" WHERE {self._owned} AND fila.numero = listed.numero",
            [json.dumps(listed)],
        )

    def insert_missing(self, table: str, rows: Values) -> None:
        """Add rows, but for those whose key stands there already."""
        self._insert(table, rows, "ON CONFLICT DO NOTHING")

    def insert_missing_found(self, table: str, query: str, *values: object) -> None:
        """Do the same with the rows that a query finds."""
        self._write(f"{self._into(table, query)} ON CONFLICT DO NOTHING", values)

    def replace(self, table: str, rows: Values) -> None:
        """Add rows, in place of those that have their keys."""
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS[table].split(", "))
        self._insert(table, rows, f"ON CONFLICT (importacion_id, {KEYS[table]}) DO UPDATE SET {changes}")

    def update(self, table: str, changes: str, which: str, *values: object) -> None:
        """Change the rows that a condition is true of."""
        self._write(self._update(table, changes, which), values)

    def update_each(self, table: str, changes: str, which: str, rows: Values) -> None:
        """Do the same again and again, with other values."""
        self._write_each(self._update(table, changes, which), rows)

    def delete(self, table: str, which: str, *values: object) -> None:
        """Delete the rows that a condition is true of."""
        self._write(self._delete(table, which), values)

    def keep(self, table: str, which: str) -> None:
        """Delete all rows but those that a condition is true of."""
        self.delete(table, f"NOT ({which})")

    def erase(self, table: str, which: str, rows: Values) -> None:
        """Delete rows again and again; the database clears their room by itself."""
        self._write_each(self._delete(table, which), rows)

    def compact(self) -> None:
        """Do nothing: the database does it by itself."""

    def close(self) -> None:
        """Do nothing: who opened the transaction ends it."""

    def _insert(self, table: str, rows: Values, conflict: str) -> None:
        """Insert rows by one statement, which gets them as one text: no other way is as quick in the driver."""
        names = COLUMNS[table].split(", ")
        if listed := [dict(zip(names, row, strict=True)) for row in rows]:
            query = f"SELECT {COLUMNS[table]} FROM json_to_recordset(?::json) AS listed ({_typed(table)})"  # noqa: S608
            self._write(f"{self._into(table, query)} {conflict}", [json.dumps(listed, ensure_ascii=False)])

    def _select(self, table: str) -> str:
        return f"SELECT * FROM {TABLES[table].name} WHERE {self._owned}"  # noqa: S608

    def _into(self, table: str, query: str) -> str:
        names = f"{TABLES[table].name} (importacion_id, {COLUMNS[table]})"
        return f"INSERT INTO {names} SELECT {self._id}, found.* FROM ({query}) AS found"  # noqa: S608

    def _update(self, table: str, changes: str, which: str) -> str:
        return f"UPDATE {TABLES[table].name} AS {table} SET {changes} WHERE {self._owned} AND ({which})"  # noqa: S608

    def _delete(self, table: str, which: str) -> str:
        return f"DELETE FROM {TABLES[table].name} AS {table} WHERE {self._owned} AND ({which})"  # noqa: S608

    def _write(self, statement: str, values: Sequence[object]) -> None:
        with joined(self._on) as connection:
            self._execute(connection, statement, values)

    def _write_each(self, statement: str, rows: Values) -> None:
        if listed := [tuple(row) for row in rows]:
            with joined(self._on) as connection:
                connection.exec_driver_sql(self._text(statement), listed)

    def _execute(
        self, connection: Connection, statement: str, values: Sequence[object], **options: object
    ) -> CursorResult[*Found]:
        return connection.exec_driver_sql(self._text(statement), tuple(values), execution_options=options)

    def _text(self, statement: str) -> str:
        return f"{self._names} {statement}".replace("?", "%s")


@cache
def _typed(table: str) -> str:
    """Return a table's columns, each with its type."""
    columns = TABLES[table].c
    return ", ".join(f"{name} {columns[name].type.compile(_DIALECT)}" for name in COLUMNS[table].split(", "))
