"""The dry run: every row of a file read, validated, matched and staged; nothing is imported."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from ..client_files.parsing import Batch, Wanted, batches
from ..database.transactions import read_transaction, write_transaction
from ..models import EstadoImportacion
from . import forgetting, jobs
from .jobs import Job
from .staging.judging import judge
from .staging.matching import find_clients
from .staging.store import Staging, Totals, Verdict

COUNTERS = {
    Verdict.NEW: "nuevas",
    Verdict.UPDATE: "actualizadas",
    Verdict.SAME: "iguales",
    Verdict.DOUBLE: "dobles",
    Verdict.WRONG: "malas",
    Verdict.LEFT_OUT: "descartadas",
}

Tell = Callable[[int], None]


def review(engine: Engine, job: Job, tell: Tell | None = None) -> None:
    """Stage the rows that are not yet staged, and count the verdicts; `tell` hears how many rows are read.

    Raises Refused where the file turns out not to be readable, jobs.Stopped, and Taken.
    """
    with Staging(job.files.staging) as staging:
        staging.take(job.owner)
        read = staging.totals().rows
        for batch in batches(Wanted(job.files.text, job.layout, job.region, after=staging.last_row())):
            _review_batch(engine, job, staging, batch)
            read += len(batch)
            with write_transaction(engine) as connection:
                jobs.advance(connection, job, leidas=read)
            if tell:
                tell(len(batch))
        forgetting.settle(engine, job.id, staging, lambda connection: _end(connection, job, staging.totals()))


def counted(totals: Totals) -> dict[str, int]:
    """Return the counters of a reviewed import."""
    counts = {name: totals.counts[verdict] for verdict, name in COUNTERS.items()}
    return {**counts, "por_aplicar": totals.applied, "sin_celular": totals.without_mobile}


def _end(connection: Connection, job: Job, totals: Totals) -> None:
    read = {"filas": totals.rows, "leidas": totals.rows, **counted(totals)}
    jobs.advance(connection, job, estado=EstadoImportacion.REVISADA, titular=None, **read)


def _review_batch(engine: Engine, job: Job, staging: Staging, batch: Batch) -> None:
    rows = [row for _, row in batch]
    with_tags = bool(job.tags) or any(row.etiquetas for row in rows)
    with read_transaction(engine) as connection:
        matches = find_clients(connection, job.account_id, rows, with_tags=with_tags)
    seen = staging.seen(rows, matches.ids())
    staged, firsts = judge(batch, matches, seen, job.tags)
    staging.store(staged, firsts)
