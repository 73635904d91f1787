"""Days and hours as people and programs write them, and which moments are meant in a zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum

_SECOND = timedelta(seconds=1)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)


def read_day(text: str) -> date | None:
    """Read a day as a URL gives it; None for what means none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Nothing here is older, and the first and the last days of the calendar have no time in every zone.
    return day if 1900 <= day.year <= 2200 else None


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return when a day begins in a zone."""
    return datetime.combine(day, time(), zone)


@dataclass(frozen=True)
class LocalDay:
    """A day of a zone, and its month."""

    date: date
    begins: datetime
    ends: datetime
    month_begins: datetime
    month_ends: datetime


def day_of(moment: datetime, zone: tzinfo) -> LocalDay:
    """Return the day that it is in a zone at a moment."""
    today = moment.astimezone(zone).date()
    return LocalDay(
        today,
        start_of(today, zone),
        start_of(day_after(today), zone),
        start_of(today.replace(day=1), zone),
        start_of(first_of_next_month(today), zone),
    )


def day_after(day: date) -> date:
    """Return the next day."""
    return day + timedelta(days=1)


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after a day's own."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


class Hour(Enum):
    """How often a zone's clock shows an hour on a day."""

    ONCE = "once"
    SKIPPED = "skipped"
    """The clock is put forward over it: it is moved on to the first minute that there is."""
    DOUBLED = "doubled"
    """The clock is put back over it: the first of the two counts."""


@dataclass(frozen=True)
class Settled:
    """The moment that is meant by a day and an hour, and whether a clock change had to be settled."""

    moment: datetime
    hour: Hour


def settle(day: date, hour: time, zone: tzinfo) -> Settled:
    """Return the moment at which the clock of a zone shows an hour of a day."""
    first = datetime.combine(day, hour, zone)
    second = first.replace(fold=1)
    before, after = first.utcoffset() or timedelta(), second.utcoffset() or timedelta()
    if before == after:
        return Settled(first.astimezone(UTC), Hour.ONCE)
    if before > after:
        return Settled(first.astimezone(UTC), Hour.DOUBLED)
    # What stands in the gap is read twice: by the offset after the change it lies before it, and the other way round.
    return Settled(_change_between(second.astimezone(UTC), first.astimezone(UTC), zone), Hour.SKIPPED)


def read_hour(text: str) -> time | None:
    """Read an hour as a form gives it; None for what means none."""
    return time.fromisoformat(text[:5]) if _HOUR.fullmatch(text) else None


def read_moment(text: str) -> datetime | None:
    """Read ISO 8601 with an offset; None for what is none, or has no offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # The first and the last days of the calendar have no time in every zone.
    return moment.astimezone(UTC) if moment.tzinfo and 1900 <= moment.year <= 2200 else None


def _change_between(earlier: datetime, later: datetime, zone: tzinfo) -> datetime:
    """Return when the zone's offset changes, which it does once between the two, `later` included."""
    changed = later.astimezone(zone).utcoffset()
    while later - earlier > _SECOND:
        middle = earlier + (later - earlier) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == changed:
            later = middle
        else:
            earlier = middle
    return later
