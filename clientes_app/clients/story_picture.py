"""A client's story as a picture: purchases as circles by their pesos and messages as ticks, along months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import sqrt
from zoneinfo import ZoneInfo

from ..models import NOT_DELIVERED, EstadoSMS, SMSLog, Venta
from ..values.days import first_of_next_month, start_of
from .timeline import Entry

WIDTH = 640
LARGEST = 24.0
"""The radius of the purchase for most pesos; the others' areas are to its area as their pesos are."""
_SMALLEST = 4.0
_MARGIN = LARGEST + 2
_MOST_LABELS = 6
_AHEAD = timedelta(minutes=1)
"""So much after the present the picture ends: a month that has just begun has a width."""


@dataclass(frozen=True)
class Circle:
    """A purchase."""

    x: float
    radius: float
    moment: datetime
    total: Decimal


@dataclass(frozen=True)
class Tick:
    """A message."""

    x: float
    moment: datetime
    is_lost: bool
    """Whether its receipt says that it was not delivered."""


@dataclass(frozen=True)
class Month:
    """Where a month begins."""

    x: float
    first: date


@dataclass(frozen=True)
class Picture:
    """What is drawn, in units of which the picture is `WIDTH` wide."""

    since: datetime
    """The oldest of the things that are drawn."""
    circles: Sequence[Circle]
    """The largest first, so that the small ones are seen."""
    ticks: Sequence[Tick]
    months: Sequence[Month]
    """As many as have room for their names."""


def picture_of(entries: Sequence[Entry], now: datetime, zone: ZoneInfo) -> Picture | None:
    """Return the picture of a story's entries until a moment; None where nobody bought or got anything."""
    purchases = [(entry.place.moment, entry.what.total) for entry in entries if isinstance(entry.what, Venta)]
    messages = [(entry.place.moment, entry.what) for entry in entries if isinstance(entry.what, SMSLog)]
    sent = [(moment, row.recibo in NOT_DELIVERED) for moment, row in messages if row.estado is EstadoSMS.ENVIADO]
    moments = [moment for moment, _ in (*purchases, *sent)]
    if not moments:
        return None
    since = min(moments)
    scale = _Scale.over(since.astimezone(zone).date().replace(day=1), max(now, *moments) + _AHEAD, zone)
    most = max((total for _, total in purchases), default=Decimal(1))
    circles = [Circle(scale.x(moment), _radius(total / most), moment, total) for moment, total in purchases]
    return Picture(
        since,
        sorted(circles, key=lambda circle: -circle.radius),
        [Tick(scale.x(moment), moment, is_lost) for moment, is_lost in sent],
        _months(scale),
    )


@dataclass(frozen=True)
class _Scale:
    """Where moments stand."""

    first: date
    begins: datetime
    ends: datetime
    zone: ZoneInfo

    @classmethod
    def over(cls, first: date, ends: datetime, zone: ZoneInfo) -> _Scale:
        return cls(first, start_of(first, zone).astimezone(UTC), ends, zone)

    def x(self, moment: datetime) -> float:
        share = (moment - self.begins) / (self.ends - self.begins)
        return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 1)


def _radius(share: Decimal) -> float:
    return round(max(_SMALLEST, LARGEST * sqrt(share)), 1)


def _months(scale: _Scale) -> list[Month]:
    firsts = [*_firsts(scale)]
    every = -(-len(firsts) // _MOST_LABELS)
    return [Month(scale.x(start_of(first, scale.zone)), first) for first in firsts[::every]]


def _firsts(scale: _Scale) -> Iterator[date]:
    first = scale.first
    while start_of(first, scale.zone) < scale.ends:
        yield first
        first = first_of_next_month(first)
