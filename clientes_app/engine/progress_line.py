"""The line that a worker keeps up to date where a terminal watches: how fast it sends, and what is in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TextIO

from ..sending.pacing.speed import Pulse

SECONDS = 1.0
_ERASE = "\x1b[K"


async def keep(stream: TextIO, pulse: Callable[[], Pulse]) -> None:
    """Write the line anew every second until cancelled; nothing where nobody watches."""
    if not stream.isatty():
        return
    try:
        while True:
            _write(stream, line(pulse()))
            await asyncio.sleep(SECONDS)
    finally:
        _write(stream, "")


def line(pulse: Pulse) -> str:
    """Return the line, such as `212/s · 3 campaigns · 100 in flight`."""
    campaigns = "1 campaign" if pulse.campaigns == 1 else f"{pulse.campaigns} campaigns"
    return f"{pulse.per_second:.0f}/s · {campaigns} · {pulse.in_flight} in flight"


def _write(stream: TextIO, said: str) -> None:
    # The cursor stays at the beginning: what is logged meanwhile is written over the line.
    stream.write(f"{_ERASE}{said}\r")
    stream.flush()
