"""How often Python's garbage collector looks for what refers to itself."""

from __future__ import annotations

import gc


def look_seldom() -> None:
    """Look after a hundred thousand new objects instead of 700: rows come and go by thousands.

    Looking as often as usual would take a seventh of the time. Not looking at all is no choice: each number with a
    country code that does not exist leaves an exception behind that refers to itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)
