"""What workers look after every two seconds: what the dead have left behind, and campaigns that no job waits for.

Each worker does it, so that none is needed for it; what one has mended the next finds whole.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, Engine, func, select, text

from ..database.processes import LEASE_SECONDS
from ..database.transactions import write_transaction
from ..models import CampanaSMS
from ..sending import outbox, recording
from . import deferring

log = logging.getLogger(__name__)

SECONDS = 2.0
_TURN = 7_205_611
"""Names the lock that one worker at a time has while it looks; any number that nobody else uses."""

# A worker that was only frozen is told that its job is gone when it ends it.
_DROP_ORPHANS = text(
    """
    DELETE FROM procrastinate_jobs AS job
    WHERE job.status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = job.worker_id AND worker.last_heartbeat > now() - make_interval(secs => :seconds)
    )
    """
)
# Of jobs that somebody has, nobody can say at once whether they have died; and one too many does no harm.
_WITH_WAITING_JOBS = text(
    "SELECT DISTINCT CAST(args ->> 'campaign_id' AS bigint) FROM procrastinate_jobs WHERE status = 'todo'"
)


def look(engine: Engine, seconds: float = LEASE_SECONDS) -> None:
    """Declare uncertain what the dead had claimed, and defer jobs for campaigns for which none waits.

    A worker is dead that gave no sign of life for so many `seconds`.
    """
    if rescued := recording.rescue_from_the_dead(engine, seconds):
        log.warning("%d messages were in flight when a worker died: they are uncertain now", rescued)
    runnable = outbox.runnable(engine)
    with write_transaction(engine) as connection:
        if not connection.scalar(select(func.pg_try_advisory_xact_lock(_TURN))):
            return
        connection.execute(_DROP_ORPHANS, {"seconds": seconds})
        _defer_where_missing(connection, runnable)


def _defer_where_missing(connection: Connection, runnable: list[int]) -> None:
    forgotten = set(runnable) - set(connection.scalars(_WITH_WAITING_JOBS))
    pending = select(CampanaSMS.id, CampanaSMS.pendientes).where(CampanaSMS.id.in_(forgotten)).order_by(CampanaSMS.id)
    for campaign_id, rows in connection.execute(pending).all():
        deferring.defer_rest(connection, campaign_id, rows)
