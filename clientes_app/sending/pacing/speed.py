"""Measures messages a second, by campaign, over the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping

_WINDOW_SECONDS = 5.0
_SHORTEST_SPAN = 0.5


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


def _speed(times: deque[float], now: float) -> float:
    while times and now - times[0] > _WINDOW_SECONDS:
        times.popleft()
    if not times:
        return 0.0
    return len(times) / max(now - times[0], _SHORTEST_SPAN)
