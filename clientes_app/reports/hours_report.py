"""When people buy: their sales of a year by weekday and hour of the account's clock.

Triggers count each sale as it comes, goes or changes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from ..extensions import db, engine_apart
from ..models.types import utc_now
from ..tenancy import Account
from ..values.days import day_after, day_of, start_of
from .counted import tallies
from .counted.quarters import Span, days_between, hours_of

LOOKED_AT = timedelta(days=364)
"""So long back: whole weeks, so that each weekday is there as often as the others."""
FEWEST_SALES = 30
"""Of fewer nobody can say when people buy."""
_TIMES_THE_AVERAGE = 2
"""So many times as much as in an hour on the average is bought in one that stands out."""
_ALIKE = 0.75
"""An hour with such a part of the purchases of the best is much like it."""
MOST_ALIKE = 3
_WEEK_AHEAD = timedelta(days=28)
"""Long enough for each weekday to come once without a holiday."""
_NOON = 12


class Slot(NamedTuple):
    """An hour of a weekday; Monday is 0."""

    weekday: int
    hour: int


@dataclass(frozen=True)
class HoursReport:
    """How many sales an account made in each hour of a week."""

    first: date
    last: date
    sales: Sequence[Sequence[int]]
    """By weekday, and then by hour."""
    without_hour: int
    """How many say no hour: those that were recorded for an earlier day."""

    @property
    def total(self) -> int:
        """Return how many sales say their hour."""
        return sum(map(sum, self.sales))

    @property
    def best(self) -> Slot | None:
        """Return the hour in which most is bought, the earliest of several; None where it is too early to tell."""
        return self.best_of([Slot(weekday, hour) for weekday in range(7) for hour in range(24)])

    def best_of(self, slots: Collection[Slot]) -> Slot | None:
        """Return in which of some hours most is bought, the earliest of several; None where none of them stands out."""
        best = max(sorted(slots), key=self.sales_in, default=None)
        if best is None or self.total < FEWEST_SALES:
            return None
        average = self.total / (7 * len(self.hours))
        return best if self.sales_in(best) >= _TIMES_THE_AVERAGE * average else None

    def sales_in(self, slot: Slot) -> int:
        """Return how many sales were made in an hour of the week."""
        return self.sales[slot.weekday][slot.hour]

    @property
    def alike(self) -> list[Slot]:
        """Return the hours that are much like the best one, those with most sales first."""
        if self.best is None:
            return []
        slots = [Slot(weekday, hour) for weekday in range(7) for hour in range(24)]
        least = _ALIKE * self.sales_in(self.best)
        found = [slot for slot in slots if slot != self.best and self.sales_in(slot) >= least]
        return sorted(found, key=lambda slot: (-self.sales_in(slot), slot))

    @property
    def hours(self) -> range:
        """Return the hours from the first in which anything was bought to the last."""
        used = [hour for hour in range(24) if any(day[hour] for day in self.sales)]
        return range(used[0], used[-1] + 1) if used else range(0)


def hours_report(account: Account) -> HoursReport:
    """Return when an account's clients bought in the last 52 weeks."""
    tallies.fold(engine_apart(), account.id)
    end = day_after(day_of(utc_now(), account.zone).date)
    first = end - LOOKED_AT
    span = Span(start_of(first, account.zone), start_of(end, account.zone))
    counts = tallies.quarters_in(db.session(), account.id, tallies.SALES, span)
    sharp = tallies.quarters_in(db.session(), account.id, tallies.SALES_ON_THE_QUARTER, span)
    table = [[0] * 24 for _ in range(7)]
    without_hour = 0
    for day in days_between(first, end):
        hours = table[day.weekday()]
        last_hour = -1
        for quarter, hour in hours_of(day, account.zone):
            sales = counts.get(quarter, 0)
            if hour == _NOON and last_hour != _NOON:
                without_hour += sharp.get(quarter, 0)
                sales -= sharp.get(quarter, 0)
            hours[hour] += sales
            last_hour = hour
    return HoursReport(first, end - timedelta(days=1), table, without_hour)
