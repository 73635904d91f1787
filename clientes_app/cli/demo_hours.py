"""Moments at which the sample shop was open, at which people buy, and at which advertising may go out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models.types import utc_now
from ..sending.law.hours import USUAL

_SATURDAY, _SUNDAY = 5, 6
OPENS, CLOSES = 8, 19
_BUSY = {8: 1, 9: 2, 10: 4, 11: 6, 12: 8, 13: 5, 14: 3, 15: 4, 16: 6, 17: 9, 18: 8}
"""How much is bought in each hour: most at midday and after work."""
_BUSY_ON_SATURDAY = {9: 3, 10: 8, 11: 11, 12: 9, 13: 6, 14: 7, 15: 8, 16: 7, 17: 4, 18: 2}
_LAWFUL_HOURS = range(9, 12)
"""When the shop writes; lawful on every day on which anything is."""


@dataclass(frozen=True)
class ShopHours:
    """The shop's clock, and the dice that choose moments; days are counted back from today, and no Sunday is one."""

    dice: random.Random
    zone: ZoneInfo

    def while_open(self, days_ago: int) -> datetime:
        """Return some moment of a day while the shop was open; of the day before where it is a Sunday."""
        minute = self.dice.randrange(OPENS * 60, CLOSES * 60)
        return self._moment(self._day_open(days_ago), minute)

    def of_a_purchase(self, days_ago: int) -> datetime:
        """Return a moment of a day at which people buy; of the day before where it is a Sunday."""
        day = self._day_open(days_ago)
        busy = _BUSY_ON_SATURDAY if day.weekday() == _SATURDAY else _BUSY
        (hour,) = self.dice.choices([*busy], weights=[*busy.values()])
        # To the second: on the stroke of noon a sale would say no hour.
        return self._moment(day, hour * 60 + self.dice.randrange(60)) + timedelta(seconds=self.dice.randrange(1, 60))

    def while_lawful(self, days_ago: int) -> datetime:
        """Return a moment at which advertising may go out, on that day or the last one before on which it may."""
        day = self._day(days_ago)
        while USUAL.on(day) is None:
            day -= timedelta(days=1)
        return self._moment(day, self.dice.choice(_LAWFUL_HOURS) * 60 + self.dice.randrange(60))

    def days_since(self, moment: datetime) -> int:
        """Return how many days ago a moment was."""
        return (self._day(0) - moment.astimezone(self.zone).date()).days

    def _day(self, days_ago: int) -> date:
        return utc_now().astimezone(self.zone).date() - timedelta(days=days_ago)

    def _day_open(self, days_ago: int) -> date:
        day = self._day(days_ago)
        return day - timedelta(days=1) if day.weekday() == _SUNDAY else day

    def _moment(self, day: date, minute: int) -> datetime:
        return datetime.combine(day, time(minute // 60, minute % 60), self.zone).astimezone(UTC)
