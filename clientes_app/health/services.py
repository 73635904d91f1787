"""What the app needs so that it can work."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from ..config import PROJECT_ROOT
from ..database.processes import LEASE_SECONDS
from ..models import TurnoDeEnvio
from ..models.types import utc_now


def is_ready(engine: Engine) -> bool:
    """Return whether the database can be reached and is up to date, and at least one sender is at work on it."""
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            alive = connection.scalar(select(func.max(TurnoDeEnvio.latido)))
            now = _present(connection)
    except SQLAlchemyError:
        return False
    fresh = alive is not None and now - alive < timedelta(seconds=LEASE_SECONDS)
    return fresh and revision == _newest_revision()


def _present(connection: Connection) -> datetime:
    """Return the time of the database's clock: senders on other machines may have others."""
    if connection.dialect.name == "sqlite":
        return utc_now()
    return connection.execute(select(func.now())).scalar_one()


@cache
def _newest_revision() -> str | None:
    return ScriptDirectory(str(PROJECT_ROOT / "migrations")).get_current_head()
