"""How numbers, money, moments and reasons are written for people, in the language of the request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import ceil, inf
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    TIMEDELTA_UNITS,
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_month_names,
    get_timezone_location,
)
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from flask import g
from flask_babel import format_datetime, get_locale, get_timezone, gettext

from ..client_files.refusals import Refused
from ..models.types import utc_now
from ..sending.faults import RECEIPT_FAULTS, UNKNOWN_RECEIPT_FAULT
from ..values import phone
from ..values.phone_lines import PhoneProblem
from ..values.pseudonym import is_pseudonym
from ..values.text import translatable

_REMEMBERED = 4_096
"""How many days, hours of a day and spans of time are kept as they were written: lists show the same ones again."""
_NAMED = 20
_UNITS = (("day", 86_400, 1_000_000), ("hour", 3_600, 24), ("minute", 60, 60), ("second", 1, 60))
"""How many seconds each has, and how many of it the next one has."""
_NEAR = timedelta(minutes=2)
_WEEK = 7
_LONGEST_THING = 40
_NO_CENTS_FROM = 1_000
_SHOWN_FIRST, _SHOWN_LAST = 3, 2
"""Digits of a masked number, beside those of its country."""
_WHY_NO_SMS = {
    PhoneProblem.EMPTY: translatable("No number"),
    PhoneProblem.UNREADABLE: translatable("Not a mobile number"),
    PhoneProblem.SEVERAL: translatable("More than one number: keep one"),
    PhoneProblem.EXTENSION: translatable("Leave out the extension"),
    PhoneProblem.SHORT_CODE: translatable("Short code, not mobile"),
    PhoneProblem.LANDLINE: translatable("A landline gets no SMS"),
    PhoneProblem.TOLL_FREE: translatable("Toll-free line, not mobile"),
    PhoneProblem.PREMIUM: translatable("Premium-rate line, not mobile"),
    PhoneProblem.SHARED_COST: translatable("Shared-cost line, not mobile"),
    PhoneProblem.VOIP: translatable("Internet phone, not mobile"),
    PhoneProblem.PERSONAL: translatable("It forwards calls, not mobile"),
    PhoneProblem.PAGER: translatable("Pager, not mobile"),
    PhoneProblem.COMPANY: translatable("Company line, not mobile"),
    PhoneProblem.VOICEMAIL: translatable("Voice mailbox, not mobile"),
    PhoneProblem.SATELLITE: translatable("Satellite phone, no SMS"),
}


def number(value: float | Decimal) -> str:
    """Write a number as the locale does: `1.240`."""
    return format_decimal(value, locale=get_locale())


def money(value: Decimal) -> str:
    """Write an amount of pesos, with cents only where there are some: `$ 59.900`, which no end of a line parts."""
    pattern = "¤\xa0#,##0" if value == value.to_integral_value() else "¤\xa0#,##0.00"
    return format_currency(value, "COP", format=pattern, locale=get_locale(), currency_digits=False).replace("COP", "$")


def rough_money(value: Decimal) -> str:
    """Write an amount of pesos where it is read at a glance: from a thousand on without its cents."""
    return money(value.quantize(Decimal(1), ROUND_HALF_UP) if abs(value) >= _NO_CENTS_FROM else value)


def phone_number(value: str) -> str:
    """Write a number for people; of one that is erased, that it is."""
    return str(gettext("erased number")) if is_pseudonym(value) else phone.display(value)


def masked_number(value: str) -> str:
    """Write a number so that its owner knows it and nobody else learns it: `+57 300 ··· ··67`."""
    country, _, rest = phone.display(value).partition(" ")
    places = [place for place, sign in enumerate(rest) if sign.isdigit()]
    shown = {*places[: _SHOWN_FIRST if len(places) > _SHOWN_FIRST + 2 * _SHOWN_LAST else 0], *places[-_SHOWN_LAST:]}
    hidden = set(places) - shown
    return f"{country} {''.join('·' if place in hidden else sign for place, sign in enumerate(rest))}"


def no_sms_reason(problem: PhoneProblem) -> str:
    """Write why no SMS goes to a number, in a few words."""
    return str(gettext(_WHY_NO_SMS[problem]))


def moment(value: datetime) -> str:
    """Write a moment in the account's zone: `22 nov 2026, 10:30 a. m.`."""
    locale, zone = _reader()
    local = value.astimezone(zone)
    return f"{_day(local.date(), locale)}, {_hour(local.hour, local.minute, locale)}"


@lru_cache(_REMEMBERED)
def _day(day: date, locale: Locale) -> str:
    return format_date(day, "d MMM y", locale=locale)


@lru_cache(_REMEMBERED)
def _hour(hour: int, minute: int, locale: Locale) -> str:
    return format_time(time(hour, minute), "h:mm a", locale=locale)


def _reader() -> tuple[Locale, tzinfo]:
    """Return the locale and the zone of who reads, looked up once: that takes as long as writing a moment."""
    found: tuple[Locale, tzinfo] | None = g.get("reader")
    if found is None:
        found = g.reader = get_locale(), get_timezone()
    return found


def place_of_clock() -> str:
    """Name the place whose clock the account goes by: `Bogotá`."""
    return str(get_timezone_location(get_timezone(), locale=get_locale(), return_city=True))


def capitalize_first(text: str) -> str:
    """Write a sentence's first letter in capitals, and leave the others as they are."""
    return text[:1].upper() + text[1:]


def full_moment(value: datetime) -> str:
    """Write a moment out, in the account's zone: `viernes 4 de diciembre, 10:00 a. m., hora de Bogotá`."""
    zone = get_timezone()
    local = value.astimezone(zone)
    this_year = local.year == utc_now().astimezone(zone).year
    pattern = gettext("EEEE, MMMM d, h:mm a") if this_year else gettext("EEEE, MMMM d, y, h:mm a")
    when = format_datetime(value, pattern)
    return str(gettext("%(moment)s, %(place)s time", moment=when, place=place_of_clock()))


