"""The orders of a worker's shift: those that its jobs bring."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ..sending.ordering.orders import Order


@dataclass(frozen=True)
class JobsOrder(Order):
    """An order that a job brought."""

    job: HeldJob


@dataclass(eq=False)
class HeldJob:
    """A job that this worker has fetched, and what is left of it."""

    campaign_id: int
    rows: int
    done: asyncio.Event = field(default_factory=asyncio.Event)


class JobOrders:
    """Lets the jobs that a worker holds take turns; all in the loop of its shift."""

    def __init__(self) -> None:
        self._first: deque[HeldJob] = deque()
        self._held: deque[HeldJob] = deque()
        self._tell: Callable[[], None] = _tell_nobody
        self._closed = False

    def close(self) -> None:
        """Let go of all jobs, and take no more: the worker is about to stop."""
        self._closed = True
        for job in (*self._first, *self._held):
            job.done.set()
        self._first.clear()
        self._held.clear()

    async def claim_first(self, campaign_id: int, rows: int) -> None:
        """Have a campaign's first rows claimed; returns when they are, or there are none."""
        await self._work_off(self._first, HeldJob(campaign_id, rows))

    async def claim(self, campaign_id: int, rows: int) -> None:
        """Have so many rows claimed as there is room for them; returns when they are, or there are no more."""
        await self._work_off(self._held, HeldJob(campaign_id, rows))

    async def _work_off(self, line: deque[HeldJob], job: HeldJob) -> None:
        if self._closed:
            return
        line.append(job)
        self._tell()
        await job.done.wait()

    async def keep_up(self, tell: Callable[[], None]) -> None:
        """Say whenever a job comes that there is work, until cancelled."""
        self._tell = tell
        try:
            await asyncio.Event().wait()
        finally:
            self._tell = _tell_nobody

    def first(self) -> Order | None:
        """Return the order of the next job for first rows; the same again until it is said what it gave."""
        if not self._first:
            return None
        job = self._first[0]
        return JobsOrder(job.campaign_id, job.rows, job)

    def next(self, room: int) -> Order | None:
        """Return an order of the job whose turn it is."""
        if not self._held:
            return None
        job = self._held[0]
        self._held.rotate(-1)
        return JobsOrder(job.campaign_id, min(room, job.rows), job)

    def claimed(self, order: Order, count: int) -> None:
        """End the job that got all of its rows, or the last ones that there are."""
        assert isinstance(order, JobsOrder)
        job = order.job
        job.rows -= count
        if count and job.rows > 0:
            return
        job.done.set()
        for line in (self._first, self._held):
            with suppress(ValueError):  # it is in one of them, or let go of
                line.remove(job)

    def has_any(self) -> bool:
        """Return whether a job is held."""
        return bool(self._held)

    def has_first(self) -> bool:
        """Return whether a job for first rows is held."""
        return bool(self._first)


def _tell_nobody() -> None:
    """Do nothing: no shift is on."""
