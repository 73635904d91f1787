"""Days as a URL gives them, and when they begin."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo


def read_day(text: str) -> date | None:
    """Read a day as a URL gives it; None for what means none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Nothing here is older, and the first and the last days of the calendar have no time in every zone.
    return day if 1900 <= day.year <= 2200 else None


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Answer when a day begins in a zone."""
    return datetime.combine(day, time(), zone)
