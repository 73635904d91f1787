"""What a row of a till says of a sale: the day and the hour by the account's clock, how much, for what."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...clients.sales.forms import OLDEST
from ...fields.canonical import NO_DATE, BadValue, read_value
from ...models import TipoDeCampo
from ...values.amounts import BadTotal, read_total
from ...values.days import settle
from ...values.text import translatable

MISSING_DAY = translatable("The day is missing.")
NO_DAY = translatable("The day cannot be read: write it as 17/05/2026.")
NO_HOUR = translatable("The hour cannot be read: write it as 14:30.")
TO_COME = translatable("The sale is in the future.")
TOO_OLD = translatable("The sale is more than twenty years old.")
LONG_CONCEPT = translatable("What was sold is longer than 200 characters.")
LONG_RECEIPT = translatable("The number of the receipt is longer than 40 characters.")

LONGEST_CONCEPT = 200
LONGEST_RECEIPT = 40

_NOON = time(12)
_HOUR = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*(?:([ap])\.?\s?m\.?)?", re.IGNORECASE | re.ASCII)
_DAY_AND_HOUR = re.compile(r"(.*?\d)(?:T|,?\s+)(\d{1,2}[:h]\d{2}.*)", re.ASCII)
_HALF_A_DAY = 12


class BadSale(ValueError):
    """What a row says is no sale; the sentence that says so is still to be translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Sale(NamedTuple):
    """What a row says of a sale."""

    moment: datetime
    """Noon of its day where it says no hour."""
    total: Decimal
    concept: str
    receipt: str
    earliest: datetime
    """When it may have been made at the earliest: where it says no hour, the day's beginning."""

    def made_by(self, now: datetime) -> datetime:
        """Return when it was made as far as is known: today's without an hour no later than now."""
        return now if self.earliest <= now < self.moment else self.moment


class Told(NamedTuple):
    """The same as the file has it."""

    day: str = ""
    hour: str = ""
    total: str = ""
    concept: str = ""
    receipt: str = ""


def told_of(text: str) -> Told:
    """Return what a row keeps of its sale."""
    return Told(*text.split("\n")) if text else Told()


def require_past(sale: Sale, now: datetime) -> None:
    """Make sure that a sale is of the last twenty years.

    Raises BadSale.
    """
    if sale.earliest > now:
        raise BadSale(TO_COME)
    if sale.moment < now - OLDEST:
        raise BadSale(TOO_OLD)


def read_sale(text: str, zone: ZoneInfo) -> Sale:
    """Read a sale.

    Raises BadSale.
    """
    told = told_of(text)
    moment, earliest = _moment_and_earliest(told, zone)
    total = _read_total(told.total)
    if len(told.concept) > LONGEST_CONCEPT:
        raise BadSale(LONG_CONCEPT)
    if len(told.receipt) > LONGEST_RECEIPT:
        raise BadSale(LONG_RECEIPT)
    return Sale(moment, total, told.concept, told.receipt, earliest)


def _moment_and_earliest(told: Told, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when it was: the hour stands in its own column or behind the day; where it stands nowhere, at noon."""
    parted = _DAY_AND_HOUR.fullmatch(told.day)
    day, hour = parted.groups() if parted else (told.day, "")
    read, said = _read_day(day), told.hour or hour
    moment = _settled(read, _read_hour(said), zone)
    return moment, moment if said else _settled(read, time(), zone)


@lru_cache(4_000)
def _settled(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return settle(day, hour, zone).moment


@lru_cache(4_000)
def _read_day(text: str) -> date:
    if not text:
        raise BadSale(MISSING_DAY)
    try:
        found = read_value(TipoDeCampo.FECHA, (), text)
    except BadValue as bad:
        raise BadSale(NO_DAY if bad.sentence == NO_DATE else bad.sentence) from bad
    if not found or found.startswith("--"):
        raise BadSale(NO_DAY)
    return date.fromisoformat(found)


def _read_total(text: str) -> Decimal:
    try:
        return read_total(text)
    except BadTotal as bad:
        raise BadSale(bad.sentence) from bad


@lru_cache(4_000)
def _read_hour(text: str) -> time:
    if not text:
        return _NOON
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise BadSale(NO_HOUR)
    hour, half = int(found[1]), (found[4] or "").lower()
    if half and not 1 <= hour <= _HALF_A_DAY:
        raise BadSale(NO_HOUR)
    hour = hour % _HALF_A_DAY + _HALF_A_DAY * (half == "p") if half else hour
    try:
        return time(hour, int(found[2]), int(found[3] or 0))
    except ValueError as error:
        raise BadSale(NO_HOUR) from error
