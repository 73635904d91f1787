"""What people type for a field, made canonical, and the keys by which the database compares it: pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ..models import TipoDeCampo
from ..values.days import read_day
from ..values.spelling import searchable
from ..values.text import clean_line, fold, translatable

LONGEST_VALUE = 200
LONGEST_OPTION, MOST_OPTIONS = 60, 50

TOO_LONG = translatable("Write at most 200 characters.")
NO_NUMBER = translatable("Write a number, such as 1.234,5.")
NO_DATE = translatable("Write a day such as 17/05/1990, or 17/05 without a year.")
NO_SUCH_DAY = translatable("There is no such day.")
MONTH_FIRST = translatable(
    "The month seems to come first. Days are read as day, month, year: look at the others of this kind too."
)
NO_CHOICE = translatable("Choose one of the options.")

_WHOLE, _DECIMALS = 18, 6
"""How many digits a number has before its decimal comma and after it, at most."""

# The sign, the digits before the decimals, and these: 1.234,5 1,234.5 1,234,567 1234.5
_NUMBERS = tuple(
    map(
        re.compile,
        (
            r"([+-]?)([1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?",
            r"([+-]?)([1-9]\d{0,2}(?:,\d{3})+)\.(\d+)",
            r"([+-]?)([1-9]\d{0,2}(?:,\d{3}){2,})()",
            r"([+-]?)(\d+)(?:[.,](\d+))?",
        ),
    )
)
_BESIDE_DIGITS = re.compile(r"cop|\$|\s", re.IGNORECASE)
_MINUS = str.maketrans("‐‑‒–—―−", "-" * 7)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_OF_EVERY_YEAR = re.compile(r"--(\d{2})-(\d{2})")
_IN_DIGITS = re.compile(r"(\d{1,2})\s*([/.\-])\s*(\d{1,2})(?:\s*\2\s*(\d{4}))?")
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:ro|o)?\s*(?:de\s+|[/.\-]\s*)?([a-z]{3,10})\.?(?:\s*(?:del?\s+|[,/.\-]\s*)?(\d{4}))?"
)
_MONTH_FIRST = re.compile(r"([a-z]{3,10})\.?\s+(\d{1,2})(?:\s*,?\s*(?:del?\s+)?(\d{4}))?")
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_ENGLISH = "january february march april may june july august september october november december"
_MONTHS = [*enumerate(_SPANISH.split(), 1), *enumerate(_ENGLISH.split(), 1), (9, "setiembre")]
_LEAP_YEAR = 2000
_MONTHS_OF_A_YEAR = 12


class BadValue(ValueError):
    """What was typed is no value of the field; the sentence that says so is still to be translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_value(kind: TipoDeCampo, options: Sequence[str], typed: str) -> str:
    """Return the canonical value of what somebody typed, "" for nothing.

    Raises BadValue.
    """
    text = clean_line(typed)
    if not text:
        return ""
    if len(text) > LONGEST_VALUE:
        raise BadValue(TOO_LONG)
    if kind is TipoDeCampo.NUMERO:
        return _read_number(text)
    if kind is TipoDeCampo.FECHA:
        return _read_date(text)
    return _read_choice(options, text) if kind is TipoDeCampo.OPCION else text


def number_value(number: Decimal) -> str:
    """Return a number as it is stored: rounded to so many decimals as are kept, without zeros that say nothing.

    Raises BadValue where it is too large.
    """
    if not number.is_finite() or abs(number) >= 10**_WHOLE - 1:
        raise BadValue(NO_NUMBER)
    text = f"{round(number, _DECIMALS):f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def sort_key(kind: TipoDeCampo, value: str) -> str:
    """Return that by which the database compares a canonical value with others of its field."""
    if kind is TipoDeCampo.NUMERO:
        return _number_key(Decimal(value))
    if kind is TipoDeCampo.FECHA:
        return f"0000{value[1:]}" if value.startswith("--") else value
    return searchable(value)[:LONGEST_VALUE]


def month_and_day(kind: TipoDeCampo, value: str) -> int | None:
    """Return the month and the day of a date as one number, 517 for the 17th of May; None where it is no date."""
    return int(value[-5:-3]) * 100 + int(value[-2:]) if kind is TipoDeCampo.FECHA else None


def _read_number(text: str) -> str:
    """Read a number as Colombians write it: a comma before decimals, points between thousands.

    A lone point counts as a comma where it cannot part thousands, as programs write it: 12.5.
    """
    plain = _BESIDE_DIGITS.sub("", text.translate(_MINUS))
    found = next(filter(None, (written.fullmatch(plain) for written in _NUMBERS)), None)
    if found is None:
        raise BadValue(NO_NUMBER)
    sign, whole, decimals = found.groups()
    return number_value(Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{decimals or '0'}"))


def _number_key(number: Decimal) -> str:
    """Return a text that is before another where the number is below the other's."""
    size = abs(number) if number >= 0 else 10**_WHOLE - abs(number)
    return f"{int(number >= 0)}{size:0{_WHOLE + _DECIMALS + 1}.{_DECIMALS}f}"


def _read_date(text: str) -> str:
    folded = fold(text)
    if found := _ISO.fullmatch(text):
        return _date_value(found[1], int(found[2]), int(found[3]))
    if found := _OF_EVERY_YEAR.fullmatch(text):
        return _date_value(None, int(found[1]), int(found[2]))
    if found := _IN_DIGITS.fullmatch(text):
        if int(found[1]) <= _MONTHS_OF_A_YEAR < int(found[3]):
            raise BadValue(MONTH_FIRST)
        return _date_value(found[4], int(found[3]), int(found[1]))
    if found := _IN_WORDS.fullmatch(folded):
        return _date_value(found[3], _month(found[2]), int(found[1]))
    if found := _MONTH_FIRST.fullmatch(folded):
        return _date_value(found[3], _month(found[1]), int(found[2]))
    raise BadValue(NO_DATE)


def _date_value(year: str | None, month: int, day: int) -> str:
    try:
        found = date(int(year or _LEAP_YEAR), month, day)
    except ValueError as error:
        raise BadValue(NO_SUCH_DAY) from error
    if read_day(found.isoformat()) is None:
        raise BadValue(NO_DATE)
    return found.isoformat() if year else f"--{month:02}-{day:02}"


def _month(word: str) -> int:
    """Return the month that a word means, by its name or the beginning of that.

    Raises BadValue where it means none.
    """
    found = next((month for month, name in _MONTHS if name.startswith(word)), None)
    if found is None:
        raise BadValue(NO_DATE)
    return found


def _read_choice(options: Sequence[str], text: str) -> str:
    for option in options:
        if searchable(option) == searchable(text):
            return option
    raise BadValue(NO_CHOICE)
