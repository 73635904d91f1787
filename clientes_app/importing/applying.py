"""Applying a reviewed import: batch by batch, each whole or not at all, and each only once.

A batch's clients, its old values, its counters and how far it came are one transaction of the app's database: after
a kill at any moment the next worker goes on with the row whose turn comes after `hasta_fila`.

PostgreSQL begins a batch on a second connection while the one before is being stored. It ends when that one has, so
there is one mark, and a kill leaves nothing behind it.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from ..database.planner import look_anew
from ..database.transactions import many_writes, write_transaction
from ..models import EstadoImportacion, Importacion
from ..models.types import utc_now
from ..sending.erased import hold_off_erasing
from . import forgetting, jobs
from .batch_sizes import Turns
from .jobs import Job
from .kinds.plain_clients import keys_of_row, number_of_row
from .kinds.table import kind_for
from .reviewing import Tell, counted_rejected
from .staging import outcomes, unheard
from .staging.outcomes import Outcome, Tally
from .staging.store import Staging, Totals
from .staging.stretches import Batch, Stretch, arrange, next_stretch
from .staging.tables.interface import Found
from .staging.verdicts import COUNTERS, DONE, Verdict


class Half(IntEnum):
    """Which of the two batches of a round a transaction stores."""

    FIRST = 0
    SECOND = 1


def apply(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Import the rows that are not yet imported; `tell` hears how many were stored.

    Raises jobs.Stopped.
    """
    done_to, kind = job.done_to, kind_for(job.layout)
    with jobs.kept_alive(engine, job), job.kept.staging() as staging:
        # Before anybody is stored: an import that is cancelled comes no further.
        unheard.hear(engine, job, staging)
        with many_writes(engine) as connection, staging.tables.within_reach(connection) as schema:
            if not done_to and schema and kind.has_plain_rows:
                arrange(staging)
            outcomes.forget_begun(staging, done_to)
            rounds = _Rounds(connection, job, staging, schema)
            while stretches := rounds.stretches_after(done_to):
                rounds.store(*stretches)
                if not done_to:
                    look_anew(engine, *kind.tables)
                done_to = stretches[-1].last
                if tell:
                    tell(sum(each.rows for each in stretches))
        look_anew(engine, *kind.tables)
        outcomes.keep_rejected(staging, done_to)
        unheard.hear(engine, job, staging)
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job, staging.totals()))
    job.kept.delete_sources()


class _Rounds:
    """Stores batch after batch, on PostgreSQL two in a round."""

    def __init__(self, connection: Connection, job: Job, staging: Staging, schema: str | None) -> None:
        self._job = job
        self._staging = staging
        self._schema = schema
        self._engine = connection.engine
        self._turns = Turns(connection)
        self._two = kind_for(job.layout).has_plain_rows and connection.dialect.name != "sqlite"

    def stretches_after(self, done_to: int) -> list[Stretch]:
        """Return the rows of the next round, batch by batch; none at the end."""
        stretches: list[Stretch] = []
        while len(stretches) <= self._two and (found := next_stretch(self._staging, done_to, self._turns.rows)):
            stretches.append(found)
            done_to = found.last
        return stretches

    def store(self, stretch: Stretch, following: Stretch | None = None) -> None:
        """Store one batch, or two beside each other.

        Raises jobs.Stopped.
        """
        if following:
            self._store_both(stretch, following)
            return
        with self._turns.transaction(stretch.rows) as connection:
            _wait_for_others(connection, self._job, *Half)
            batch = self._batch(connection, stretch)
            batch.begin()
            batch.finish()

    def _store_both(self, stretch: Stretch, following: Stretch) -> None:
        """Store a batch, and one that is begun beside it, and ends when the first is stored or not at all.

        Where the first waited for a lock of the second's, the database could not know that this one waits as well.
        """
        with ExitStack() as until_both, ThreadPoolExecutor(1, "second batch") as beside:
            with self._turns.transaction(stretch.rows) as connection:
                _wait_for_others(connection, self._job, Half.FIRST)
                other = until_both.enter_context(write_transaction(self._engine))
                _wait_for_others(other, self._job, Half.SECOND)
                first, second = self._batch(connection, stretch), self._batch(other, following)
                begun = beside.submit(second.begin)
                first.begin()
                first.finish()
            begun.result()
            second.finish()

    def _batch(self, connection: Connection, stretch: Stretch) -> BatchToStore:
        return BatchToStore(connection, self._job, Batch(self._staging, stretch, self._schema))


class BatchToStore:
    """A batch on its way into the database, matched once more: clients may have come and gone since the dry run."""

    def __init__(self, connection: Connection, job: Job, batch: Batch) -> None:
        hold_off_erasing(connection)
        self._connection = connection
        self._job = job
        self._staging = batch.staging
        self._last = batch.stretch.last
        wanted, self._erased = _without_erased(connection, job, batch)
        self._storing = kind_for(job.layout).storing(connection, job, wanted)

    def begin(self) -> None:
        """Store what does not depend on the batch before."""
        self._storing.begin()

    def finish(self) -> None:
        """Store the rest, how far the import is, and what became of each row.

        Raises jobs.Stopped where the import is not the job's any more; then nothing of the batch may be stored.
        """
        became = self._storing.finish().with_others(outcomes.tally(self._erased))
        jobs.advance(self._connection, self._job, hasta_fila=self._last, **_added(became))
        staging = self._staging.within(self._connection)
        self._storing.record(staging)
        outcomes.record(staging, self._erased)


def _wait_for_others(connection: Connection, job: Job, *halves: Half) -> None:
    """Let no other import of the account store a batch until the transaction ends: neither would see who is new.

    SQLite has one writer.
    """
    if connection.dialect.name == "sqlite":
        return
    name = f"clients of {job.account_id} are imported"
    for half in halves:
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, int(half)))))


def _end(connection: Connection, job: Job, totals: Totals) -> None:
    ended = {"estado": EstadoImportacion.APLICADA, "titular": None, "terminado": utc_now()}
    jobs.advance(connection, job, **ended, **counted_rejected(totals))
    forgetting.release(connection, job.id)


def _without_erased(connection: Connection, job: Job, batch: Batch) -> tuple[Batch, list[Outcome]]:
    """Return a batch without those who must not come back, and that their rows are theirs."""
    forgotten = forgetting.forgotten_by(connection, job.id)
    if not forgotten.pseudonyms:
        return batch, []
    wanted: list[Found] = []
    erased: list[Outcome] = []
    for row in batch.rows():
        if forgotten.has(*keys_of_row(row)):
            erased.append(Outcome(number_of_row(row), Verdict.ERASED))
        else:
            wanted.append(row)
    return replace(batch, wanted=wanted), erased


def _added(became: Tally) -> dict[str, Any]:
    """Return the counters with a batch's rows added, as SQL: the database adds."""
    added = Counter({COUNTERS[verdict]: count for verdict, count in became.counts.items()})
    added["sin_celular"] = became.without_mobile
    added["por_aplicar"] = -sum(count for verdict, count in became.counts.items() if COUNTERS[verdict] not in DONE)
    return {name: getattr(Importacion, name) + count for name, count in added.items() if count}
