"""Where a shift's orders come from: which campaign it claims from next, and how many rows.

The embedded sender looks for running campaigns by itself; workers are told by jobs, see the package `engine`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from ..outbox import runnable
from .notifier import bell

POLL_SECONDS = 0.05
FIRST_ROWS = 10


@dataclass(frozen=True)
class Order:
    """What is to be claimed: up to so many rows of a campaign."""

    campaign_id: int
    rows: int


class Orders(Protocol):
    """What a shift asks for orders."""

    async def keep_up(self, tell: Callable[[], None]) -> None:
        """Look for work until cancelled, and tell when there may be some."""

    def first(self) -> Order | None:
        """Return an order for the first rows of a campaign, which wait for nobody; each is given once."""

    def next(self, room: int) -> Order | None:
        """Return the order whose turn it is, for as many rows as there is room for."""

    def claimed(self, order: Order, count: int) -> None:
        """Note how many rows an order gave; none: its campaign has nothing to claim for now."""

    def has_any(self) -> bool:
        """Return whether `next` would give one."""

    def has_first(self) -> bool:
        """Return whether `first` would give one."""


class PolledOrders:
    """The orders of the embedded sender: every running campaign in turn, and those that have just come at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._campaigns: list[int] = []
        self._new: list[int] = []
        self._last = 0

    async def keep_up(self, tell: Callable[[], None]) -> None:
        """Look for running campaigns, at once where the bell rings."""
        with bell.heard() as rung:
            while True:
                rung.clear()
                found = await asyncio.to_thread(runnable, self._engine)
                self._new += [campaign_id for campaign_id in found if campaign_id not in self._campaigns]
                self._campaigns = found
                tell()
                await moment(rung)

    def first(self) -> Order | None:
        """Return an order for the first rows of a campaign that has just come."""
        return Order(self._new.pop(0), FIRST_ROWS) if self._new else None

    def next(self, room: int) -> Order | None:
        """Return an order for the campaign whose turn it is: each running one gets a batch in turn."""
        if not self._campaigns:
            return None
        later = [campaign_id for campaign_id in self._campaigns if campaign_id > self._last]
        self._last = (later or self._campaigns)[0]
        return Order(self._last, room)

    def claimed(self, order: Order, count: int) -> None:
        """Forget a campaign that gave nothing, until it is found again."""
        if not count:
            self._campaigns = [other for other in self._campaigns if other != order.campaign_id]

    def has_any(self) -> bool:
        """Return whether a campaign runs."""
        return bool(self._campaigns)

    def has_first(self) -> bool:
        """Return whether a campaign has just come."""
        return bool(self._new)


async def moment(event: asyncio.Event) -> None:
    """Wait for an event, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(POLL_SECONDS):
            await event.wait()
