"""How fast to send: a token bucket of SMS parts whose rate halves when Twilio says "too many" and grows back."""

from __future__ import annotations

import asyncio
import math
import random
import time

_LONGEST_PAUSE = 60.0
_BURST_SECONDS = 0.25
_SMALLEST_RATE = 1.0
_GROWTH = 0.05  # of the goal, a second: full speed is back 10 s after a single 429


class Pace:
    """Admits messages one after another; used inside one event loop."""

    def __init__(self, parts_per_second: float) -> None:
        self._ceiling = parts_per_second or math.inf
        self._goal = self._ceiling  # where the rate grows back to
        self._rate = self._ceiling
        self._balance = 0.0
        self._filled_at = time.monotonic()
        self._paused_until = 0.0
        self._refusals = 0
        self._spent_lately = _RecentSum()

    @property
    def rate(self) -> float:
        """Return the present rate in parts a second; infinite where nothing limits it."""
        return self._rate

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
        self._refusals = 0

    def slow_down(self, retry_after: float | None) -> None:
        """Halve the rate and pause: for as long as Twilio says, else for a growing random time (full jitter)."""
        now = time.monotonic()
        if now < self._paused_until:
            return  # the answers to one burst of requests count once
        self._refusals += 1
        grown = min(_LONGEST_PAUSE, 0.5 * 2**self._refusals)
        pause = retry_after if retry_after is not None else random.uniform(0, grown)  # noqa: S311
        self._paused_until = now + min(pause, 10 * _LONGEST_PAUSE)
        if math.isinf(self._rate):
            self._goal = self._rate = max(_SMALLEST_RATE, self._spent_lately.per_second())
        self._rate = max(_SMALLEST_RATE, self._rate / 2)

    def _wait(self) -> float:
        """Return the seconds until the next message may go; 0 for now."""
        now = time.monotonic()
        if now < self._paused_until:
            return self._paused_until - now
        self._fill(now)
        if self._balance >= 0 or math.isinf(self._rate):
            return 0.0
        return -self._balance / self._rate

    def _fill(self, now: float) -> None:
        elapsed = now - self._filled_at
        self._filled_at = now
        self._grow(elapsed)
        if math.isinf(self._rate):
            self._balance = 0.0
        else:
            self._balance = min(self._balance + elapsed * self._rate, self._rate * _BURST_SECONDS)

    def _grow(self, elapsed: float) -> None:
        if self._rate >= self._ceiling:
            return
        self._rate += elapsed * max(_SMALLEST_RATE, self._goal * _GROWTH)
        if self._rate >= self._goal:
            self._rate = self._ceiling


class _RecentSum:
    """What was spent over about the last second."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._sum = 0.0
        self._last = 0.0

    def add(self, amount: float) -> None:
        now = time.monotonic()
        if now - self._since >= 1.0:
            self._last, self._sum, self._since = self._sum / (now - self._since), 0.0, now
        self._sum += amount

    def per_second(self) -> float:
        return max(self._last, self._sum)
