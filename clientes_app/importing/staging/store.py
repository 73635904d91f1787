"""The rows of a file with their verdicts, in tables of the import's own.

What is in them is the truth of a dry run: a killed one goes on after the last row that is stored here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection

from ...client_files.parsing import ReadRow
from ...client_files.rows import Row
from .lines_apart import Run
from .tables.interface import COLUMNS, Found, Tables
from .verdicts import APPLIED, REJECTED, Answer, Apart, Verdict

PAGE_SIZE = 50

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_ROWS = f"SELECT {COLUMNS['fila']} FROM fila"  # noqa: S608


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
    """Another worker goes through the file by now, or nobody does any more."""


class Staging:
    """The open tables of an import's rows."""

    def __init__(self, tables: Tables, owner: str = "") -> None:
        self.tables = tables
        self._owner = owner

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tables.close()

    def within(self, connection: Connection) -> Staging:
        """Return the same rows as a transaction of the app's database sees them, where they lie there."""
        return Staging(self.tables.within(connection), self._owner)

    def take(self, owner: str) -> None:
        """Let this worker store rows and nobody else."""
        self._owner = owner
        self.tables.take(owner)

    def last_row(self) -> int:
        """Return the number of the last stored row, 0 before the first."""
        both = "SELECT max(numero) AS numero FROM fila UNION ALL SELECT max(numero) FROM destino"
        return int(self.tables.select(f"SELECT max(numero) FROM ({both}) AS ultimas")[0][0] or 0)  # noqa: S608

    def seen(self, rows: Iterable[Row], client_ids: Iterable[int]) -> Seen:
        """Return which of these rows' keys, and which clients, stored rows have."""
        rows = list(rows)
        told = "SELECT clave, numero, nombre, telefono, telefono_e164 FROM documento JOIN fila USING (numero)"
        documents = self.tables.with_keys(told, [row.documento_clave for row in rows])
        who = "SELECT clave, numero, documento, nombre FROM persona"
        people = self.tables.with_keys(who, [row.telefono_e164 for row in rows])
        clients = self.tables.with_keys("SELECT clave, numero FROM cliente", list(client_ids))
        phones: dict[str, list[Person]] = {}
        for key, *person in people:
            phones.setdefault(key, []).append(Person(*person))
        holders = {key: Holder(*holder) for key, *holder in documents}
        return Seen(holders, phones, dict(clients))

    def first_rows(self, keys: Iterable[str]) -> dict[str, int]:
        """Return which rows are the first to have any of these keys."""
        return dict(self.tables.with_keys("SELECT clave, numero FROM documento", list(keys)))

    def store(self, read: Sequence[ReadRow], judged: Sequence[Staged], firsts: Seen) -> None:
        """Store rows, and the keys that they are the first to have, in one transaction.

        Those that are not judged are new ones, or wrong.

        Raises Taken.
        """
        numbers = {each.number for each in judged}
        cells = {number: kept for number, kept, *_ in read if number in numbers} if numbers else {}
        with self.storing():
            self.tables.insert_read([row for row in read if row[0] not in numbers])
            self.tables.insert("fila", (_values(each, cells[each.number]) for each in judged))
            self.store_keys(firsts)

    def store_apart(self, runs: Iterable[Run]) -> None:
        """Store the lines that are no rows.

        Raises Taken.
        """
        with self.storing():
            self.tables.replace("aparte", ((run.first, run.last, run.kind.value, run.text) for run in runs))

    def replace(self, staged: Staged, firsts: Seen) -> None:
        """Store a row that was mended in place of the wrong one."""
        with self.tables.writing():
            kept = json.dumps(list(staged.cells), ensure_ascii=False) if staged.cells else ""
            self.tables.replace("fila", [_values(staged, kept)])
            self.store_keys(firsts)

    def get(self, number: int) -> Staged | None:
        """Return a row by its number."""
        found = self._rows("numero = ?", number) if number < 2**63 else []
        return found[0] if found else None

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
        return int(self.tables.select("SELECT count(*) FROM fila WHERE otros != ''")[0][0])

    def page_apart(self, kind: Apart, after: int) -> list[Run]:
        """Return the next runs of lines that are no rows."""
        found = self.tables.select(
            "SELECT desde, hasta, clase, texto FROM aparte WHERE clase = ? AND desde > ? ORDER BY desde LIMIT ?",
            kind.value,
            after,
            PAGE_SIZE,
        )
        return [Run(first, last, Apart(of), text) for first, last, of, text in found]

    def new_ones(self) -> Iterator[Staged]:
        """Return the rows that are imported as new ones, one by one."""
        return map(staged_of, self.tables.stream(f"{_ROWS} WHERE veredicto = ?", Verdict.NEW.value))

    def rejected(self) -> Iterator[Staged]:
        """Return the rows that are not imported, in the file's order."""
        return map(staged_of, self.tables.stream(f"{_ROWS} WHERE veredicto IN ({listed(REJECTED)}) ORDER BY numero"))

    def rejected_that_ask_for_silence(self) -> Iterator[Staged]:
        """Return those of them that say that somebody wants no messages."""
        which = f"baja AND veredicto IN ({listed(REJECTED)}) ORDER BY numero"
        return map(staged_of, self.tables.stream(f"{_ROWS} WHERE {which}"))

    def totals(self) -> Totals:
        """Count the lines."""
        counts: Counter[Verdict] = Counter()
        for table in ("fila", "destino"):
            found = self.tables.select(f"SELECT veredicto, count(*) FROM {table} GROUP BY veredicto")  # noqa: S608
            counts.update({_VERDICTS[verdict]: count for verdict, count in found})
        runs = self.tables.select("SELECT clase, sum(hasta - desde + 1) FROM aparte GROUP BY clase")
        apart = Counter({Apart(kind): int(count) for kind, count in runs})
        without = f"SELECT count(*) FROM fila WHERE telefono_e164 IS NULL AND veredicto IN ({listed(APPLIED)})"  # noqa: S608
        return Totals(counts, apart, int(self.tables.select(without)[0][0]))

    def forget(self, is_meant: Callable[[str | None, str], bool]) -> None:
        """Delete the rows of whom is meant, told by number and document, so that the tables do not hold them either."""
        with self.tables.writing():
            rows = self._of_whom("fila", "numero, telefono_e164, documento_clave", is_meant)
            self.tables.replace("destino", ((number, Verdict.ERASED.value, None, False) for (number,) in rows))
            self.tables.erase("fila", "numero = ?", rows)
            people = self._of_whom("persona", "clave, numero, clave, documento", is_meant)
            self.tables.erase("persona", "clave = ? AND numero = ?", people)
            self.tables.erase("documento", "clave = ?", self._of_whom("documento", "clave, NULL, clave", is_meant))

    def _of_whom(self, table: str, columns: str, is_meant: Callable[[str | None, str], bool]) -> list[tuple[Any, ...]]:
        """Return the keys of the rows of whom is meant; the last two columns are the number and the document."""
        found = self.tables.stream(f"SELECT {columns} FROM {table}")  # noqa: S608
        return [tuple(key) for *key, number, document in found if is_meant(number, document)]

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Open a transaction that stores rows.

        Raises Taken where another worker has taken them since.
        """
        with self.tables.writing():
            if not self.tables.is_held_by(self._owner):
                raise Taken
            yield

    def _rows(self, which: str, *values: object) -> list[Staged]:
        return [staged_of(row) for row in self.tables.select(f"{_ROWS} WHERE {which}", *values)]

    def store_keys(self, firsts: Seen) -> None:
        """Store the keys that rows are the first to have, in a transaction that is open."""
        documents = ((key, holder.number) for key, holder in firsts.documents.items())
        self.tables.insert_missing("documento", documents)
        people = ((key, *person) for key, people in firsts.phones.items() for person in people)
        self.tables.insert_missing("persona", people)
        self.tables.insert_missing("cliente", firsts.clients.items())


def _values(staged: Staged, kept: str) -> tuple[object, ...]:
    number, verdict, row, other, _, client_id, answer = staged
    return (number, verdict.value, *row, other, kept, client_id, answer.value)


def staged_of(values: Found) -> Staged:
    """Return a row as it is worked with; of one that is imported, its cells are of no interest."""
    number, verdict, *row, other, cells, client_id, answer = values
    became = _VERDICTS[verdict]
    read = json.loads(cells) if cells and (answer or became in REJECTED) else ()
    return Staged(number, became, Row._make(row), other, read, client_id, Answer(answer))
