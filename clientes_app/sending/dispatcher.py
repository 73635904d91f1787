"""The dispatcher: sends what the outbox of one database holds, whenever its lease is held."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from . import recording
from .carrier import Carrier
from .lease import Lease
from .ordering.orders import Orders
from .pacing.pace import Pace
from .pacing.speed import Pulse
from .shift import Shift

log = logging.getLogger(__name__)

LEASE_RETRY_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class Dispatcher:
    """One process's sender: it sends under its lease, what its orders say, at its pace."""

    def __init__(
        self,
        lease: Lease,
        orders: Orders,
        make_pace: Callable[[], Pace],
        make_carrier: Callable[[], Carrier],
        concurrency: int,
    ) -> None:
        self._lease = lease
        self._orders = orders
        self._make_pace = make_pace
        self._make_carrier = make_carrier
        self._concurrency = concurrency
        self._stopping = False
        self._shift: Shift | None = None

    def pulse(self) -> Pulse:
        """Return how it sends at this moment; to be asked in its loop."""
        return self._shift.pulse() if self._shift else Pulse()

    def stop(self) -> None:
        """Ask the dispatcher to finish what is in flight and end; any thread or signal handler may call it."""
        self._stopping = True

    async def run(self) -> None:
        """Send until told to stop; a database that fails is tried again."""
        while not self._stopping:
            try:
                await self._take_a_shift()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away (%s); the sender tries again", type(error.orig).__name__)
            except DBAPIError:
                log.exception("the database failed; the sender tries again")
            await self._rest()

    async def _take_a_shift(self) -> None:
        if not await asyncio.to_thread(self._lease.take):
            return
        try:
            await self._rescue()
            await self._work()
        finally:
            # Also where it failed: a lease that nobody works under would let the app look ready.
            await asyncio.to_thread(self._lease.let_go)

    async def _rescue(self) -> None:
        interrupted = await asyncio.to_thread(recording.rescue, self._lease.engine, self._lease.owner)
        if interrupted:
            log.warning("%d messages were in flight when a sender died: they are uncertain now", interrupted)

    async def _work(self) -> None:
        carrier = self._make_carrier()
        try:
            self._shift = Shift(self._lease, self._orders, carrier, self._concurrency, self._make_pace())
            await self._shift.work(lambda: self._stopping)
        finally:
            self._shift = None
            await carrier.close()

    async def _rest(self) -> None:
        looks = round(LEASE_RETRY_SECONDS / _LOOK_SECONDS)
        for _ in range(looks):
            if self._stopping:
                return
            await asyncio.sleep(_LOOK_SECONDS)
