"""One pace for all workers: the time in which messages may go is given out by a row of the database.

Each worker takes a slot of it after another: so many parts may go from such a moment on, and nobody else's in between.
"""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select, update

from ..database import clock
from ..database.transactions import insert_missing, write_transaction
from ..models import SENDS, RitmoDeEnvio, TurnoDeEnvio
from ..sending.pacing.pace import RecentSum
from ..sending.pacing.tempo import Tempo

SLOT_SECONDS = 0.05
LOOK_SECONDS = 0.25
"""So often who is not limited looks whether Twilio has refused another worker's messages."""
GRACE_SECONDS = 0.25
"""So long a slot may be used after its end; one that is left over is lost."""
LATE_SECONDS = 0.05
"""Time that nobody has asked for is given out for so long: else the pace would fall by each worker's least delay."""


@dataclass(frozen=True)
class Request:
    """What a worker asks for, and what it has heard from Twilio since it asked last."""

    debt: float
    """Parts that it has overdrawn."""
    spent_a_second: float
    refused: bool = False
    retry_after: float | None = None
    accepted: bool = False


@dataclass(frozen=True)
class Slot:
    """So many parts may go, after so many seconds, which may have passed; none: ask again then."""

    after: float
    parts: float
    lasts: float
    rate: float


class SharedPace:
    """Admits the messages of one worker, in its slots."""

    def __init__(self, engine: Engine, parts_per_second: float) -> None:
        self._engine = engine
        self._ceiling = parts_per_second or math.inf
        self._rate = self._ceiling
        self._credit = 0.0
        self._opens_at = self._ends_at = -math.inf
        self._spent_lately = RecentSum()
        self._refused = self._accepted = False
        self._retry_after: float | None = None

    @property
    def rate(self) -> float:
        """Return the present rate of all workers in parts a second; infinite where nothing limits it."""
        return self._rate

    async def turn(self) -> None:
        """Wait until another message may go."""
        while not self._may_go():
            wait = self._opens_at - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            else:
                await self._ask()

    def spend(self, parts: int) -> None:
        """Take the parts of the message that goes now; a long one may overdraw, and is paid back."""
        self._credit -= parts
        self._spent_lately.add(parts)

    def succeed(self) -> None:
        """Note that Twilio takes messages again."""
        self._accepted = True

    def slow_down(self, retry_after: float | None) -> None:
        """Have the rate of all halved, and a pause made, before the next message goes."""
        if time.monotonic() < self._opens_at:
            return  # the answers to one burst of requests count once
        self._refused, self._retry_after = True, retry_after

    def _may_go(self) -> bool:
        return self._credit > 0 and not self._refused and self._opens_at <= time.monotonic() < self._ends_at

    async def _ask(self) -> None:
        request = Request(
            debt=max(0.0, -self._credit),
            spent_a_second=self._spent_lately.per_second(),
            refused=self._refused,
            retry_after=self._retry_after,
            accepted=self._accepted,
        )
        self._refused = self._accepted = False
        slot = await asyncio.to_thread(reserve, self._engine, self._ceiling, request)
        self._rate = slot.rate
        self._opens_at = time.monotonic() + slot.after
        self._ends_at = self._opens_at + slot.lasts + GRACE_SECONDS
        self._credit = slot.parts - request.debt if slot.parts else -request.debt


def reserve(engine: Engine, ceiling: float, request: Request) -> Slot:
    """Give a worker the next slot; nobody else gets it."""
    with write_transaction(engine) as connection:
        connection.execute(insert_missing(RitmoDeEnvio, "postgresql").values(_values(Tempo.full(ceiling, 0.0), 0.0)))
        row = connection.execute(select(RitmoDeEnvio.__table__).with_for_update()).one()
        now = clock.now(connection).timestamp()
        tempo = _tempo(row, ceiling, now)
        tempo.grow(now)
        if request.refused:
            tempo.refuse(now, request.retry_after, request.spent_a_second * _workers(connection))
        elif request.accepted:
            tempo.refusals = 0
        slot = _next_slot(tempo, row.siguiente.timestamp(), now, request.debt)
        taken_until = now + slot.after + (slot.lasts if slot.parts else 0.0)
        connection.execute(update(RitmoDeEnvio).values(_values(tempo, taken_until)))
        return slot


def _next_slot(tempo: Tempo, free_from: float, now: float, debt: float) -> Slot:
    if now < tempo.paused_until:
        return Slot(tempo.paused_until - now, 0.0, 0.0, tempo.rate)
    if math.isinf(tempo.rate):
        return Slot(0.0, math.inf, LOOK_SECONDS, tempo.rate)
    parts = max(1.0, round(tempo.rate * SLOT_SECONDS)) + debt
    begins = max(free_from, now - LATE_SECONDS)
    return Slot(begins - now, parts, parts / tempo.rate, tempo.rate)


def _tempo(row: Any, ceiling: float, now: float) -> Tempo:
    if row.partes_por_segundo is None:
        tempo = Tempo.full(ceiling, now)
    else:
        tempo = Tempo(ceiling, row.partes_por_segundo, row.meta, row.medido.timestamp())
    tempo.paused_until = row.pausa_hasta.timestamp() if row.pausa_hasta else 0.0
    tempo.refusals = row.rechazos
    return tempo


def _values(tempo: Tempo, free_from: float) -> dict[str, Any]:
    slowed = tempo.rate < tempo.ceiling
    return {
        "id": 1,
        "siguiente": _moment(free_from),
        "partes_por_segundo": tempo.rate if slowed else None,
        "meta": tempo.goal if slowed and math.isfinite(tempo.goal) else None,
        "medido": _moment(tempo.measured_at),
        "pausa_hasta": _moment(tempo.paused_until) if tempo.paused_until else None,
        "rechazos": tempo.refusals,
    }


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def _workers(connection: Connection) -> int:
    return max(1, connection.scalar(select(func.count()).select_from(TurnoDeEnvio).where(SENDS)) or 0)
