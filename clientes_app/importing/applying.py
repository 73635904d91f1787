"""Applying a reviewed import: batch by batch, each whole or not at all, and each only once.

A batch's clients, its old values, its counters and how far it came are one transaction of the app's database: after
a kill at any moment the next worker goes on with the row after `hasta_fila`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from ..database.planner import look_anew
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
from .staging.store import Totals
from .staging.tables.interface import Found
from .staging.verdicts import COUNTERS, DONE, Verdict


def apply(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Import the rows that are not yet imported; `tell` hears how many each batch had.

    Raises jobs.Stopped.
    """
    done_to = job.done_to
    turns = Turns()
    with jobs.kept_alive(engine, job), job.kept.staging() as staging:
        while batch := staging.to_apply(done_to, turns.rows):
            with turns.transaction(engine, len(batch)) as connection:
                outcomes.record(staging.within(connection), apply_batch(connection, job, batch))
            if not done_to:
                look_anew(engine, *kind_for(job.layout).tables)
            done_to = number_of_row(batch[-1])
            if tell:
                tell(len(batch))
        look_anew(engine, *kind_for(job.layout).tables)
        outcomes.keep_rejected(staging, done_to)
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job, staging.totals()))
    job.kept.delete_sources()


def apply_batch(connection: Connection, job: Job, batch: Sequence[Found]) -> list[Outcome]:
    """Import rows, matched once more: clients may have come and gone since the dry run, and people been erased.

    Returns what became of each. Raises jobs.Stopped where the import is not the job's any more; then nothing of the
    batch may be stored.
    """
    hold_off_erasing(connection)
    _wait_for_others(connection, job)
    wanted, erased = _without_erased(connection, job, batch)
    became = kind_for(job.layout).store(connection, job, wanted) + [
        Outcome(number_of_row(row), Verdict.ERASED) for row in erased
    ]
    jobs.advance(connection, job, hasta_fila=number_of_row(batch[-1]), **_added(became))
    return became


def _wait_for_others(connection: Connection, job: Job) -> None:
    """Let no other import of the account store a batch until the transaction ends: neither would see who is new.

    SQLite has one writer.
    """
    if connection.dialect.name != "sqlite":
        name = f"clients of {job.account_id} are imported"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


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
