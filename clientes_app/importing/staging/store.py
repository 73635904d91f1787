"""The rows of a file with their verdicts, in a SQLite file of their own: a dry run holds no lock of the app's database.

What is in the file is the truth of a dry run: a killed one goes on after the last row that is stored here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Self

from ...client_files.rows import Row

PAGE_SIZE = 50


class Verdict(StrEnum):
    """What will become of a row."""

    NEW = "nueva"
    UPDATE = "actualiza"
    SAME = "igual"
    DOUBLE = "doble"
    WRONG = "mala"
    LEFT_OUT = "fuera"


_VERDICTS = {verdict.value: verdict for verdict in Verdict}
REJECTED = (Verdict.WRONG, Verdict.DOUBLE, Verdict.LEFT_OUT)
APPLIED = (Verdict.NEW, Verdict.UPDATE, Verdict.SAME)

_TABLES = """
CREATE TABLE IF NOT EXISTS fila (
    numero INTEGER PRIMARY KEY,
    veredicto TEXT NOT NULL,
    nombre TEXT NOT NULL,
    telefono TEXT NOT NULL,
    documento TEXT NOT NULL,
    telefono_e164 TEXT,
    busqueda TEXT NOT NULL,
    nombre_orden TEXT NOT NULL,
    nombre_clave TEXT NOT NULL,
    documento_clave TEXT NOT NULL,
    etiquetas TEXT NOT NULL,
    baja INTEGER NOT NULL DEFAULT 0,
    inactivo INTEGER NOT NULL DEFAULT 0,
    motivo TEXT NOT NULL,
    otra INTEGER,
    celdas TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS fila_veredicto ON fila (veredicto, numero);
CREATE TABLE IF NOT EXISTS documento (clave TEXT PRIMARY KEY, numero INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS telefono (
    clave TEXT PRIMARY KEY, numero INTEGER NOT NULL, documento TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cliente (clave INTEGER PRIMARY KEY, numero INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS titular (uno INTEGER PRIMARY KEY CHECK (uno = 1), nombre TEXT NOT NULL);
"""
_COLUMNS = (
    "numero, veredicto, nombre, telefono, documento, telefono_e164, busqueda,"
    " nombre_orden, nombre_clave, documento_clave, etiquetas, baja, inactivo, motivo, otra, celdas"
)
_INTO = f"INTO fila ({_COLUMNS}) VALUES ({','.join('?' * (_COLUMNS.count(',') + 1))})"


class Staged(NamedTuple):
    """A row with its verdict."""

    number: int
    verdict: Verdict
    row: Row
    double_of: int | None = None
    """The row of the file that comes first."""
    cells: Sequence[str] = ()
    """As the file has them; only where the row is rejected."""


@dataclass(frozen=True)
class Seen:
    """Which keys rows of the file have that came before, and the numbers of these rows."""

    documents: dict[str, int]
    phones: dict[str, tuple[int, str]]
    """With the row's document."""
    clients: dict[int, int]


@dataclass(frozen=True)
class Totals:
    """Rows by verdict, and how many of those that are applied get no SMS."""

    counts: dict[Verdict, int]
    without_mobile: int

    @property
    def applied(self) -> int:
        """Count the rows that applying goes through."""
        return sum(self.counts[verdict] for verdict in APPLIED)

    @property
    def rows(self) -> int:
        """Count all rows."""
        return sum(self.counts.values())


class Taken(Exception):
    """Another worker goes through the file by now."""


class Staging:
    """An open file of staged rows."""

    def __init__(self, path: Path) -> None:
        # Only ever used by one thread at a time, though not always by the one that opened it.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        path.chmod(0o600)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;")
        self._db.executescript(_TABLES)
        self._add_columns()
        self._owner = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def take(self, owner: str) -> None:
        """Let this worker store rows and nobody else: one before it may be asleep, and go on later."""
        self._owner = owner
        with self._writing():
            self._db.execute("REPLACE INTO titular VALUES (1, ?)", (owner,))

    def last_row(self) -> int:
        """Return the number of the last stored row, 0 before the first."""
        return int(self._db.execute("SELECT coalesce(max(numero), 0) FROM fila").fetchone()[0])

    def seen(self, rows: Iterable[Row], client_ids: Iterable[int]) -> Seen:
        """Return which of these rows' keys, and which clients, stored rows have."""
        rows = list(rows)
        documents = self._listed("clave, numero FROM documento", [row.documento_clave for row in rows])
        phones = self._listed("clave, numero, documento FROM telefono", [row.telefono_e164 for row in rows])
        clients = self._listed("clave, numero FROM cliente", list(client_ids))
        return Seen(dict(documents), {key: (number, document) for key, number, document in phones}, dict(clients))

    def store(self, staged: Sequence[Staged], firsts: Seen) -> None:
        """Store rows, and the keys that they are the first to have, in one transaction.

        Raises Taken where another worker has taken the file since.
        """
        with self._writing():
            if self._db.execute("SELECT nombre FROM titular").fetchone() != (self._owner,):
                raise Taken
            self._db.executemany(f"INSERT {_INTO}", map(_values, staged))
            self._store_keys(firsts)

    def replace(self, staged: Staged, firsts: Seen) -> None:
        """Store a row that was mended in place of the wrong one."""
        with self._writing():
            self._db.execute(f"REPLACE {_INTO}", _values(staged))
            self._store_keys(firsts)

    def get(self, number: int) -> Staged | None:
        """Return a row by its number."""
        if number >= 2**63:
            return None
        found = self._db.execute(f"SELECT {_COLUMNS} FROM fila WHERE numero = ?", (number,)).fetchone()  # noqa: S608
        return _staged(found) if found else None

    def page(self, verdict: Verdict, after: int, limit: int = PAGE_SIZE) -> list[Staged]:
        """Return the next rows of a verdict, by number."""
        found = self._db.execute(
            f"SELECT {_COLUMNS} FROM fila WHERE veredicto = ? AND numero > ? ORDER BY numero LIMIT ?",  # noqa: S608
            (verdict.value, after, limit),
        )
        return [_staged(row) for row in found]

    def to_apply(self, after: int, limit: int) -> list[Staged]:
        """Return the next rows that are imported."""
        verdicts = ", ".join(f"'{verdict.value}'" for verdict in APPLIED)
        found = self._db.execute(
            f"SELECT {_COLUMNS} FROM fila WHERE numero > ? AND veredicto IN ({verdicts}) ORDER BY numero LIMIT ?",  # noqa: S608
            (after, limit),
        )
        return [_staged(row) for row in found]

    def rejected(self) -> Iterator[Staged]:
        """Return the rows that are not imported, in the file's order."""
        verdicts = ", ".join(f"'{verdict.value}'" for verdict in REJECTED)
        found = self._db.execute(f"SELECT {_COLUMNS} FROM fila WHERE veredicto IN ({verdicts}) ORDER BY numero")  # noqa: S608
        return map(_staged, found)

    def totals(self) -> Totals:
        """Count the rows by verdict."""
        counts = dict.fromkeys(Verdict, 0)
        found = self._db.execute("SELECT veredicto, count(*) FROM fila GROUP BY veredicto")
        counts |= {Verdict(verdict): count for verdict, count in found}
        without = self._db.execute(
            "SELECT count(*) FROM fila WHERE telefono_e164 IS NULL AND veredicto IN ('nueva', 'actualiza', 'igual')"
        )
        return Totals(counts, int(without.fetchone()[0]))

    def keep_rejected(self) -> None:
        """Forget all rows but the rejected ones, when the import has ended."""
        with self._writing():
            self._db.execute("DELETE FROM fila WHERE veredicto IN ('nueva', 'actualiza', 'igual')")
            for table in ("documento", "telefono", "cliente"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608
        self._db.execute("VACUUM")

    def forget(self, is_meant: Callable[[str | None, str], bool]) -> None:
        """Delete the rows of whom is meant, told by number and document, so that the file does not hold them either."""
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.create_function("es_de_quien", 2, is_meant)
        with self._writing():
            self._db.execute("DELETE FROM fila WHERE es_de_quien(telefono_e164, documento_clave)")
            self._db.execute("DELETE FROM telefono WHERE es_de_quien(clave, documento)")
            self._db.execute("DELETE FROM documento WHERE es_de_quien(NULL, clave)")

    def _add_columns(self) -> None:
        """Add the columns that a file of an older version has not."""
        there = {name for _, name, *_ in self._db.execute("PRAGMA table_info(fila)")}
        for name in sorted({"baja", "inactivo"} - there):
            self._db.execute(f"ALTER TABLE fila ADD COLUMN {name} INTEGER NOT NULL DEFAULT 0")

    def _listed(self, select: str, keys: Sequence[object]) -> list[tuple[Any, ...]]:
        wanted = "clave IN (SELECT value FROM json_each(?))"
        return self._db.execute(f"SELECT {select} WHERE {wanted}", (json.dumps(keys),)).fetchall()

    def _store_keys(self, firsts: Seen) -> None:
        insert = self._db.executemany
        insert("INSERT OR IGNORE INTO documento VALUES (?, ?)", firsts.documents.items())
        phones = ((key, number, document) for key, (number, document) in firsts.phones.items())
        insert("INSERT OR IGNORE INTO telefono VALUES (?, ?, ?)", phones)
        insert("INSERT OR IGNORE INTO cliente VALUES (?, ?)", firsts.clients.items())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # SQLite ends it itself where the disk is full
                self._db.execute("ROLLBACK")
            raise


def _values(staged: Staged) -> tuple[object, ...]:
    cells = json.dumps(list(staged.cells), ensure_ascii=False) if staged.verdict in REJECTED else ""
    return (staged.number, staged.verdict.value, *staged.row, staged.double_of, cells)


def _staged(values: tuple[Any, ...]) -> Staged:
    number, verdict, *row, double_of, cells = values
    return Staged(number, _VERDICTS[verdict], Row._make(row), double_of, json.loads(cells) if cells else ())
