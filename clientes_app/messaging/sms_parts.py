"""The parts that an SMS is sent and billed in, and what would need fewer of them.

A text within the GSM 7-bit alphabet is counted in septets, 160 alone or 153 a part; any other in UTF-16
units, 70 alone or 67 a part. Neither an escaped septet nor a surrogate pair is split between two parts.
Sources: 3GPP TS 23.038 and 23.040; https://www.twilio.com/docs/glossary/what-sms-character-limit
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from . import gsm7

# Stands for a character of two units, so that a text can be cut by index. No text is confused with it:
# only characters beyond U+FFFF have its first half, and each of those has been replaced by it.
_PAIR = "\U00010000 "
_FIRST_HALF = _PAIR[0]


class Encoding(StrEnum):
    """How the network carries a text."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text takes as an SMS."""

    characters: int
    """Code points of the text in form NFC."""
    units: int
    """Septets in GSM-7, UTF-16 units in UCS-2."""
    encoding: Encoding
    parts: int
    """0 for an empty text."""
    remaining: int
    """Units left in the last part."""
    costly: tuple[int, ...]
    """Indexes in the NFC text of the characters that force UCS-2."""


@dataclass(frozen=True, slots=True)
class Saving:
    """A text that says the same in fewer parts."""

    text: str
    parts_before: int
    parts_after: int


@dataclass(frozen=True, slots=True)
class _Capacity:
    alone: int
    part: int
    double: re.Pattern[str]


_CAPACITY = {
    Encoding.GSM_7: _Capacity(alone=160, part=153, double=gsm7.EXTENDED),
    Encoding.UCS_2: _Capacity(alone=70, part=67, double=re.compile("[\U00010000-\U0010ffff]")),
}


def measure(text: str) -> Measure:
    """Count the characters, units and parts of a text as it is sent, in form NFC."""
    text = unicodedata.normalize("NFC", text)
    costly = tuple(match.start() for match in gsm7.FOREIGN.finditer(text))
    encoding = Encoding.UCS_2 if costly else Encoding.GSM_7
    capacity = _CAPACITY[encoding]
    units = capacity.double.sub(_PAIR, text)
    parts, remaining = _pack(units, capacity)
    return Measure(len(text), len(units), encoding, parts, remaining, costly)


def cheaper(text: str) -> str:
    """Return the text with each character that forces UCS-2 replaced by its closest GSM-7 form.

    A character without such a form, an emoji for one, stays as it is.
    """
    plain = gsm7.approximate(unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", plain)


def saving(text: str) -> Saving | None:
    """Return what `cheaper` saves, None where it saves no part."""
    plain = cheaper(text)
    before, after = measure(text).parts, measure(plain).parts
    return Saving(plain, before, after) if after < before else None


def highlight(text: str) -> list[tuple[str, bool]]:
    """Cut the NFC text into runs, each with whether its characters force UCS-2."""
    runs = groupby(unicodedata.normalize("NFC", text), key=_is_costly)
    return [("".join(characters), costly) for costly, characters in runs]


def _is_costly(character: str) -> bool:
    return gsm7.FOREIGN.match(character) is not None


def _pack(units: str, capacity: _Capacity) -> tuple[int, int]:
    if len(units) <= capacity.alone:
        return min(len(units), 1), capacity.alone - len(units)
    parts, start = 1, 0
    while len(units) - start > capacity.part:
        start += capacity.part
        if units[start - 1] == _FIRST_HALF:
            start -= 1
        parts += 1
    return parts, capacity.part - (len(units) - start)
