"""The tempo of sending: a rate of SMS parts that halves when Twilio says "too many", and grows back."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

_LONGEST_PAUSE = 60.0
_SMALLEST_RATE = 1.0
_GROWTH = 0.05  # of the goal, a second: full speed is back 10 s after a single 429


@dataclass
class Tempo:
    """How fast to send by a clock of the caller's, whose seconds every method is given as `now`."""

    ceiling: float
    """Parts a second; infinite where nothing limits it."""
    rate: float
    goal: float
    """Where the rate grows back to."""
    measured_at: float
    paused_until: float = 0.0
    refusals: int = 0
    """How often Twilio has refused since it took a message."""

    @classmethod
    def full(cls, ceiling: float, now: float) -> Tempo:
        """Return the tempo of who has not been refused."""
        return cls(ceiling, ceiling, ceiling, now)

    def grow(self, now: float) -> None:
        """Let the rate grow for the time since it was measured last."""
        elapsed, self.measured_at = now - self.measured_at, now
        if self.rate >= self.ceiling:
            return
        self.rate += elapsed * max(_SMALLEST_RATE, self.goal * _GROWTH)
        if self.rate >= self.goal:
            self.rate = self.goal = self.ceiling

    def refuse(self, now: float, retry_after: float | None, spent: float) -> None:
        """Halve the rate and pause: for as long as Twilio says, else for a growing random time (full jitter).

        `spent` are the parts that went out in the last second: what is halved where nothing limited the rate. The
        answers to one burst of requests count once.
        """
        if now < self.paused_until:
            return
        self.refusals += 1
        grown = min(_LONGEST_PAUSE, 0.5 * 2**self.refusals)
        pause = retry_after if retry_after is not None else random.uniform(0, grown)  # noqa: S311
        self.paused_until = now + min(pause, 10 * _LONGEST_PAUSE)
        if math.isinf(self.rate):
            self.goal = self.rate = max(_SMALLEST_RATE, spent)
        self.rate = max(_SMALLEST_RATE, self.rate / 2)
