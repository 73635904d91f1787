"""The lease: at any moment one process is the sender of a database."""

from __future__ import annotations

import math
import time
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..database.processes import LEASE_SECONDS, is_dead
from ..database.transactions import write_transaction
from ..models import TurnoDeEnvio
from ..models.types import utc_now

HEARTBEATS = 5
"""How often the holder gives a sign of life while a lease runs."""

# A clock that goes on while the machine sleeps, where there is one (Linux); others' monotonic clock does so itself.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Lease:
    """The lease as one process knows it: whether it is surely ours at this moment, whatever froze us meanwhile."""

    seconds = LEASE_SECONDS

    def __init__(self, engine: Engine, owner: str) -> None:
        self.engine = engine
        self.owner = owner
        self._renewed_at = -math.inf

    @property
    def heartbeat_seconds(self) -> float:
        """Return the time from one sign of life to the next."""
        return self.seconds / HEARTBEATS

    def renew(self) -> bool:
        """Take the lease, or give a sign of life where it is ours; return whether we hold it now."""
        # Asked before the database is: who is frozen while it answers must not count from when it wakes up.
        asked_at = seconds_since_boot()
        self._renewed_at = asked_at if hold(self.engine, self.owner, self.seconds) else -math.inf
        return self.is_held()

    def is_held(self) -> bool:
        """Return whether nobody else can have taken the lease, nor will within a heartbeat."""
        return seconds_since_boot() - self._renewed_at < self.seconds - self.heartbeat_seconds

    def let_go(self) -> None:
        """Give the lease up, so that another process need not wait for it to run out."""
        self._renewed_at = -math.inf
        let_go(self.engine, self.owner)


def seconds_since_boot() -> float:
    """Return a time that only grows, also while the machine is suspended."""
    return time.clock_gettime(_CLOCK)


def hold(engine: Engine, owner: str, seconds: float = LEASE_SECONDS) -> bool:
    """Take the lease in the database, or renew it where it is the owner's; return whether it is now.

    Another's is free when it gave no sign of life for so many `seconds`.
    """
    try:
        with write_transaction(engine) as connection:
            return _hold(connection, owner, timedelta(seconds=seconds))
    except IntegrityError:
        return False  # nobody held it, and another process took it in between


def let_go(engine: Engine, owner: str) -> None:
    """Give the owner's lease up in the database."""
    with write_transaction(engine) as connection:
        connection.execute(delete(TurnoDeEnvio).where(TurnoDeEnvio.titular == owner))


def _hold(connection: Connection, owner: str, patience: timedelta) -> bool:
    now = utc_now()
    holder = connection.scalar(select(TurnoDeEnvio.titular).where(TurnoDeEnvio.id == 1).with_for_update())
    if holder is None:
        connection.execute(insert(TurnoDeEnvio).values(id=1, titular=owner, latido=now))
        return True
    free = [TurnoDeEnvio.titular == owner, TurnoDeEnvio.latido < now - patience]
    if is_dead(holder):
        free.append(TurnoDeEnvio.titular == holder)
    taken = connection.execute(update(TurnoDeEnvio).where(or_(*free)).values(titular=owner, latido=now))
    return taken.rowcount == 1
