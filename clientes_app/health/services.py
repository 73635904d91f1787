"""What the app needs so that it can work."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..config import PROJECT_ROOT
from ..database import clock
from ..database.processes import LEASE_SECONDS
from ..models import SENDS, TurnoDeEnvio


def is_ready(engine: Engine) -> bool:
    """Return whether the database can be reached and is up to date, and at least one sender is at work on it."""
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            alive = connection.scalar(select(func.max(TurnoDeEnvio.latido)).where(SENDS))
            now = clock.now(connection)
    except SQLAlchemyError:
        return False
    fresh = alive is not None and now - alive < timedelta(seconds=LEASE_SECONDS)
    return fresh and revision == _newest_revision()


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(PROJECT_ROOT / "migrations")).get_current_head()
