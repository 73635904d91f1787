"""Who is alive: the processes that may claim messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from ..database import clock
from ..database.processes import LEASE_SECONDS
from ..models import TurnoDeEnvio


@dataclass(frozen=True)
class Living:
    """A process that sends."""

    where: str
    """Its host and process id."""
    queues: str
    since: datetime
    silent_for: float
    """Seconds since its last sign of life."""

    @property
    def is_alive(self) -> bool:
        """Return whether it is believed to be at work."""
        return self.silent_for < LEASE_SECONDS


def living(engine: Engine) -> list[Living]:
    """List the processes that hold a lease, oldest first."""
    with engine.connect() as connection:
        now = clock.now(connection)
        rows = connection.execute(select(TurnoDeEnvio.__table__).order_by(TurnoDeEnvio.id)).all()
    return [
        Living(_where(row.titular), row.colas, row.desde or row.latido, (now - row.latido).total_seconds())
        for row in rows
    ]


def _where(owner: str) -> str:
    place, pid, _ = owner.split(":")
    return f"{place.partition('/')[0]}:{pid}"
