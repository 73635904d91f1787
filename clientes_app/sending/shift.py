"""A shift: what the holder of a lease does, in one event loop.

    claim ──▶ queue ──▶ attempts in flight ──▶ finished ──▶ record

The database is reached from helper threads, so that the loop never waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from . import outbox, recording
from .carrier import KEPT, Carrier, Fate, Message, Outcome, Result
from .faults import INTERRUPTED, NO_ANSWER
from .lease import Lease, seconds_since_boot
from .ordering.orders import Order, Orders, moment
from .pacing.pace import Pace
from .pacing.speed import Pulse, Speedometer
from .puzzles import PUZZLING_IN_A_ROW, too_puzzling
from .queue import FairQueue
from .reconcile import settle_forever

log = logging.getLogger(__name__)

RECORD_SECONDS = 0.25
RECORD_RESULTS = 100
DRAIN_SECONDS = 10.0
DATABASE_RETRY_SECONDS = 0.5
AHEAD_SECONDS = 0.15
"""What is claimed ahead lasts so long: while half of it goes out, the database gives more."""
SLOW_AHEAD_SECONDS = 0.25
"""The same where the pace is limited, for which fewer and larger claims do."""

_CUT_SHORT = Outcome(Fate.UNKNOWN, reason=INTERRUPTED)


class Shift:
    """Claims, hands over and records until it is told to stop or the lease is lost."""

    def __init__(self, lease: Lease, orders: Orders, carrier: Carrier, concurrency: int, pace: Pace) -> None:
        self._engine = lease.engine
        self._lease = lease
        self._orders = orders
        self._carrier = carrier
        self._pace = pace
        self._slots = asyncio.Semaphore(concurrency)
        self._concurrency = concurrency
        self._claimed = FairQueue()
        self._some_claimed = asyncio.Event()
        self._may_claim = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._finished: list[Result] = []
        self._some_finished = asyncio.Event()
        self._many_finished = asyncio.Event()
        self._closing = False
        self._halted: dict[int, Outcome] = {}
        self._puzzled: Counter[int] = Counter()
        self._speedometer = Speedometer()
        self._recording_since = math.inf

    async def work(self, told_to_stop: Callable[[], bool]) -> None:
        """Work the shift to its end; afterwards every claimed row is recorded."""
        recorder = asyncio.create_task(self._record_until_closed())
        helpers = [
            asyncio.create_task(self._orders.keep_up(self._tell_whether_to_claim)),
            asyncio.create_task(self._feed()),
            asyncio.create_task(self._beat()),
            asyncio.create_task(settle_forever(self._engine, self._carrier)),
        ]
        try:
            while not told_to_stop() and self._lease.is_held():
                await self._claim_more()
                _raise_what_failed([*helpers, recorder])
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._drain()
            self._closing = True
            self._signal_finished(at_once=True)
            await recorder

    def pulse(self) -> Pulse:
        """Return how it sends at this moment."""
        return self._speedometer.pulse(len(self._in_flight))

    # Claiming

    async def _claim_more(self) -> None:
        order = self._orders.first() or self._next_order()
        if order is None:
            await self._until_there_may_be_more()
        elif order.campaign_id in self._halted:
            self._orders.claimed(order, 0)
        else:
            await self._claim(order)

    def _next_order(self) -> Order | None:
        return self._orders.next(self._ahead() - len(self._claimed)) if self._has_room() else None

    async def _claim(self, order: Order) -> None:
        campaign_id = order.campaign_id
        messages = await asyncio.to_thread(outbox.claim, self._engine, self._lease.owner, campaign_id, order.rows)
        self._orders.claimed(order, len(messages))
        self._claimed.add(messages)
        self._some_claimed.set()
        if campaign_id in self._halted:
            self._give_back(campaign_id)

    async def _until_there_may_be_more(self) -> None:
        # Not for long: the sender may have been told to stop.
        self._may_claim.clear()
        await moment(self._may_claim)

    def _tell_whether_to_claim(self) -> None:
        if self._orders.has_first() or (self._orders.has_any() and self._has_room()):
            self._may_claim.set()

    def _has_room(self) -> bool:
        return len(self._claimed) <= self._ahead() // 2

    def _ahead(self) -> int:
        """Return how many claimed rows may wait to be handed over.

        Answers come in bursts, and each frees a slot: so many rows must be ready as there are slots, or as go out
        within AHEAD_SECONDS where that is more. No more than these, because a process that is killed leaves every
        claimed row uncertain; for the same reason a limited pace has what it lets out in SLOW_AHEAD_SECONDS.
        """
        soon = sum(self._speedometer.speeds().values()) * AHEAD_SECONDS
        return round(min(max(self._concurrency, soon), max(2.0, self._pace.rate * SLOW_AHEAD_SECONDS)))

    # Handing over

    async def _feed(self) -> None:
        """Start attempts, as many at a time as there are slots and as fast as the pace allows."""
        while True:
            await self._slots.acquire()
            await self._pace.turn()
            message = await self._next_claimed()
            self._pace.spend(message.parts)
            attempt = asyncio.create_task(self._attempt(message))
            self._in_flight.add(attempt)
            attempt.add_done_callback(self._in_flight.discard)

    async def _next_claimed(self) -> Message:
        while not self._claimed:
            self._some_claimed.clear()
            await self._some_claimed.wait()
        message = self._claimed.take()
        self._tell_whether_to_claim()
        return message

    async def _attempt(self, message: Message) -> None:
        try:
            outcome = await self._hand_over(message)
        except asyncio.CancelledError:
            outcome = _CUT_SHORT
        except Exception:
            # The edge of an attempt: whatever went wrong, the message may be out.
            log.exception("an attempt failed in a way that is not foreseen")
            outcome = Outcome(Fate.UNKNOWN, reason=NO_ANSWER, puzzling=True)
        self._slots.release()
        self._learn(message.campaign_id, outcome)
        self._finish(message, outcome)

    async def _hand_over(self, message: Message) -> Outcome:
        # Looked at as late as can be: who was frozen since the claim may wake up when the row is another sender's.
        if not self._lease.is_held():
            return KEPT
        return await self._carrier.send(message)

    def _learn(self, campaign_id: int, outcome: Outcome) -> None:
        """Draw from one outcome what concerns the others: the pace, and whether the campaign must stop."""
        if outcome.fate is Fate.KEPT:
            return
        if outcome.fate is Fate.DEFERRED:
            self._pace.slow_down(outcome.retry_after)
            return
        if outcome.fate is Fate.STOPPED:
            self._halt(campaign_id, outcome)
            return
        if not outcome.puzzling:
            self._puzzled[campaign_id] = 0
            self._pace.succeed()
            return
        self._puzzled[campaign_id] += 1
        if self._puzzled[campaign_id] >= PUZZLING_IN_A_ROW:
            self._halt(campaign_id, too_puzzling(outcome))

    def _halt(self, campaign_id: int, outcome: Outcome) -> None:
        """Claim and hand over nothing more of this campaign until the recorder has stored why."""
        self._halted.setdefault(campaign_id, outcome)
        self._give_back(campaign_id)

    def _give_back(self, campaign_id: int) -> None:
        for message in self._claimed.drop(campaign_id):
            self._finish(message, KEPT)

    def _finish(self, message: Message, outcome: Outcome) -> None:
        self._finished.append(Result(message, outcome))
        nothing_follows = not self._claimed and len(self._in_flight) <= 1
        self._signal_finished(at_once=nothing_follows or message.campaign_id in self._halted)

    def _signal_finished(self, *, at_once: bool) -> None:
        self._some_finished.set()
        if at_once or len(self._finished) >= RECORD_RESULTS:
            self._many_finished.set()

    async def _drain(self) -> None:
        """Give back what was not handed over, and wait for the answers to what was."""
        for message in self._claimed.clear():
            self._finish(message, KEPT)
        if self._in_flight:
            _, silent = await asyncio.wait(self._in_flight, timeout=DRAIN_SECONDS)
            for attempt in silent:
                attempt.cancel()
            await asyncio.gather(*silent)

    # Recording

    async def _record_until_closed(self) -> None:
        while not (self._closing and not self._finished):
            await self._some_finished.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(RECORD_SECONDS):
                    await self._many_finished.wait()
            await self._record()

    async def _record(self) -> None:
        results, self._finished = self._finished, []
        if not self._closing:
            self._some_finished.clear()
        self._many_finished.clear()
        self._speedometer.count(result.message.campaign_id for result in results if result.outcome.is_known)
        faults = dict(self._halted)
        self._recording_since = seconds_since_boot()
        while not await self._stored(results, faults):
            await asyncio.sleep(DATABASE_RETRY_SECONDS)
        self._recording_since = math.inf
        for campaign_id in faults:
            self._puzzled[campaign_id] = 0
            del self._halted[campaign_id]

    async def _stored(self, results: list[Result], faults: dict[int, Outcome]) -> bool:
        """Store results, and the faults of campaigns; return whether the database was there to take them."""
        try:
            speeds = self._lease.speeds_of_all(self._speedometer.speeds())
            await asyncio.to_thread(recording.record, self._engine, results, speeds, faults)
        except (OperationalError, InterfaceError) as error:
            log.warning("%d results wait: the database failed (%s)", len(results), type(error.orig).__name__)
            return False
        return True

    # The lease

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._lease.heartbeat_seconds)
            if seconds_since_boot() - self._recording_since > self._lease.seconds:
                continue  # who cannot record gives no sign of life: another may try, and the app is not ready
            try:
                await asyncio.to_thread(self._lease.renew, self._speedometer.speeds())
            except DBAPIError as error:
                log.warning("the lease could not be renewed (%s)", type(error.orig).__name__)


def _raise_what_failed(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done():
            task.result()
