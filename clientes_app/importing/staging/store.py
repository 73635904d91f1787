"""The rows of a file with their verdicts, in a SQLite file of their own: a dry run holds no lock of the app's database.

What is in the file is the truth of a dry run: a killed one goes on after the last row that is stored here.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from ...client_files.rows import Row
from .lines_apart import Run
from .schema import create_tables
from .verdicts import APPLIED, REJECTED, Answer, Apart, Verdict

PAGE_SIZE = 50

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_COLUMNS = (
    "numero, veredicto, nombre, telefono, documento, telefono_e164, busqueda, nombre_orden, nombre_clave,"
    " documento_clave, etiquetas, baja, inactivo, motivo, otros, otra, celdas, cliente, respuesta"
)
_INTO = f"INTO fila ({_COLUMNS}) VALUES ({','.join('?' * (_COLUMNS.count(',') + 1))})"


def listed(verdicts: Iterable[Verdict]) -> str:
    """Return verdicts as SQL lists them."""
    return ", ".join(f"'{verdict.value}'" for verdict in verdicts)


class Staged(NamedTuple):
    """A row with its verdict."""

    number: int
    verdict: Verdict
    row: Row
    other: int | None = None
    """The row of the file that it is the same as, or that it is asked about."""
    cells: Sequence[str] = ()
    """As the file has them; only where the row is rejected."""
    client_id: int | None = None
    """The client that it is, or that it is asked about."""
    answer: Answer = Answer.NONE


class Person(NamedTuple):
    """Somebody whom a row of the file told of."""

    number: int
    document: str
    name: str


class Holder(NamedTuple):
    """The first row of the file that has a document."""

    number: int
    name: str
    phone: str
    e164: str | None


@dataclass(frozen=True)
class Seen:
    """Which keys rows of the file have that came before, and these rows."""

    documents: dict[str, Holder]
    phones: dict[str, list[Person]]
    """Those who have a number, in the file's order."""
    clients: dict[int, int]


@dataclass(frozen=True)
class Totals:
    """Lines by what became of them, and how many of the rows that are applied get no SMS."""

    counts: Counter[Verdict]
    apart: Counter[Apart]
    without_mobile: int

    @property
    def applied(self) -> int:
        """Count the rows that applying goes through."""
        return sum(self.counts[verdict] for verdict in APPLIED)

    @property
    def rows(self) -> int:
        """Count all rows."""
        return self.counts.total()


class Taken(Exception):
    """Another worker goes through the file by now."""


