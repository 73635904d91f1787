"""Leases: the embedded sender has the one of its database, each worker one of its own beside the others'."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from sqlalchemy import Connection, Engine, ScalarSelect, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..database import clock
from ..database.processes import LEASE_SECONDS, is_dead
from ..database.transactions import write_transaction
from ..models import TurnoDeEnvio

NO_SPEEDS: Mapping[int, float] = MappingProxyType({})
HEARTBEATS = 5
"""How often the holder gives a sign of life while a lease runs."""

# A clock that goes on while the machine sleeps, where there is one (Linux); others' monotonic clock does so itself.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Lease:
    """The one lease as a process knows it: whether it is surely ours at this moment, whatever froze us meanwhile."""

    seconds = LEASE_SECONDS

    def __init__(self, engine: Engine, owner: str) -> None:
        self.engine = engine
        self.owner = owner
        self._renewed_at = -math.inf

    @property
    def heartbeat_seconds(self) -> float:
        """Return the time from one sign of life to the next."""
        return self.seconds / HEARTBEATS

    def take(self) -> bool:
        """Take the lease where it is free; return whether we hold it now."""
        return self._held_if(hold)

    def renew(self, _speeds: Mapping[int, float] = NO_SPEEDS) -> bool:
        """Give a sign of life, or take the lease where it is free; return whether we hold it now."""
        return self._held_if(hold)

    def speeds_of_all(self, own: Mapping[int, float]) -> Mapping[int, float]:
        """Return messages a second by campaign, of all senders together: there is no other."""
        return own

    def is_held(self) -> bool:
        """Return whether nobody else can have taken the lease, nor will within a heartbeat."""
        return seconds_since_boot() - self._renewed_at < self.seconds - self.heartbeat_seconds

    def let_go(self) -> None:
        """Give the lease up, so that another process need not wait for it to run out."""
        self._renewed_at = -math.inf
        let_go(self.engine, self.owner)

    def _held_if(self, asked: Callable[[Engine, str, float], bool]) -> bool:
        # Noted before the database is asked: who is frozen while it answers must not count from when it wakes up.
        asked_at = seconds_since_boot()
        self._renewed_at = asked_at if asked(self.engine, self.owner, self.seconds) else -math.inf
        return self.is_held()


class WorkersLease(Lease):
    """A worker's lease, beside others': once lost it is not renewed, and nothing claimed under it handed over."""

    def __init__(self, engine: Engine, owner: str, queues: str) -> None:
        super().__init__(engine, owner)
        self._queues = queues
        self._speeds_of_others: Counter[int] = Counter()

    def take(self) -> bool:
        """Enter a new lease beside those of others."""
        return self._held_if(partial(enter, queues=self._queues))

    def renew(self, speeds: Mapping[int, float] = NO_SPEEDS) -> bool:
        """Give a sign of life, and tell others how fast we send; return whether the lease is still ours."""
        return self._held_if(partial(self._give_sign, speeds))

    def speeds_of_all(self, own: Mapping[int, float]) -> Mapping[int, float]:
        """Return messages a second by campaign, of all senders together: others' as they were at the last sign."""
        return {campaign_id: speed + self._speeds_of_others[campaign_id] for campaign_id, speed in own.items()}

    def _give_sign(self, speeds: Mapping[int, float], engine: Engine, owner: str, _seconds: float) -> bool:
        with write_transaction(engine) as connection:
            self._speeds_of_others = _speeds_of_others(connection, owner)
            told = {str(campaign_id): speed for campaign_id, speed in speeds.items()}
            ours = update(TurnoDeEnvio).where(TurnoDeEnvio.titular == owner)
            return connection.execute(ours.values(latido=clock.now(connection), velocidades=told)).rowcount == 1


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


def enter(engine: Engine, owner: str, _seconds: float, *, queues: str = "") -> bool:
    """Give a worker a new lease, under a number that nobody had."""
    with write_transaction(engine) as connection:
        now = clock.now(connection)
        connection.execute(delete(TurnoDeEnvio).where(TurnoDeEnvio.titular == owner))
        values = {"titular": owner, "latido": now, "unico": None, "colas": queues, "desde": now}
        connection.execute(insert(TurnoDeEnvio).values(values))
    return True


def _speeds_of_others(connection: Connection, owner: str) -> Counter[int]:
    speeds: Counter[int] = Counter()
    others = select(TurnoDeEnvio.velocidades).where(TurnoDeEnvio.titular != owner)
    for told in connection.scalars(others):
        speeds.update({int(campaign_id): speed for campaign_id, speed in (told or {}).items()})
    return speeds


def end_lost(connection: Connection, seconds: float = LEASE_SECONDS) -> None:
    """End the leases of workers that gave no sign of life for so long, or are seen to be dead.

    A worker that was only frozen finds its lease gone, and claims and hands over nothing more under it.
    """
    late = clock.now(connection) - timedelta(seconds=seconds)
    workers = TurnoDeEnvio.unico.is_(None)
    others = connection.execute(select(TurnoDeEnvio.id, TurnoDeEnvio.titular, TurnoDeEnvio.latido).where(workers)).all()
    for other in others:
        if other.latido < late or is_dead(other.titular):
            still = (TurnoDeEnvio.id == other.id, TurnoDeEnvio.latido == other.latido)
            connection.execute(delete(TurnoDeEnvio).where(*still))


def leases_but(owner: str) -> ScalarSelect[int]:
    """Select the numbers of the leases of all others."""
    return select(TurnoDeEnvio.id).where(TurnoDeEnvio.titular != owner).scalar_subquery()


def let_go(engine: Engine, owner: str) -> None:
    """Give the owner's lease up in the database."""
    with write_transaction(engine) as connection:
        connection.execute(delete(TurnoDeEnvio).where(TurnoDeEnvio.titular == owner))


def _hold(connection: Connection, owner: str, patience: timedelta) -> bool:
    now = clock.now(connection)
    holder = connection.scalar(select(TurnoDeEnvio.titular).where(TurnoDeEnvio.unico == 1).with_for_update())
    if holder is None:
        connection.execute(insert(TurnoDeEnvio).values(id=1, titular=owner, latido=now, desde=now))
        return True
    free = [TurnoDeEnvio.titular == owner, TurnoDeEnvio.latido < now - patience]
    if is_dead(holder):
        free.append(TurnoDeEnvio.titular == holder)
    taken = connection.execute(
        update(TurnoDeEnvio).where(TurnoDeEnvio.unico == 1, or_(*free)).values(titular=owner, latido=now)
    )
    return taken.rowcount == 1
