"""How fast to send: what admits the messages of a shift, one after another."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Protocol

from .tempo import Tempo

_BURST_SECONDS = 0.25


class Pace(Protocol):
    """Admits messages; used inside one event loop."""

    @property
    def rate(self) -> float:
        """Return the present rate in parts a second; infinite where nothing limits it."""

    async def turn(self) -> None:
        """Wait until another message may go."""

    def spend(self, parts: int) -> None:
        """Take the parts of the message that goes now; a long one may overdraw, and is paid back."""

    def succeed(self) -> None:
        """Note that Twilio takes messages again."""

    def slow_down(self, retry_after: float | None) -> None:
        """Note that Twilio said "too many", and for how many seconds to leave it alone, if it says so."""


class OwnPace:
    """The pace of the only sender: a token bucket of SMS parts."""

    def __init__(self, parts_per_second: float) -> None:
        self._tempo = Tempo.full(parts_per_second or math.inf, time.monotonic())
        self._balance = 0.0
        self._spent_lately = RecentSum()

    @property
    def rate(self) -> float:
        """Return the present rate in parts a second; infinite where nothing limits it."""
        return self._tempo.rate

    async def turn(self) -> None:
        """Wait until another message may go."""
        while (wait := self._wait()) > 0:
            await asyncio.sleep(wait)

    def spend(self, parts: int) -> None:
        """Take the parts of the message that goes now; a long one may overdraw, and is paid back."""
        self._balance -= parts
        self._spent_lately.add(parts)

    def succeed(self) -> None:
        """Note that Twilio takes messages again."""
        self._tempo.refusals = 0

    def slow_down(self, retry_after: float | None) -> None:
        """Halve the rate, and pause."""
        self._tempo.refuse(time.monotonic(), retry_after, self._spent_lately.per_second())

    def _wait(self) -> float:
        """Return the seconds until the next message may go; 0 for now."""
        now = time.monotonic()
        if now < self._tempo.paused_until:
            return self._tempo.paused_until - now
        self._fill(now)
        if self._balance >= 0 or math.isinf(self.rate):
            return 0.0
        return -self._balance / self.rate

    def _fill(self, now: float) -> None:
        elapsed = now - self._tempo.measured_at
        self._tempo.grow(now)
        if math.isinf(self.rate):
            self._balance = 0.0
        else:
            self._balance = min(self._balance + elapsed * self.rate, self.rate * _BURST_SECONDS)


class RecentSum:
    """What was spent over about the last second."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._sum = 0.0
        self._last = 0.0

    def add(self, amount: float) -> None:
        """Add what is spent now."""
        now = time.monotonic()
        if now - self._since >= 1.0:
            self._last, self._sum, self._since = self._sum / (now - self._since), 0.0, now
        self._sum += amount

    def per_second(self) -> float:
        """Return how much that is a second."""
        return max(self._last, self._sum)
