"""Quarters of an hour, counted from 1970 in UTC: every day and hour of every zone is made of whole ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, func

from ...values.days import day_after, start_of

SECONDS = 900
A_DAY = 96
"""So many are in a day of UTC, which begins with a multiple of it."""


@dataclass(frozen=True)
class Span:
    """Some time: the moment at which it begins, and the one before which it ends."""

    begins: datetime
    ends: datetime

    @property
    def first(self) -> int:
        """Return its first quarter of an hour."""
        return quarter_of(self.begins)

    @property
    def end(self) -> int:
        """Return the quarter of an hour after its last one."""
        return quarter_of(self.ends)


def quarter_of(moment: datetime) -> int:
    """Return the quarter of an hour in which a moment lies."""
    return int(moment.timestamp()) // SECONDS


def moment_of(quarter: int) -> datetime:
    """Return when a quarter of an hour begins."""
    return datetime.fromtimestamp(quarter * SECONDS, UTC)


def seconds_in(moment: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Return the whole seconds from 1970 to a moment, as the database counts them."""
    if dialect == "sqlite":
        return cast(func.strftime("%s", moment), Integer)
    return cast(func.floor(func.extract("epoch", moment)), BigInteger)


def quarter_in(moment: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Return the quarter of an hour in which a moment lies, as the database counts them."""
    return seconds_in(moment, dialect) // SECONDS


def days_between(first: date, end: date) -> Iterator[date]:
    """Iterate over the days from the first to the one before the end."""
    while first < end:
        yield first
        first = day_after(first)


def hours_of(day: date, zone: tzinfo) -> Iterator[tuple[int, int]]:
    """Iterate over the quarters of a day of a zone, each with the hour that its clock shows.

    Where the clock is put forward an hour has none, where it is put back it has eight.
    """
    begins, ends = start_of(day, zone), start_of(day_after(day), zone)
    first, end = quarter_of(begins), quarter_of(ends)
    if begins.utcoffset() == ends.utcoffset():
        yield from ((quarter, (quarter - first) // 4) for quarter in range(first, end))
        return
    for quarter in range(first, end):
        yield quarter, (moment_of(quarter).astimezone(zone)).hour
