"""Moments at which the sample shop was open."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models.types import utc_now

_SUNDAY = 6
OPENS, CLOSES = 8, 19


def while_open(dice: random.Random, zone: ZoneInfo, days_ago: int) -> datetime:
    """Return some moment of a day before today, while the shop was open; instead of a Sunday of the day before it."""
    day = utc_now().astimezone(zone).date() - timedelta(days=days_ago)
    if day.weekday() == _SUNDAY:
        day -= timedelta(days=1)
    minute = dice.randrange(OPENS * 60, CLOSES * 60)
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)
