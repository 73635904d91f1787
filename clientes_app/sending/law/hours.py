"""The hours of advertising: pure functions of a moment, a zone and what an account has settled.

By default those of Ley 2300 de 2023, article 5 with article 3, cut to what operators let through: Monday to Friday from
8:00 to 19:00, Saturday from 8:00 to 15:00, never on Sundays and public holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from ...values.days import day_after, settle, start_of

BOGOTA = ZoneInfo("America/Bogota")
COLOMBIA = "+57"
LAST_MINUTE = timedelta(minutes=1)
"""Nothing is handed over in the last minute: Twilio, too, takes its time."""
LONGEST_LOOK = 400
"""Days that are looked through for the next opening: more than a year of them all closed is never."""

_SATURDAY, _SUNDAY = 5, 6
_MOVED = " (observado)"
"""What the library says of a holiday that is kept on the Monday after."""
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Opening:
    """From when to when on a day, in minutes after midnight."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Hours:
    """When an account's advertising may go out; None: not at all on such days."""

    weekdays: Opening | None = Opening(8 * 60, 19 * 60)
    saturdays: Opening | None = Opening(8 * 60, 15 * 60)
    holidays: Opening | None = None
    """On Sundays and public holidays, and the account's own days."""
    own_days: frozenset[date] = frozenset()

    def on(self, day: date) -> Opening | None:
        """Return the hours of a day."""
        if day.weekday() == _SUNDAY or day in self.own_days or day in public_holidays(day.year):
            return self.holidays
        return self.saturdays if day.weekday() == _SATURDAY else self.weekdays


@dataclass(frozen=True)
class Window:
    """How the hours stand at a moment; in their last minute they are closed already."""

    is_open: bool
    until: datetime | None
    """When they close, or open next; None: they never open."""


USUAL = Hours()
"""The hours of an account that has settled none."""


def window_at(moment: datetime, hours: Hours, zone: tzinfo) -> Window:
    """Return whether something may go out at a moment, with when the hours close; or when they open next."""
    day = moment.astimezone(zone).date()
    for _ in range(LONGEST_LOOK):
        opening = hours.on(day)
        if opening is not None:
            opens, closes = _moment_of(day, opening.opens, zone), _moment_of(day, opening.closes, zone)
            if moment < opens < closes - LAST_MINUTE:
                return Window(is_open=False, until=opens)
            if opens <= moment < closes - LAST_MINUTE:
                return Window(is_open=True, until=closes)
        day = day_after(day)
    return Window(is_open=False, until=None)


def is_colombian(e164: str) -> bool:
    """Return whether a number is one of Colombia's."""
    return e164.startswith(COLOMBIA)


def zone_of_number(e164: str, shop_zone: tzinfo) -> tzinfo:
    """Return by whose clock a number is written to: its country's where that is Colombia, else the shop's."""
    return BOGOTA if is_colombian(e164) else shop_zone


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return Colombia's public holidays of a year (Ley 51 de 1983 and others)."""
    return frozenset(holidays.country_holidays("CO", years=year))


@cache
def holiday_names(year: int) -> Mapping[date, str]:
    """Return the same days in the calendar's order, with their Spanish names."""
    named = holidays.country_holidays("CO", years=year, language="es")
    return {day: name.removesuffix(_MOVED) for day, name in sorted(named.items())}


def _moment_of(day: date, minutes: int, zone: tzinfo) -> datetime:
    if minutes == _DAY_MINUTES:
        return start_of(day_after(day), zone).astimezone(UTC)
    return settle(day, time(minutes // 60, minutes % 60), zone).moment
