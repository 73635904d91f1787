"""A bell that a request rings when it has stored a campaign: the sender of the same process then looks at once.

Senders of other processes find the campaign when they look by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """Sets an event of the sender's loop from any thread."""

    def __init__(self) -> None:
        self._listener: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    def ring(self) -> None:
        """Wake who listens, if anybody does."""
        listener = self._listener
        if listener is None:
            return
        loop, event = listener
        with suppress(RuntimeError):  # the loop has just been closed
            loop.call_soon_threadsafe(event.set)

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """Return the event that each ring sets, for the present loop."""
        event = asyncio.Event()
        self._listener = asyncio.get_running_loop(), event
        try:
            yield event
        finally:
            self._listener = None


bell = Bell()
