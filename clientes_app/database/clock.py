"""The clocks: the database's, which all machines share, and this machine's own, corrected by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select


def now(connection: Connection) -> datetime:
    """Return the present moment, as leases and the pace ask for it; SQLite has no clock of its own, and one machine."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def corrected(connection: Connection, here: datetime) -> datetime:
    """Return what this machine takes for the present moment as all machines would: it decides what is due."""
    return here + _behind(connection)


def _behind(connection: Connection) -> timedelta:
    """Return by how much this machine's clock is behind the database's."""
    if connection.dialect.name == "sqlite":
        return timedelta()
    return now(connection) - datetime.now(UTC)
