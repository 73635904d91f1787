"""How a stored value is written in a message: numbers and days in the words of the shop's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

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


@lru_cache(maxsize=8_192)
def in_words(kind: Kind, raw: str, locale: str, zone: str, year: int) -> str:
    """Write a value as a message says it; `year` is the one that need not be told. What cannot be read stays as it is.

    Whatever stands in a row must not stop the sender.
    """
    try:
        match kind:
            case Kind.NUMBER:
                return format_decimal(Decimal(raw), locale=locale, decimal_quantization=False)
            case Kind.DATE:
                return _day_in_words(raw, locale)
            case Kind.MOMENT:
                return _moment_in_words(raw, locale, zone, year)
    except (ValueError, InvalidOperation):
        return raw
    return raw


def _day_in_words(raw: str, locale: str) -> str:
    if raw.startswith(_WITHOUT_YEAR):
        day = date.fromisoformat(f"{_LEAP_YEAR}-{raw.removeprefix(_WITHOUT_YEAR)}")
        return _without_year(day, locale)
    return format_date(date.fromisoformat(raw), "long", locale=locale)


def _moment_in_words(raw: str, locale: str, zone: str, year: int) -> str:
    moment = datetime.fromisoformat(raw)
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    day = aware.astimezone(ZoneInfo(zone)).date()
    return _without_year(day, locale) if day.year == year else format_date(day, "long", locale=locale)


def _without_year(day: date, locale: str) -> str:
    return format_skeleton("MMMMd", datetime.combine(day, time()), locale=locale)
