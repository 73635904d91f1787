"""The worker: goes through files, imports and undoes, in a process of its own at low priority.

`python -m clientes_app.background.import_worker` does what waits, and ends; it ends as well when its standard
input closes.
"""

from __future__ import annotations

import logging
import os

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ..client_files.lifeline import end_with_parent
from ..client_files.refusals import Refused
from ..database.processes import new_owner
from ..files.disk import DISK_FULL, is_full
from ..importing import jobs
from ..importing.applying import apply
from ..importing.jobs import Job, Surroundings
from ..importing.reviewing import review
from ..importing.staging.store import Taken
from ..importing.undoing import undo
from ..models import EstadoImportacion
from ..values.text import translatable
from .import_failures import fail

log = logging.getLogger(__name__)

NICENESS = 10

STEPS = {
    EstadoImportacion.REVISANDO: review,
    EstadoImportacion.APLICANDO: apply,
    EstadoImportacion.DESHACIENDO: undo,
}
FAILED = translatable("Something broke while the import ran. What is imported so far is counted below.")


def work(engine: Engine, place: Surroundings) -> None:
    """Do all that waits for a worker, the oldest import first."""
    owner = new_owner()
    while job := jobs.take(engine, owner, place):
        run(engine, job)


def run(engine: Engine, job: Job) -> None:
    """Do what an import waits for; a file that cannot be read ends it."""
    try:
        STEPS[job.state](engine, job)
    except (jobs.Stopped, Taken):
        log.info("import %d was stopped", job.id)
    except Refused as refusal:
        fail(engine, job, refusal.to_text())
    except (DBAPIError, psycopg.Error):
        # A batch that was not stored may well be the next time, and who starts workers counts the times; psycopg's
        # own errors come from COPY.
        raise
    except Exception as error:
        # The edge of the worker: one broken import must not keep the others waiting.
        log.exception("import %d broke", job.id)
        fail(engine, job, DISK_FULL if is_full(error) else FAILED)


def main() -> None:
    """Work until nothing waits."""
    from .. import create_app
    from ..database.transactions import expect_many_rows
    from ..extensions import db
    from ..settings import current_settings

    os.nice(NICENESS)
    end_with_parent()
    app = create_app()
    with app.app_context():
        settings = current_settings()
        expect_many_rows(db.engine)
        work(db.engine, Surroundings.of(settings))


if __name__ == "__main__":
    main()
