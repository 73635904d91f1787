"""A process that ends with the one that started it, however that ends: its standard input closes then."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lifeline() -> Iterator[int]:
    """Open a standard input for another process, which stays open as long as this one lives."""
    end, ours = os.pipe()
    try:
        yield end
    finally:
        os.close(end)
        os.close(ours)


def end_with_parent() -> None:
    """End this process when its standard input closes."""
    threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    standard_input = 0
    while os.read(standard_input, 1024):
        pass
    # What is not stored is as good as never begun.
    os._exit(1)
