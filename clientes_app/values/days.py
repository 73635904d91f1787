"""Days as a URL gives them, and when they begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


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
