"""Ending imports that cannot go on, so that they do not keep the others waiting."""

from __future__ import annotations

import logging
from collections import Counter

from sqlalchemy import Engine, select

from ..database.processes import new_owner
from ..database.transactions import write_transaction
from ..files.disk import DISK_FULL
from ..importing import forgetting, jobs
from ..importing.jobs import Job, Step, Surroundings
from ..models import EstadoImportacion, Importacion
from ..models.types import utc_now
from ..values.text import translatable

log = logging.getLogger(__name__)

MOST_FAILURES = 3
"""Of workers at one step: by then it is neither the database's bad moment nor the machine's."""
FAILED_AGAIN = translatable(
    "The import broke three times at the same place, and it was ended: nothing more of this file was stored. "
    "What is imported so far is counted below."
)


class Failures:
    """The workers that died or gave up on this machine, counted by the step that each was at."""

    def __init__(self, engine: Engine, place: Surroundings) -> None:
        self._engine = engine
        self._place = place
        self._counted: Counter[Step] = Counter()

    def note(self, worker: int) -> None:
        """Note that the worker with this process id has failed; end its import where one more try would be in vain."""
        step = jobs.step_of(self._engine, worker)
        if step is None:
            return
        self._counted[step] += 1
        if self._counted[step] < MOST_FAILURES:
            return
        del self._counted[step]
        job = jobs.take(self._engine, new_owner(), self._place, step.import_id)
        if job is not None:
            log.error("import %d broke %d times at one step", job.id, MOST_FAILURES)
            fail(self._engine, job, FAILED_AGAIN)


def fail(engine: Engine, job: Job, sentence: str) -> None:
    """End an import with an error, unless it is somebody else's by now: then its files are too."""
    ended = {"estado": EstadoImportacion.ERROR, "titular": None, "terminado": utc_now(), "error_mensaje": sentence}
    try:
        with write_transaction(engine) as connection:
            jobs.advance(connection, job, **ended)
            forgotten = forgetting.release(connection, job.id)
            done_to = connection.execute(select(Importacion.hasta_fila).where(Importacion.id == job.id)).scalar_one()
    except jobs.Stopped:
        log.info("import %d was stopped", job.id)
    else:
        if sentence == DISK_FULL:
            job.kept.delete()  # keeping some rows of them would need room
        else:
            forgetting.keep_rejected(job.kept, forgotten, done_to)
