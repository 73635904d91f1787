"""Who is alive: the processes that send, import or look after others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from ..database import clock
from ..database.processes import LEASE_SECONDS
from ..models import SENDS, TurnoDeEnvio


@dataclass(frozen=True)
class Living:
    """A process that holds a lease."""

    where: str
    """Its host and process id."""
    queues: str
    sends: bool
    since: datetime
    silent_for: float
    """Seconds since its last sign of life."""

    @property
    def is_alive(self) -> bool:
        """Return whether it is believed to be at work."""
        return self.silent_for < LEASE_SECONDS


def living(engine: Engine) -> list[Living]:
    """List the processes that hold a lease, oldest first."""
    leases = select(TurnoDeEnvio.__table__, SENDS.label("sends")).order_by(TurnoDeEnvio.id)
    with engine.connect() as connection:
        now = clock.now(connection)
        rows = connection.execute(leases).all()
    return [
        Living(_where(row.titular), row.colas, row.sends, row.desde or row.latido, (now - row.latido).total_seconds())
        for row in rows
    ]


def _where(owner: str) -> str:
    place, pid, _ = owner.split(":")
    return f"{place.partition('/')[0]}:{pid}"
