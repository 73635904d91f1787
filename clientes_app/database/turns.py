"""Work in batches that leaves turns to others: a rest follows each batch, in proportion to how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Batch = TypeVar("Batch")


def taking_turns(batches: Iterable[Batch], rest: float) -> Iterator[Batch]:
    """Give the batches one by one; after the work on each, rest for this share of its time.

    A lock that is taken again at once, such as SQLite's only one, would never be given to those who wait for it.
    """
    for batch in batches:
        began = time.monotonic()
        yield batch
        time.sleep(rest * (time.monotonic() - began))
