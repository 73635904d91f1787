"""Staged rows in a SQLite file of their own: a dry run holds no lock of the app's database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from ....values.placeholders import is_no_number
from .interface import AS_READ, COLUMNS, PLACE_OF_FAULT, Found, Values
from .schema import create_indexes, create_tables

ATTACHED = "archivo"
"""The file's name on the connections that it is attached to."""


class SqliteFile:
    """The tables of an import in a file."""

    notes_stretches = True

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises FileNotFoundError.
        """
        try:
            # Only ever used by one thread at a time, though not always by the one that opened it.
            self._database = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=30,
            )
        except sqlite3.OperationalError as error:
            if path.exists():
                raise
            raise FileNotFoundError(path) from error
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;")
        create_tables(self._database)
        _add_functions(self._database)
        self._path = path

    @classmethod
    def made_at(cls, path: Path) -> Self:
        """Open the file; make it where there is none."""
        path.touch(mode=0o600)
        return cls(path)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that writes."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # SQLite ends it itself where the disk is full
                self._database.execute("ROLLBACK")
            raise

    def within(self, connection: Connection) -> Self:
        """Return the same: the file knows nothing of the app's database."""
        return self

    @contextmanager
    def within_reach(self, connection: Connection) -> Iterator[str | None]:
        """Attach the file to a connection of SQLite's, for reading: a transaction there does not lock it.

        From then on what is recorded is on the disk before the batch is that it tells of.
        """
        self._wait_for_the_disk()
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            yield None
            return
        _add_functions(driver)
        driver.execute(f"ATTACH ? AS {ATTACHED}", (f"{self._path.absolute().as_uri()}?mode=ro",))
        try:
            yield ATTACHED
        finally:
            driver.execute(f"DETACH {ATTACHED}")

    def take(self, owner: str) -> None:
        """Let this worker store rows, and nobody else: one before it may be asleep, and go on later."""
        with self.writing():
            self._database.execute("REPLACE INTO titular VALUES (1, ?)", (owner,))

    def is_held_by(self, owner: str) -> bool:
        """Return whether nobody has taken the file since."""
        return bool(self._database.execute("SELECT nombre FROM titular").fetchone() == (owner,))

    def select(self, query: str, *values: object) -> list[Found]:
        """Return all rows that a query finds."""
        return self._database.execute(query, values).fetchall()

    def stream(self, query: str, *values: object) -> Iterator[Found]:
        """Return the rows that a query finds, one by one."""
        return self._database.execute(query, values)

    def with_keys(self, query: str, keys: Sequence[object]) -> list[Found]:
        """Return the rows that a query finds, whose `clave` is one of these."""
        return self.select(f"{query} WHERE clave IN (SELECT value FROM json_each(?))", json.dumps(keys))  # noqa: S608

    def insert(self, table: str, rows: Values) -> None:
        """Add rows."""
        self._insert("INSERT", table, rows)

    def insert_read(self, rows: Values) -> None:
        """Add rows of the file as they were read."""
        marks = [f"?{place}" for place in range(1, AS_READ.count(",") + 2)]
        verdict = f"CASE {marks[PLACE_OF_FAULT]} WHEN '' THEN 'nueva' ELSE 'mala' END"
        values = f"{', '.join(marks)}, {verdict}"
        self._database.executemany(f"INSERT INTO fila ({AS_READ}, veredicto) VALUES ({values})", rows)  # noqa: S608

    def index_keys(self) -> None:
        """Let rows be found by what else tells of them: indexes of a whole table are made in a fraction of the time.

        All rows are on the disk then, before the app's database says that they are checked.
        """
        self._wait_for_the_disk()
        create_indexes(self._database)

    def arrange(self, query: str | None) -> None:
        """Keep the numbers that a query finds, in its order.

        How far an import is, is told by this order: after a loss of power there must be the same one, so it is on the
        disk when this has ended.
        """
        with self.writing():
            self._database.execute("DELETE FROM orden")
            if query:
                self._database.execute(f"INSERT INTO orden (numero) {query}")

    def are_arranged(self) -> bool:
        """Return whether rows have an order of their own."""
        return self._database.execute("SELECT 1 FROM orden LIMIT 1").fetchone() is not None

    def correct(self, rows: Values) -> None:
        """Change what became of rows of the file."""
        changed = ((verdict, other, client, number) for number, verdict, other, client in rows)
        self.update_each("fila", "veredicto = ?, otra = ?, cliente = ?", "numero = ?", changed)

    def insert_missing(self, table: str, rows: Values) -> None:
        """Add rows, but for those whose key stands there already."""
        self._insert("INSERT OR IGNORE", table, rows)

    def insert_missing_found(self, table: str, query: str, *values: object) -> None:
        """Do the same with the rows that a query finds."""
        self._database.execute(f"INSERT OR IGNORE INTO {table} ({COLUMNS[table]}) {query}", values)

    def replace(self, table: str, rows: Values) -> None:
        """Add rows, in place of those that have their keys."""
        self._insert("REPLACE", table, rows)

    def update(self, table: str, changes: str, which: str, *values: object) -> None:
        """Change the rows that a condition is true of."""
        self.update_each(table, changes, which, [values])

    def update_each(self, table: str, changes: str, which: str, rows: Values) -> None:
        """Do the same again and again, with other values."""
        self._database.executemany(f"UPDATE {table} SET {changes} WHERE {which}", rows)  # noqa: S608

    def delete(self, table: str, which: str, *values: object) -> None:
        """Delete the rows that a condition is true of."""
        self._database.execute(f"DELETE FROM {table} WHERE {which}", values)  # noqa: S608

    def keep(self, table: str, which: str) -> None:
        """Put the few aside and empty the table: without a condition its pages go, and not row by row."""
        self._database.execute(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {table} WHERE {which}")  # noqa: S608
        self._database.execute(f"DELETE FROM {table}")  # noqa: S608
        self._database.execute(f"INSERT INTO {table} SELECT * FROM kept")  # noqa: S608
        self._database.execute("DROP TABLE kept")

    def erase(self, table: str, which: str, rows: Values) -> None:
        """Delete rows again and again, and overwrite what the file has of them."""
        self._database.execute("PRAGMA secure_delete = ON")
        self._database.executemany(f"DELETE FROM {table} WHERE {which}", rows)  # noqa: S608

    def compact(self) -> None:
        """Write the file anew, without what was deleted."""
        self._database.execute("VACUUM")

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _wait_for_the_disk(self) -> None:
        """Let each commit from now on be on the disk when it has ended, with all before it."""
        self._database.execute("PRAGMA synchronous=FULL")

    def _insert(self, how: str, table: str, rows: Values) -> None:
        names = COLUMNS[table]
        marks = ",".join("?" * (names.count(",") + 1))
        self._database.executemany(f"{how} INTO {table} ({names}) VALUES ({marks})", rows)


def _add_functions(database: sqlite3.Connection) -> None:
    database.create_function("is_nobodys", 1, _is_nobodys, deterministic=True)


def _is_nobodys(number: str | None) -> bool:
    return number is None or is_no_number(number)
