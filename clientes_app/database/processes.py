"""The names of processes that share a database, and whether one of them has died."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import sys
from functools import cache
from pathlib import Path

LEASE_SECONDS = 15.0
"""For so long a process that gives no sign of life is believed to be at work."""


def new_owner() -> str:
    """Name this process: where it runs, its process id, and something that no other has."""
    return f"{_place()}:{os.getpid()}:{secrets.token_hex(8)}"


def is_dead(holder: str) -> bool:
    """Return whether the holder was a process that we would see if it still ran, and do not."""
    place, _, rest = holder.partition(":")
    pid = rest.partition(":")[0]
    if place != _place() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def is_of_process(holder: str, pid: int) -> bool:
    """Return whether the holder is, or was, the process with this id here."""
    return holder.startswith(f"{_place()}:{pid}:")


@cache
def _place() -> str:
    """Name where process ids mean what they mean here: the host, its boot, and the namespace of process ids.

    The host's name alone would not do: two containers may have the same one. Where Linux does not say in which of them
    we are, the place is this process's own, and no other judges whether it lives.
    """
    host = socket.gethostname()[:40]
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return f"{host}/{secrets.token_hex(8)}" if sys.platform == "linux" else host
    return f"{host}/{hashlib.sha256(f'{boot}/{namespace}'.encode()).hexdigest()[:16]}"
