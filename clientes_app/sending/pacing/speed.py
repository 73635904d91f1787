"""Measures messages a second, by campaign, over the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WINDOW_SECONDS = 5.0
_SHORTEST_SPAN = 0.5


@dataclass(frozen=True)
class Pulse:
    """How a process sends at one moment."""

    per_second: float = 0.0
    campaigns: int = 0
    """How many campaigns had a result within the last seconds."""
    in_flight: int = 0


class Speedometer:
    """Counts results as they come."""

    def __init__(self) -> None:
        self._counted: dict[int, deque[float]] = {}

    def count(self, campaign_ids: Iterable[int]) -> None:
        """Note one result for each campaign id given, now."""
        now = time.monotonic()
        for campaign_id in campaign_ids:
            self._counted.setdefault(campaign_id, deque()).append(now)

    def speeds(self) -> Mapping[int, float]:
        """Return messages a second by campaign, and forget what is too old to matter."""
        now = time.monotonic()
        return {campaign_id: _speed(times, now) for campaign_id, times in self._counted.items()}

    def pulse(self, in_flight: int) -> Pulse:
        """Return the speeds of all campaigns together."""
        speeds = [speed for speed in self.speeds().values() if speed]
        return Pulse(sum(speeds), len(speeds), in_flight)


def _speed(times: deque[float], now: float) -> float:
    while times and now - times[0] > _WINDOW_SECONDS:
        times.popleft()
    if not times:
        return 0.0
    return len(times) / max(now - times[0], _SHORTEST_SPAN)
