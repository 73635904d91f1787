"""Numbers that a country has changed the spelling of: the older ones and today's are one person's number.

The library knows today's only, each change the years since: people's address books and messages that come in keep the
older ones for decades.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from .phone_lines import is_number


class _Change(NamedTuple):
    """How numbers of a country were written, digits without a plus, and how they are written today."""

    older: str
    today: str
    way_back: tuple[str, str] | None = None
    """Today's, and the older one that was a number in its time; None for what was only a way to dial it."""


# Its old prefixes of three digits, and those of two that took their place from September 2018 on.
_VIETNAM = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    "186": "56",
    "188": "58",
    "199": "59",
}


def _prefixed(older: str, added: str, code: str) -> _Change:
    """Return the change of a country that put digits before its numbers."""
    return _Change(rf"{code}({older})", rf"{code}{added}\1", (rf"{code}{added}({older})", rf"{code}\1"))


_CHANGES: Mapping[int, tuple[_Change, ...]] = {
    # Mexico dials a mobile number like any other since August 2019, without 1, 044 and 045 before it.
    52: (
        _Change(r"521(\d{10})", r"52\1", (r"52(\d{10})", r"521\1")),
        _Change(r"52(?:01|04[45])(\d{10})", r"52\1"),
    ),
    # In Argentina 9 from abroad, or 15 after the area at home, say that a line is mobile, and many write neither. No
    # line has the number of another but for these.
    54: (
        _Change(r"549(0?(?=\d{12}$)\d{2,4}15\d{6,8})", r"54\1"),
        _Change(r"5490(\d{10})", r"549\1"),
        _Change(r"54([1-3]\d{9})", r"549\1", (r"549([1-3]\d{9})", r"54\1")),
    ),
    # Brazil put a 9 before the eight digits of a mobile line from 2012 to 2016. The trunking lines that kept eight,
    # and that the library still knows, were switched off in 2018.
    55: (_Change(r"55(\d\d)([6-9]\d{7})", r"55\g<1>9\2", (r"55(\d\d)9([6-9]\d{7})", r"55\1\2")),),
    # Chile and Ecuador put one before the eight of theirs, in 2012 or so.
    56: (_prefixed(r"[89]\d{7}", "9", "56"),),
    593: (_prefixed(r"[89]\d{7}", "9", "593"),),
    # Colombia's lines in houses have a 60 before them since September 2021. Mobile lines never changed, but for what
    # was dialled before them, and a country's code that is written twice.
    57: (
        _Change(r"57([124-8]\d{7})", r"5760\1"),
        _Change(r"57(?:57|0)(3\d{9})", r"57\1"),
    ),
    84: tuple(
        _Change(rf"84{older}(\d{{7}})", rf"84{today}\1", (rf"84{today}(\d{{7}})", rf"84{older}\1"))
        for older, today in _VIETNAM.items()
    ),
    # Côte d'Ivoire, January 2021: the operator, which the second digit tells, before the eight digits.
    225: (
        _prefixed(r"[04-9][789]\d{6}", "07", "225"),
        _prefixed(r"[04-9][456]\d{6}", "05", "225"),
        _prefixed(r"[04-9][0-3]\d{6}", "01", "225"),
    ),
    # Benin, November 2024.
    229: (_prefixed(r"\d{8}", "01", "229"),),
    # Mauritius, September 2013; of its lines in houses, none begins so.
    230: (_prefixed(r"[79]\d{6}", "5", "230"),),
    # Cameroon, November 2014.
    237: (_prefixed(r"[5-9]\d{7}", "6", "237"),),
    # Gabon, 2019: 06 12 34 56 became 066 12 34 56, whose 0 nobody dials from abroad.
    241: (
        _Change(r"2410?([256]\d{6})", r"2416\1", (r"2416([256]\d{6})", r"2410\1")),
        _Change(r"2410?([47]\d{6})", r"2417\1", (r"2417([47]\d{6})", r"2410\1")),
    ),
    # Kosovo had lines under the code of Slovenia until it got one of its own, in 2017.
    386: (_Change(r"386(49\d{6})", r"383\1", (r"383(49\d{6})", r"386\1")),),
    # Palestine's mobile lines are reached by Israel's code too.
    972: (_Change(r"972(5[69]\d{7})", r"970\1", (r"970(5[69]\d{7})", r"972\1")),),
}
CHANGED_CODES = tuple(_CHANGES)
"""Of the countries some of whose numbers are written otherwise today."""

_MOST_CHANGES = 3
"""Numbers of Argentina may be written with all of it: 9, 0 and 15."""

_WAYS_BACK: dict[str, list[tuple[str, str]]] = defaultdict(list)
"""By the first two digits of today's numbers: hardly any number has changed."""
for _change in chain.from_iterable(_CHANGES.values()):
    if _change.way_back:
        _WAYS_BACK[_change.way_back[0][:2]].append(_change.way_back)


def read(dialled: str, region: str | None) -> PhoneNumber | None:
    """Read digits, with a plus or as dialled in a country, as today's number; None where they are none of any kind."""
    number = _parsed(dialled, region)
    for _ in range(_MOST_CHANGES):
        if number is None or (changed := _changed(number)) is None:
            break
        number = changed
    return number if number is not None and is_number(number) else None


def older_digits(country_code: int) -> str:
    """Return the pattern of the older spellings of a country's numbers, with its code; of nothing where it has none."""
    return "|".join(change.older for change in _CHANGES.get(country_code, ())) or r"(?!)"


def older_spellings(e164: str) -> tuple[str, ...]:
    """Return the numbers that today's number was before."""
    return tuple(older for older in _turned_back(e164.removeprefix("+")) if _is_today(older, e164))


def _changed(number: PhoneNumber) -> PhoneNumber | None:
    """Return the number that another became; None for one that did not change."""
    for change in _CHANGES.get(number.country_code or 0, ()):
        if found := re.fullmatch(change.older, _digits(number)):
            changed = _parsed(f"+{found.expand(change.today)}", None)
            if changed is not None and is_number(changed):
                return changed
    return None


def _parsed(dialled: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, region)
    except NumberParseException:
        return None


def _digits(number: PhoneNumber) -> str:
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


def _turned_back(digits: str) -> Iterator[str]:
    for today, older in _WAYS_BACK.get(digits[:2], ()):
        if found := re.fullmatch(today, digits):
            yield f"+{found.expand(older)}"


def _is_today(older: str, e164: str) -> bool:
    number = read(older, None)
    return number is not None and phonenumbers.format_number(number, PhoneNumberFormat.E164) == e164
