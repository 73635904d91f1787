"""One spreadsheet is converted at a time on a machine, for each may take gigabytes of memory and minutes."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..values.text import translatable
from .refusals import Refused

MOST_IN_LINE = 4
"""Of one process, the one that is converted among them; each holds a thread of the server."""

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.1

BUSY = translatable("Other spreadsheets are being read at this moment. Try again in a minute, or save the list as CSV.")

_line = threading.BoundedSemaphore(MOST_IN_LINE)


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Wait until nobody else converts into this folder, in whatever process.

    Raises Refused where too many wait, or one's turn does not come.
    """
    if not _line.acquire(blocking=False):
        raise Refused(BUSY)
    try:
        yield from _alone(folder)
    finally:
        _line.release()


def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    last = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            if time.monotonic() > last:
                raise Refused(BUSY) from held
            time.sleep(LOOK_SECONDS)
        else:
            return
