"""How a stored value is written in a message: numbers and days in the words of the shop's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol

_WITHOUT_YEAR = "--"
_LEAP_YEAR = "2000"
"""Stands for the year of a day that has none: 29 February is one."""


class Kind(StrEnum):
    """What a placeholder's value is; those of an account's own fields are called as the fields' types are."""

    NAME = "nombre"
    FIRST_NAME = "primer_nombre"
    SHOP = "tienda"
    MOMENT = "momento"
    TEXT = "texto"
    NUMBER = "numero"
    DATE = "fecha"
    CHOICE = "opcion"

    @property
    def is_stored(self) -> bool:
        """Return whether it is stored with each message; the others are known from the name and the shop."""
        return self not in (Kind.NAME, Kind.FIRST_NAME, Kind.SHOP)


def writer_of(kind: Kind, locale: str, zone: str, year: int) -> Callable[[str], str]:
    """Return what writes a stored value as a message says it; `year` is the one that need not be told.

    What it cannot read it leaves as it is: whatever stands in a row must not stop the sender.
    """
    match kind:
        case Kind.NUMBER:
            return _unless_odd(lambda raw: _number_in_words(raw, locale))
        case Kind.DATE:
            return _unless_odd(lambda raw: _day_in_words(raw, locale))
        case Kind.MOMENT:
            return _unless_odd(lambda raw: _moment_in_words(raw, locale, zone, year))
        case _:
            return str


def _unless_odd(write: Callable[[str], str]) -> Callable[[str], str]:
    def written(raw: str) -> str:
        try:
            return write(raw)
        except (ValueError, InvalidOperation):
            return raw

    return written


def _number_in_words(raw: str, locale: str) -> str:
    # Babel's own takes forty times as long, and there may be as many numbers as clients.
    return f"{Decimal(raw):,f}".translate(_separators(locale))


@cache
def _separators(locale: str) -> dict[int, str]:
    """Return what stands in a language for the comma between thousands and the point before decimals."""
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


@lru_cache(maxsize=32_768)
def _day_in_words(raw: str, locale: str) -> str:
    if raw.startswith(_WITHOUT_YEAR):
        day = date.fromisoformat(f"{_LEAP_YEAR}-{raw.removeprefix(_WITHOUT_YEAR)}")
        return _without_year(day, locale)
    return format_date(date.fromisoformat(raw), "long", locale=locale)


def _moment_in_words(raw: str, locale: str, zone: str, year: int) -> str:
    moment = datetime.fromisoformat(raw)
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    day = aware.astimezone(ZoneInfo(zone)).date().isoformat()
    return _day_in_words(f"{_WITHOUT_YEAR}{day[5:]}" if day.startswith(f"{year:04}-") else day, locale)


def _without_year(day: date, locale: str) -> str:
    return format_skeleton("MMMMd", datetime.combine(day, time()), locale=locale)
