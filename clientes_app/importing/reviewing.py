"""The dry run: every row of a file read, validated, matched and staged; nothing is imported."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from ..client_files.parsing import BATCH, Wanted, parts
from ..database.transactions import write_transaction
from ..models import EstadoImportacion
from . import forgetting, jobs
from .jobs import Job
from .kinds.table import kind_for
from .staging import shared_keys
from .staging.lines_apart import run_of
from .staging.store import Staging, Totals
from .staging.verdicts import APART_COUNTERS, COUNTERS, REJECTED, Verdict

Tell = Callable[[int], None]


class RowsLost(Exception):
    """Not all rows of a file are staged: such an import must not go on as if they were."""


def review(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Stage the rows that are not yet staged, and count the verdicts; `tell` hears how many rows are read.

    Raises Refused where the file turns out not to be readable, RowsLost, jobs.Stopped, and Taken.
    """
    with jobs.kept_alive(engine, job), job.kept.text() as text, job.kept.staging() as staging:
        staging.take(job.owner)
        read, in_file = staging.totals().rows, 0
        judge = kind_for(job.layout).judge(engine, job)
        for part in parts(Wanted(text, job.layout, job.region, after=staging.last_row())):
            staging.store_apart(map(run_of, part.apart))
            staging.store(*judge(staging, part.rows))
            read, in_file = read + len(part.rows), part.read
            with write_transaction(engine) as connection:
                jobs.advance(connection, job, leidas=read)
            if tell:
                tell(len(part.rows))
        if (staged := staging.totals().rows) != in_file:
            raise RowsLost(f"import {job.id} has {staged} rows of {in_file}")
        staging.tables.index_keys()
        _judge_sharing(engine, job, staging)
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job, staging))


def counted(totals: Totals, *, keeps_existing: bool) -> dict[str, int]:
    """Return the counters of a reviewed import."""
    counts = {name: totals.counts[verdict] for verdict, name in COUNTERS.items()}
    if keeps_existing:
        counts |= {"intactas": counts["actualizadas"], "actualizadas": 0}
    apart = {name: totals.apart[kind] for kind, name in APART_COUNTERS.items()}
    return {**counts, **apart, "por_aplicar": totals.applied, "sin_celular": totals.without_mobile}


def counted_rejected(totals: Totals) -> dict[str, int]:
    """Return the counters of what an import that has ended did not bring in."""
    return {COUNTERS[verdict]: totals.counts[verdict] for verdict in (*REJECTED, Verdict.ERASED)}


def _judge_sharing(engine: Engine, job: Job, staging: Staging) -> None:
    """Judge rows once more that have a document or a number in common: what becomes of one depends on the others."""
    judge = kind_for(job.layout).judge_sharing
    if judge is None:
        return
    numbers = shared_keys.sharing(staging)
    for begin in range(0, len(numbers), BATCH):
        before = shared_keys.rows_with(staging, numbers[begin : begin + BATCH])
        shared_keys.correct(staging, before, *judge(engine, job, staging, before))
        with write_transaction(engine) as connection:
            jobs.advance(connection, job)


def _end(connection: Connection, job: Job, staging: Staging) -> None:
    totals = staging.totals()
    sums = kind_for(job.layout).sums(connection, job, staging)
    read = {
        "filas": totals.rows,
        "leidas": totals.rows,
        "sumas": sums,
        **counted(totals, keeps_existing=job.keeps_existing),
    }
    jobs.advance(connection, job, estado=EstadoImportacion.REVISADA, titular=None, **read)