def near_moment(value: datetime) -> str:
    """Write a moment to come as people say it, in the account's zone: `el lunes a las 8:00 a. m.`."""
    zone = get_timezone()
    days = (value.astimezone(zone).date() - utc_now().astimezone(zone).date()).days
    if days == 0:
        return str(format_datetime(value, gettext("'today at' h:mm a")))
    pattern = gettext("EEEE 'at' h:mm a") if days < _WEEK else gettext("EEEE, MMMM d 'at' h:mm a")
    return str(format_datetime(value, pattern))


def clock_time(minutes: int) -> str:
    """Write an hour that is given in minutes after midnight: `8:00 a. m.`."""
    return _hour(minutes // 60 % 24, minutes % 60, get_locale())


def until(value: datetime) -> str:
    """Write how long it is until a moment: `dentro de 5 días`."""
    left = max(value - utc_now(), timedelta())
    return format_timedelta(left, add_direction=True, threshold=1, locale=get_locale())


def countdown(value: datetime) -> str:
    """Write exactly how long it is until a moment, in its two largest units: `4 días, 6 horas`."""
    left = max(ceil((value - utc_now()).total_seconds()), 0)
    counts = [(unit, left // seconds % most) for unit, seconds, most in _UNITS]
    first = next((place for place, (_, count) in enumerate(counts) if count), len(counts) - 1)
    largest, *others = counts[first : first + 2]
    told = [largest, *(each for each in others if each[1])]
    return ", ".join(format_unit(count, f"duration-{unit}", "long", locale=get_locale()) for unit, count in told)


def is_near(value: datetime) -> bool:
    """Return whether a moment to come is so near that seconds are counted."""
    return value - utc_now() < _NEAR


def day_and_month(value: date) -> str:
    """Write a day of this year or the next: `1 de diciembre`."""
    return format_skeleton("MMMMd", datetime.combine(value, time()), locale=get_locale())


def day_name(value: date) -> str:
    """Write a day of a month that is named beside it: `viernes, 4 de diciembre`."""
    weekday = get_locale().days["stand-alone"]["wide"][value.weekday()]
    return f"{weekday}, {day_and_month(value)}"


def short_month(value: date) -> str:
    """Write a month where there is little room: `nov`."""
    return str(get_month_names("abbreviated", locale=get_locale(), context="stand-alone")[value.month])


def month_name(value: date) -> str:
    """Write a day's month: `diciembre de 2026`."""
    return format_skeleton("yMMMM", datetime.combine(value, time()), locale=get_locale())


def name_of_month(month: int) -> str:
    """Write the name of a month: `diciembre`."""
    return str(get_month_names(locale=get_locale(), context="stand-alone")[month])


def country_name(code: str) -> str:
    """Write the name of a country, of which its two letters are given: `Colombia`."""
    return str(get_locale().territories.get(code) or gettext("numbers of no country"))


def ago(value: datetime) -> str:
    """Write how long ago a moment is: `hace 5 minutos`."""
    elapsed = max((utc_now() - value).total_seconds(), 1)
    unit, seconds = next(each for each in TIMEDELTA_UNITS if elapsed >= each[1])
    return _ago(round(elapsed / seconds) * seconds, unit, _reader()[0])


@lru_cache(_REMEMBERED)
def _ago(seconds: int, unit: Any, locale: Locale) -> str:
    # In this unit and no other: 6.6 days are seven days, and no week.
    span = timedelta(seconds=-seconds)
    return format_timedelta(span, granularity=unit, threshold=inf, add_direction=True, locale=locale)


def reason(sentence: str | None, code: int | None = None) -> str:
    """Write a stored reason in the reader's language, with Twilio's code: `El número no existe (21211)`."""
    if not sentence:
        return ""
    translated = str(gettext(sentence))
    return f"{translated} ({code})" if code else translated


def refusal(stored: str | None) -> str:
    """Write in the reader's language why a file was refused, as it is stored."""
    if not stored:
        return ""
    refused = Refused.from_text(stored)
    return str(gettext(refused.sentence, row=refused.row))


def receipt_reason(code: int) -> str:
    """Write why a handset did not get a message, with Twilio's code."""
    return reason(RECEIPT_FAULTS.get(code, UNKNOWN_RECEIPT_FAULT), code)


def time_left(seconds: tuple[float, float] | None) -> str:
    """Write how long something will still take, as a range: `faltan de 2 a 4 minutos`."""
    if seconds is None:
        return ""
    least, most = (
        format_timedelta(timedelta(seconds=ceil(end)), threshold=1.5, locale=get_locale()) for end in seconds
    )
    if least == most:
        return str(gettext("about %(time)s left", time=most))
    first, _, unit = least.partition(" ")
    if unit == most.partition(" ")[2]:
        least = first
    return str(gettext("%(least)s to %(most)s left", least=least, most=most))


def some_of(things: Sequence[object]) -> str:
    """Name the first of many things, each in a few characters, and count the others: `1, 2, 3 y 40 más`."""
    named = ", ".join(str(thing)[:_LONGEST_THING] for thing in things[:_NAMED])
    others = len(things) - _NAMED
    return str(gettext("%(named)s and %(count)s more", named=named, count=number(others))) if others > 0 else named


def local_iso(value: datetime, zone: ZoneInfo) -> str:
    """Write a moment as ISO 8601 to the second, with the zone's UTC offset."""
    return value.astimezone(zone).isoformat(timespec="seconds")
