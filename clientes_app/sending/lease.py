"""The lease: at any moment one process is the sender of a database."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..database import write_transaction
from ..models import TurnoDeEnvio
from ..models.types import utc_now

LEASE_SECONDS = 15.0
HEARTBEAT_SECONDS = 3.0


def new_owner() -> str:
    """Name this process: its host, its process id, and something that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def hold(engine: Engine, owner: str) -> bool:
    """Take the lease, or give a sign of life where it is ours; tell whether we hold it now."""
    try:
        with write_transaction(engine) as connection:
            return _hold(connection, owner)
    except IntegrityError:
        return False  # nobody held it, and another process took it in between


def let_go(engine: Engine, owner: str) -> None:
    """Give the lease up, so that another process need not wait for it to run out."""
    with write_transaction(engine) as connection:
        connection.execute(delete(TurnoDeEnvio).where(TurnoDeEnvio.titular == owner))


def _hold(connection: Connection, owner: str) -> bool:
    now = utc_now()
    holder = connection.scalar(select(TurnoDeEnvio.titular).where(TurnoDeEnvio.id == 1).with_for_update())
    if holder is None:
        connection.execute(insert(TurnoDeEnvio).values(id=1, titular=owner, latido=now))
        return True
    free = [TurnoDeEnvio.titular == owner, TurnoDeEnvio.latido < now - timedelta(seconds=LEASE_SECONDS)]
    if is_dead(holder):
        free.append(TurnoDeEnvio.titular == holder)
    taken = connection.execute(update(TurnoDeEnvio).where(or_(*free)).values(titular=owner, latido=now))
    return taken.rowcount == 1


def is_dead(holder: str) -> bool:
    """Tell whether the holder was a process of this host that no longer runs."""
    host, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
