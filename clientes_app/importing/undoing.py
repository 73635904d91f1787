"""Undoing an import, step by step and batch by batch: what has been changed since stays."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from ..database.transactions import write_transaction
from ..models import EstadoImportacion
from ..models.types import utc_now
from ..sending.erased import hold_off_erasing
from . import jobs
from .jobs import Job
from .kinds.table import kind_for


def undo(engine: Engine, job: Job) -> None:
    """Undo what is not yet undone, batch by batch.

    Raises jobs.Stopped.
    """
    for step in kind_for(job.layout).undo:
        while _undo_batch(engine, job, step):
            pass
    # Before it has ended: until then nobody else, an eraser for one, touches what is kept.
    job.kept.delete()
    jobs.finish(engine, job, EstadoImportacion.DESHECHA, terminado=utc_now())


def _undo_batch(engine: Engine, job: Job, step: Callable[[Connection, Job], bool]) -> bool:
    with write_transaction(engine) as connection:
        # Whoever is erased meanwhile waits: what it was called before is among the values that come back.
        hold_off_erasing(connection)
        jobs.advance(connection, job)
        return step(connection, job)
