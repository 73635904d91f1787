"""Applying a reviewed import: batch by batch, each whole or not at all, and each only once.

A batch's clients, its old values, its counters and how far it came are one transaction of the app's database: after
a kill at any moment the next worker goes on with the row after `hasta_fila`.

PostgreSQL begins a batch on a second connection while the one before is being stored. It ends when that one has, so
there is one mark, and a kill leaves nothing behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from ..database.planner import look_anew
from ..database.transactions import write_transaction
from ..models import EstadoImportacion, Importacion
from ..models.types import utc_now
from ..sending.erased import hold_off_erasing
from . import forgetting, jobs
from .batch_sizes import Turns
from .jobs import Job
from .kinds.plain_clients import keys_of_row, number_of_row
from .kinds.table import kind_for
from .reviewing import Tell, counted_rejected
from .staging import outcomes
from .staging.outcomes import Outcome
from .staging.store import Staging, Totals
from .staging.tables.interface import Found
from .staging.verdicts import COUNTERS, DONE, Verdict


class Turn(IntEnum):
    """Which of two batches that are stored beside each other a transaction stores."""

    FIRST = 0
    SECOND = 1


def apply(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Import the rows that are not yet imported; `tell` hears how many were stored.

    Raises jobs.Stopped.
    """
    done_to, tables = job.done_to, kind_for(job.layout).tables
    with jobs.kept_alive(engine, job), job.kept.staging() as staging:
        rounds = _Rounds(engine, job, staging)
        while batches := rounds.batches_after(done_to):
            rounds.store(*batches)
            if not done_to:
                look_anew(engine, *tables)
            done_to = number_of_row(batches[-1][-1])
            if tell:
                tell(sum(map(len, batches)))
        look_anew(engine, *tables)
        outcomes.keep_rejected(staging, done_to)
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job, staging.totals()))
    job.kept.delete_sources()


class _Rounds:
    """Stores batch after batch, on PostgreSQL two in a round."""

    def __init__(self, engine: Engine, job: Job, staging: Staging) -> None:
        self._engine = engine
        self._job = job
        self._staging = staging
        self._turns = Turns()
        self._two = kind_for(job.layout).begins_early and engine.dialect.name != "sqlite"

    def batches_after(self, done_to: int) -> list[list[Found]]:
        """Return the rows of the next round, batch by batch; none at the end."""
        batches: list[list[Found]] = []
        while len(batches) <= self._two and (rows := self._staging.to_apply(done_to, self._turns.rows)):
            batches.append(rows)
            done_to = number_of_row(rows[-1])
        return batches

    def store(self, rows: Sequence[Found], following: Sequence[Found] = ()) -> None:
        """Store one batch, or two beside each other.

        Raises jobs.Stopped.
        """
        if following:
            self._store_both(rows, following)
            return
        with self._turns.transaction(self._engine, len(rows)) as connection:
            _wait_for_others(connection, self._job, *Turn)
            batch = BatchOfRows(connection, self._job, rows)
            batch.begin()
            batch.finish(self._staging)

    def _store_both(self, rows: Sequence[Found], following: Sequence[Found]) -> None:
        """Store a batch, and one that is begun beside it, and ends when the first is stored or not at all.

        Where the first waited for a lock of the second's, the database could not know that this one waits as well.
        """
        job, beside = self._job, ThreadPoolExecutor(1, "second batch")
        with write_transaction(self._engine) as other, beside:
            with self._turns.transaction(self._engine, len(rows)) as connection:
                _wait_for_others(connection, job, Turn.FIRST)
                _wait_for_others(other, job, Turn.SECOND)
                first, second = BatchOfRows(connection, job, rows), BatchOfRows(other, job, following)
                begun = beside.submit(second.begin)
                first.begin()
                first.finish(self._staging)
            begun.result()
            second.finish(self._staging)


class BatchOfRows:
    """A batch on its way into the database, matched once more: clients may have come and gone since the dry run."""

    def __init__(self, connection: Connection, job: Job, rows: Sequence[Found]) -> None:
        hold_off_erasing(connection)
        self._connection = connection
        self._job = job
        self._last = number_of_row(rows[-1])
        wanted, self._erased = _without_erased(connection, job, rows)
        self._storing = kind_for(job.layout).storing(connection, job, wanted)

    def begin(self) -> None:
        """Store what does not depend on the batch before."""
        self._storing.begin()

    def finish(self, staging: Staging) -> None:
        """Store the rest, what became of each row, and how far the import is.

        Raises jobs.Stopped where the import is not the job's any more; then nothing of the batch may be stored.
        """
        became = self._storing.finish() + [Outcome(number_of_row(row), Verdict.ERASED) for row in self._erased]
        jobs.advance(self._connection, self._job, hasta_fila=self._last, **_added(became))
        outcomes.record(staging.within(self._connection), became)


def _wait_for_others(connection: Connection, job: Job, *turns: Turn) -> None:
    """Let no other import of the account store a batch until the transaction ends: neither would see who is new.

    SQLite has one writer.
    """
    if connection.dialect.name == "sqlite":
        return
    name = f"clients of {job.account_id} are imported"
    for turn in turns:
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, int(turn)))))


def _end(connection: Connection, job: Job, totals: Totals) -> None:
    ended = {"estado": EstadoImportacion.APLICADA, "titular": None, "terminado": utc_now()}
    jobs.advance(connection, job, **ended, **counted_rejected(totals))
    forgetting.release(connection, job.id)


def _without_erased(connection: Connection, job: Job, batch: Sequence[Found]) -> tuple[Sequence[Found], list[Found]]:
    forgotten = forgetting.forgotten_by(connection, job.id)
    if not forgotten.pseudonyms:
        return batch, []
    wanted: list[Found] = []
    erased: list[Found] = []
    for row in batch:
        (erased if forgotten.has(*keys_of_row(row)) else wanted).append(row)
    return wanted, erased


def _added(became: Sequence[Outcome]) -> dict[str, Any]:
    """Return the counters with a batch's rows added, as SQL: the database adds."""
    added = Counter(COUNTERS[outcome.verdict] for outcome in became)
    added["sin_celular"] = sum(outcome.without_mobile for outcome in became)
    added["por_aplicar"] = -sum(COUNTERS[outcome.verdict] not in DONE for outcome in became)
    return {name: getattr(Importacion, name) + count for name, count in added.items() if count}
