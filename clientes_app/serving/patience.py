"""How long a client is waited for, and how much is held for those that are slow."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a client may take its time for; times are in seconds."""

    head_seconds: float = 10.0
    """For all of a request's headers together."""
    still_seconds: float = 20.0
    """How long a body, or a reader of an answer, may stand still after it was as fast as asked."""
    bytes_a_second: float = 1_000.0
    """What a body or a reader moves at the least: one that is slower uses up its `still_seconds`."""
    parting_seconds: float = 2.0
    """For the other side to close as well."""


class Patience:
    """Seconds that run out while a client is waited for; its bytes bring them back, up to what there was at first."""

    def __init__(self, seconds: float, bytes_a_second: float = math.inf) -> None:
        self.left = seconds
        self._most = seconds
        self._bytes_a_second = bytes_a_second

    def spend(self, seconds: float, count: int = 0) -> None:
        """Take off the seconds that were waited, and add those that `count` bytes are worth."""
        self.left = min(self._most, self.left - seconds + count / self._bytes_a_second)