class Staging:
    """An open file of staged rows."""

    def __init__(self, path: Path) -> None:
        # Only ever used by one thread at a time, though not always by the one that opened it.
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        path.chmod(0o600)
        self.database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;")
        create_tables(self.database)
        self._owner = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()

    def take(self, owner: str) -> None:
        """Let this worker store rows and nobody else: one before it may be asleep, and go on later."""
        self._owner = owner
        with self.writing() as database:
            database.execute("REPLACE INTO titular VALUES (1, ?)", (owner,))

    def last_row(self) -> int:
        """Return the number of the last stored row, 0 before the first."""
        last = "SELECT max(coalesce((SELECT max(numero) FROM fila), 0), coalesce((SELECT max(numero) FROM destino), 0))"
        return int(self.database.execute(last).fetchone()[0])

    def seen(self, rows: Iterable[Row], client_ids: Iterable[int]) -> Seen:
        """Return which of these rows' keys, and which clients, stored rows have."""
        rows = list(rows)
        told = "clave, numero, nombre, telefono, telefono_e164 FROM documento JOIN fila USING (numero)"
        documents = self._listed(told, [row.documento_clave for row in rows])
        people = self._listed("clave, numero, documento, nombre FROM persona", [row.telefono_e164 for row in rows])
        clients = self._listed("clave, numero FROM cliente", list(client_ids))
        phones: dict[str, list[Person]] = {}
        for key, *person in people:
            phones.setdefault(key, []).append(Person(*person))
        holders = {key: Holder(*holder) for key, *holder in documents}
        return Seen(holders, phones, dict(clients))

    def store(self, staged: Sequence[Staged], firsts: Seen) -> None:
        """Store rows, and the keys that they are the first to have, in one transaction.

        Raises Taken where another worker has taken the file since.
        """
        with self.writing() as database:
            if database.execute("SELECT nombre FROM titular").fetchone() != (self._owner,):
                raise Taken
            database.executemany(f"INSERT {_INTO}", map(_values, staged))
            self._store_keys(firsts)

    def numbers(self) -> Iterator[int]:
        """Return the numbers of all rows."""
        found = self.database.execute("SELECT numero FROM fila UNION ALL SELECT numero FROM destino ORDER BY numero")
        return (number for (number,) in found)

    def store_apart(self, runs: Iterable[Run]) -> None:
        """Store the lines that are no rows."""
        with self.writing() as database:
            database.executemany("REPLACE INTO aparte VALUES (?, ?, ?, ?)", runs)

    def replace(self, staged: Staged, firsts: Seen) -> None:
        """Store a row that was mended in place of the wrong one."""
        with self.writing() as database:
            database.execute(f"REPLACE {_INTO}", _values(staged))
            self._store_keys(firsts)

    def get(self, number: int) -> Staged | None:
        """Return a row by its number."""
        if number >= 2**63:
            return None
        found = self.database.execute(f"SELECT {_COLUMNS} FROM fila WHERE numero = ?", (number,)).fetchone()  # noqa: S608
        return _staged(found) if found else None

    def page(self, verdict: Verdict, after: int) -> list[Staged]:
        """Return the next rows of a verdict, by number."""
        return self._rows("veredicto = ? AND numero > ? ORDER BY numero LIMIT ?", verdict.value, after, PAGE_SIZE)

    def page_without_mobile(self, after: int) -> list[Staged]:
        """Return the next rows that are applied and get no SMS."""
        which = f"telefono_e164 IS NULL AND veredicto IN ({listed(APPLIED)})"
        return self._rows(f"{which} AND numero > ? ORDER BY numero LIMIT ?", after, PAGE_SIZE)

    def page_with_others(self, after: int) -> list[Staged]:
        """Return the next rows that have more numbers than the one that is imported."""
        return self._rows("otros != '' AND numero > ? ORDER BY numero LIMIT ?", after, PAGE_SIZE)

    def with_others(self) -> int:
        """Count the rows that have more numbers than the one that is imported."""
        return int(self.database.execute("SELECT count(*) FROM fila WHERE otros != ''").fetchone()[0])

    def page_apart(self, kind: Apart, after: int) -> list[Run]:
        """Return the next runs of lines that are no rows."""
        found = self.database.execute(
            "SELECT desde, hasta, clase, texto FROM aparte WHERE clase = ? AND desde > ? ORDER BY desde LIMIT ?",
            (kind.value, after, PAGE_SIZE),
        )
        return [Run(first, last, Apart(of), text) for first, last, of, text in found]

    def to_apply(self, after: int, limit: int) -> list[Staged]:
        """Return the next rows that are imported."""
        return self._rows(f"numero > ? AND veredicto IN ({listed(APPLIED)}) ORDER BY numero LIMIT ?", after, limit)

    def rejected(self) -> Iterator[Staged]:
        """Return the rows that are not imported, in the file's order."""
        found = f"SELECT {_COLUMNS} FROM fila WHERE veredicto IN ({listed(REJECTED)}) ORDER BY numero"  # noqa: S608
        return map(_staged, self.database.execute(found))

    def totals(self) -> Totals:
        """Count the lines."""
        counts: Counter[Verdict] = Counter()
        for table in ("fila", "destino"):
            found = self.database.execute(f"SELECT veredicto, count(*) FROM {table} GROUP BY veredicto")  # noqa: S608
            counts.update({_VERDICTS[verdict]: count for verdict, count in found})
        runs = self.database.execute("SELECT clase, sum(hasta - desde + 1) FROM aparte GROUP BY clase")
        apart = Counter({Apart(kind): count for kind, count in runs})
        without = f"SELECT count(*) FROM fila WHERE telefono_e164 IS NULL AND veredicto IN ({listed(APPLIED)})"  # noqa: S608
        return Totals(counts, apart, int(self.database.execute(without).fetchone()[0]))

    def forget(self, is_meant: Callable[[str | None, str], bool]) -> None:
        """Delete the rows of whom is meant, told by number and document, so that the file does not hold them either."""
        self.database.execute("PRAGMA secure_delete = ON")
        self.database.create_function("es_de_quien", 2, is_meant)
        theirs = "es_de_quien(telefono_e164, documento_clave)"
        erased = f"SELECT numero, '{Verdict.ERASED}', NULL, 0 FROM fila WHERE {theirs}"  # noqa: S608
        with self.writing() as database:
            database.execute(f"REPLACE INTO destino {erased}")
            database.execute(f"DELETE FROM fila WHERE {theirs}")  # noqa: S608
            database.execute("DELETE FROM persona WHERE es_de_quien(clave, documento)")
            database.execute("DELETE FROM documento WHERE es_de_quien(NULL, clave)")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that writes."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield self.database
            self.database.execute("COMMIT")
        except BaseException:
            if self.database.in_transaction:  # SQLite ends it itself where the disk is full
                self.database.execute("ROLLBACK")
            raise

    def _rows(self, which: str, *values: object) -> list[Staged]:
        found = self.database.execute(f"SELECT {_COLUMNS} FROM fila WHERE {which}", values)  # noqa: S608
        return [_staged(row) for row in found]

    def _listed(self, select: str, keys: Sequence[object]) -> list[tuple[Any, ...]]:
        wanted = "clave IN (SELECT value FROM json_each(?))"
        return self.database.execute(f"SELECT {select} WHERE {wanted}", (json.dumps(keys),)).fetchall()

    def _store_keys(self, firsts: Seen) -> None:
        insert = self.database.executemany
        documents = ((key, holder.number) for key, holder in firsts.documents.items())
        insert("INSERT OR IGNORE INTO documento VALUES (?, ?)", documents)
        people = ((key, *person) for key, people in firsts.phones.items() for person in people)
        insert("INSERT OR IGNORE INTO persona (clave, numero, documento, nombre) VALUES (?, ?, ?, ?)", people)
        insert("INSERT OR IGNORE INTO cliente VALUES (?, ?)", firsts.clients.items())


def _values(staged: Staged) -> tuple[object, ...]:
    number, verdict, row, other, cells, client_id, answer = staged
    kept = json.dumps(list(cells), ensure_ascii=False) if cells else ""
    return (number, verdict.value, *row, other, kept, client_id, answer.value)


def _staged(values: tuple[Any, ...]) -> Staged:
    number, verdict, *row, other, cells, client_id, answer = values
    read = json.loads(cells) if cells else ()
    return Staged(number, _VERDICTS[verdict], Row._make(row), other, read, client_id, Answer(answer))
