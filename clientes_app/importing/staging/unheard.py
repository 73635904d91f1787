"""Rows that are not imported and ask for no messages: whoever asks is heard, whatever else becomes of the row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Engine

from ...database.transactions import write_transaction
from ...sending.erased import hold_off_erasing
from .. import forgetting, jobs
from ..jobs import Job
from . import outcomes
from .silences import enter, silence
from .store import Staged, Staging
from .verdicts import Verdict

_TOGETHER = 500


def hear(engine: Engine, job: Job, staging: Staging) -> None:
    """Enter the opt-outs of the rows that an import rejected.

    The numbers of clients that doubled rows are come too, as far as it is recorded what became of the others.

    Raises jobs.Stopped.
    """
    asking = staging.rejected_that_ask_for_silence()
    while some := list(islice(asking, _TOGETHER)):
        with write_transaction(engine) as connection:
            hold_off_erasing(connection)
            jobs.advance(connection, job)
            _hear(connection, job, staging, list(_not_erased(connection, job, some)))


def _hear(connection: Connection, job: Job, staging: Staging, rows: list[Staged]) -> None:
    """Enter the rows' own numbers, and those of the clients that they are once more."""
    enter(connection, job.account_id, {each.row.telefono_e164 for each in rows if each.row.telefono_e164})
    doubles = ((_client_of(staging, each), each.row) for each in rows if each.verdict is Verdict.DOUBLE)
    silence(connection, job.account_id, [(client_id, row) for client_id, row in doubles if client_id])


def _client_of(staging: Staging, double: Staged) -> int | None:
    return outcomes.client_of(staging, double.other) if double.other else double.client_id


def _not_erased(connection: Connection, job: Job, rows: list[Staged]) -> Iterator[Staged]:
    forgotten = forgetting.forgotten_by(connection, job.id)
    return (each for each in rows if not forgotten.has(each.row.telefono_e164, each.row.documento_clave))
