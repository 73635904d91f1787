"""Telephone numbers as people write them, read as numbers that can receive an SMS."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberFormat, PhoneNumberType

# Spaces of every width, dashes, dots, brackets and slashes, and the invisible direction marks
# that contact books leave around a number that was copied from them.
_SEPARATORS = re.compile(
    r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\-\u2010-\u2015\u2212\uff0d"
    r".\uff0e()\uff08\uff09/"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
_LONGEST = 250
"""Characters of a text that may be a number; the library refuses longer ones as well."""

_DIALLED = re.compile(r"([+\uff0b]?)(\d+)")
_COLOMBIAN_MOBILE = re.compile(r"\+57(3\d\d)(\d{3})(\d{4})")


class PhoneProblem(StrEnum):
    """Why a stored number cannot be sent to."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"
    LANDLINE = "landline"


def to_e164(text: str, region: str) -> str | None:
    """Return the E.164 form of a number that can receive an SMS, None for any other text.

    `region` is the ISO 3166 code of the country that a number without a country code belongs to.
    Twilio's test numbers pass: https://www.twilio.com/docs/iam/test-credentials
    """
    compact = text if text.isdecimal() else _SEPARATORS.sub("", text)
    plain = _plain_mobiles(region)
    national = compact.removeprefix(plain.plus)
    if national.isascii() and plain.national.fullmatch(national) and not plain.prefix.match(national):
        return plain.plus + national
    return read_e164(text, region)


def read_e164(text: str, region: str) -> str | None:
    """Return what `to_e164` returns, read by the library whole: 50 times slower for a plain mobile number."""
    number = _read(text, region)
    if isinstance(number, PhoneProblem):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def problem(text: str, region: str) -> PhoneProblem | None:
    """Return why `text` cannot be sent to, None for a number that can receive an SMS."""
    number = _read(text, region)
    return number if isinstance(number, PhoneProblem) else None


def display(e164: str) -> str:
    """Return a number of `to_e164` in groups, as people read it: +57 300 123 4567."""
    # The library writes +57 300 1234567; Colombians read a mobile number in threes.
    if colombian := _COLOMBIAN_MOBILE.fullmatch(e164):
        return " ".join(("+57", *colombian.groups()))
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def country(e164: str) -> str:
    """Return the two letters of the country that a number of `to_e164` belongs to, "" where nobody knows."""
    regions = _regions(e164)
    if len(regions) < 2:
        return "".join(regions)
    # Several countries share the code, as those of North America share +1.
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""


def mask(e164: str) -> str:
    """Return a number for the log, with its country code and last two digits only: +57********67.

    A text that is no number is hidden whole.
    """
    try:
        prefix = f"+{phonenumbers.parse(e164).country_code}"
    except NumberParseException:
        return "*" * len(e164)
    return prefix + "*" * (len(e164) - len(prefix) - 2) + e164[-2:]


@dataclass(frozen=True)
class _PlainMobiles:
    """What the library knows of a country's mobile numbers, written without a country code."""

    plus: str
    national: re.Pattern[str]
    prefix: re.Pattern[str]
    """What the library would take away or rewrite before it looks at the number."""


@cache
def _plain_mobiles(region: str) -> _PlainMobiles:
    nothing = r"(?!)"
    metadata = PhoneMetadata.metadata_for_region(region)
    mobile = metadata.mobile.national_number_pattern if metadata and metadata.mobile else None
    prefix = metadata.national_prefix_for_parsing if metadata else None
    return _PlainMobiles(
        plus=f"+{phonenumbers.country_code_for_region(region)}",
        national=re.compile(mobile or nothing),
        prefix=re.compile(prefix or nothing),
    )


def _regions(e164: str) -> tuple[str, ...]:
    """Return the countries that share the number's country code: no such code begins another one."""
    codes = (int(e164[1:end]) for end in (2, 3, 4) if e164[1:end].isdecimal())
    shared = (phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code) for code in codes)
    return next((regions for regions in shared if regions), ())


def _read(text: str, region: str) -> PhoneNumber | PhoneProblem:
    compact = _SEPARATORS.sub("", text[: _LONGEST + 1])
    if len(text) > _LONGEST:
        return PhoneProblem.UNREADABLE
    if not compact.strip():
        return PhoneProblem.EMPTY
    # The library alone would guess: it turns letters into digits and takes the first of two numbers.
    dialled = _DIALLED.fullmatch(compact)
    if dialled is None:
        return PhoneProblem.UNREADABLE
    try:
        number = phonenumbers.parse(_dialable(*dialled.groups()), region)
    except NumberParseException:
        return PhoneProblem.UNREADABLE
    return _problem_of_line(number) or number


def _dialable(plus: str, written: str) -> str:
    digits = "".join(str(unicodedata.decimal(digit)) for digit in written)
    if plus:
        return "+" + digits
    # Colombians dial 00 and a carrier's digit, so the library reads 0057... as 005 and Russia's 7.
    # Whoever stores 00 means the international prefix that the ITU recommends.
    if digits.startswith("00"):
        return "+" + digits.removeprefix("00")
    return digits


def _problem_of_line(number: PhoneNumber) -> PhoneProblem | None:
    line = phonenumbers.number_type(number)
    # The library calls exactly those numbers unknown that are not valid.
    if line == PhoneNumberType.UNKNOWN:
        return PhoneProblem.UNREADABLE
    if line == PhoneNumberType.FIXED_LINE:
        return PhoneProblem.LANDLINE
    return None
