"""Telephone numbers as people write them, read as numbers that can receive an SMS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberFormat, shortnumberinfo

from . import phone_changes, phone_spelling
from .phone_lines import PhoneProblem, problem_of
from .phone_spelling import SEPARATORS

_LONGEST = 250
"""Characters of a text that may be a number; the library refuses longer ones as well."""
_LONGEST_CODE = len("+593")
_SHORT_CODE = range(5, 7)
"""Digits of the codes by which services send and get messages, whatever the library knows of them."""

_DECIMALS = (".0", ",0")
_COLOMBIAN_MOBILE = re.compile(r"\+57(3\d\d)(\d{3})(\d{4})")
_OTHER_LINES = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")


def to_e164(text: str, region: str) -> str | None:
    """Return the E.164 form of a number that can receive an SMS, None for any other text.

    `region` is the ISO 3166 code of the country that a number without a country code belongs to.
    """
    compact = text if text.isdecimal() else SEPARATORS.sub("", text)
    plain = None if text.endswith(_DECIMALS) else plain_e164(compact, region)
    return plain or read_e164(text, region)


def plain_e164(compact: str, region: str) -> str | None:
    """Return the E.164 form of a mobile number of the region, written without separators; None for any other text."""
    plain = _plain_mobiles(region)
    national = compact.removeprefix(plain.plus)
    return plain.plus + national if plain.knows(national) else None


def read_e164(text: str, region: str) -> str | None:
    """Return what `to_e164` returns, read by the library whole: 50 times slower for a plain mobile number."""
    number = _read(text, region)
    if isinstance(number, PhoneProblem) or problem_of(number):
        return None
    return _e164(number)


def any_e164(text: str, region: str) -> str | None:
    """Return the E.164 form of a number of any kind of line, None for a text that is not one number."""
    number = _read(text, region)
    return None if isinstance(number, PhoneProblem) else _e164(number)


def of_today(e164: str) -> str:
    """Return a number with its plus as its country writes it today; what is no number stays as it is."""
    number = phone_changes.read(e164, None)
    return e164 if number is None else _e164(number)


def problem(text: str, region: str) -> PhoneProblem | None:
    """Return why `text` cannot be sent to, None for a number that can receive an SMS."""
    number = _read(text, region)
    return number if isinstance(number, PhoneProblem) else problem_of(number)


def shortened(text: str, region: str, longest: int) -> str:
    """Return a number that is written longer than is stored in a shorter spelling, any other text as it is."""
    if len(text) <= longest:
        return text
    e164 = any_e164(text, region)
    if e164 is None:
        return text
    shown = display(e164)
    return shown if len(shown) <= longest else e164


def display(e164: str) -> str:
    """Return a number of `to_e164` in groups, as people read it: +57 300 123 4567."""
    # The library writes +57 300 1234567; Colombians read a mobile number in threes.
    if colombian := _COLOMBIAN_MOBILE.fullmatch(e164):
        return " ".join(("+57", *colombian.groups()))
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def country(e164: str) -> str:
    """Return the two letters of the country that a number of `to_e164` belongs to, "" where nobody knows."""
    regions = _regions(e164[:_LONGEST_CODE])
    if len(regions) < 2:
        return "".join(regions)
    # Several countries share the code, as those of North America share +1.
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""


@dataclass(frozen=True)
class _PlainMobiles:
    """What the library knows of a country's mobile numbers, written without a country code."""

    plus: str
    national: re.Pattern[str]
    others: re.Pattern[str]
    """What is taken away or rewritten before the number is looked at, and numbers of other lines."""
    older: re.Pattern[str]
    """Numbers with their country that are written otherwise today."""

    def knows(self, national: str) -> bool:
        """Return whether a number without its country is that of a mobile line, as it stands."""
        return (
            national.isascii()
            and self.national.fullmatch(national) is not None
            and not self.others.match(national)
            and not self.older.fullmatch(self.plus[1:] + national)
        )


@cache
def _plain_mobiles(region: str) -> _PlainMobiles:
    nothing = r"(?!)"
    code = phonenumbers.country_code_for_region(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    mobile = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    prefix = metadata.national_prefix_for_parsing if metadata else None
    lines = (getattr(metadata, line, None) for line in _OTHER_LINES)
    others = [line.national_number_pattern for line in lines if line and line.national_number_pattern]
    return _PlainMobiles(
        plus=f"+{code}",
        national=re.compile(mobile or nothing),
        others=re.compile(rf"{prefix or nothing}|(?:{'|'.join(others) or nothing})$"),
        older=re.compile(phone_changes.older_digits(code)),
    )


@cache
def _regions(beginning: str) -> tuple[str, ...]:
    """Return the countries that share the country code with which a number begins: none begins another one."""
    codes = (int(beginning[1:end]) for end in (2, 3, 4) if beginning[1:end].isdecimal())
    shared = (phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code) for code in codes)
    return next((regions for regions in shared if regions), ())


def _read(text: str, region: str) -> PhoneNumber | PhoneProblem:
    """Read a text as one number of any kind of line."""
    if len(text) > _LONGEST:
        return PhoneProblem.UNREADABLE
    if not SEPARATORS.sub("", text).strip():
        return PhoneProblem.EMPTY
    bare = phone_spelling.bare(text)
    number = _number(bare, region)
    return _unread(bare, region) if number is None else number


def _number(text: str, region: str) -> PhoneNumber | None:
    dialled = phone_spelling.dialled(text)
    return None if dialled is None else phone_changes.read(dialled, region)


def _unread(bare: str, region: str) -> PhoneNumber | PhoneProblem:
    """Say what a text is that is no number as it stands, or return the one number that it says twice."""
    before = phone_spelling.without_extension(bare)
    main = before and _number(before, region)
    if main:
        return problem_of(main) or PhoneProblem.EXTENSION
    for left, right in phone_spelling.splits(bare):
        if number := _number(left, region):
            return number if _number(right, region) == number else PhoneProblem.SEVERAL
    if phone_spelling.is_several(bare):
        return PhoneProblem.SEVERAL
    return PhoneProblem.SHORT_CODE if _is_short(bare, region) else PhoneProblem.UNREADABLE


def _is_short(bare: str, region: str) -> bool:
    dialled = phone_spelling.dialled(bare) or ""
    if not dialled.isdecimal() or len(dialled) not in range(3, _SHORT_CODE.stop):
        return False
    code = PhoneNumber(country_code=phonenumbers.country_code_for_region(region), national_number=int(dialled))
    return len(dialled) in _SHORT_CODE or shortnumberinfo.is_valid_short_number(code)


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
