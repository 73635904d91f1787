"""The dispatcher: sends what the outbox of one database holds, whenever the lease is ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from . import lease, outbox
from .carrier import Carrier
from .pace import Pace
from .shift import Shift

log = logging.getLogger(__name__)

LEASE_RETRY_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class Dispatcher:
    """One process's sender; many may run on one database, and one of them sends."""

    def __init__(
        self, engine: Engine, make_carrier: Callable[[], Carrier], concurrency: int, parts_per_second: float
    ) -> None:
        self._engine = engine
        self._make_carrier = make_carrier
        self._concurrency = concurrency
        self._parts_per_second = parts_per_second
        self._owner = lease.new_owner()
        self._stopping = False

    def stop(self) -> None:
        """Ask the dispatcher to finish what is in flight and end; any thread or signal handler may call it."""
        self._stopping = True

    async def run(self) -> None:
        """Send until told to stop; a database that fails is tried again."""
        while not self._stopping:
            try:
                await self._take_a_shift()
            except DBAPIError:
                log.exception("the database failed; the sender tries again")
            await self._rest()

    async def _take_a_shift(self) -> None:
        if not await asyncio.to_thread(lease.hold, self._engine, self._owner):
            return
        interrupted = await asyncio.to_thread(outbox.recover, self._engine)
        if interrupted:
            log.warning("%d messages were in flight when a sender died: they are uncertain now", interrupted)
        carrier = self._make_carrier()
        pace = Pace(self._parts_per_second)
        try:
            await Shift(self._engine, self._owner, carrier, self._concurrency, pace).work(lambda: self._stopping)
        finally:
            await carrier.close()
            await asyncio.to_thread(lease.let_go, self._engine, self._owner)

    async def _rest(self) -> None:
        looks = round(LEASE_RETRY_SECONDS / _LOOK_SECONDS)
        for _ in range(looks):
            if self._stopping:
                return
            await asyncio.sleep(_LOOK_SECONDS)
