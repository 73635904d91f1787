"""What people write around and within a telephone number, and where one number ends and another begins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, pairwise

# Spaces of every width, dashes, dots, brackets, slashes and the marks between thousands, and the invisible direction
# marks that contact books leave around a number that was copied from them.
SEPARATORS = re.compile(
    r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d~"
    r".,;:'\"_/|\\()\[\]{}<>\u00b4\u00b7\u2018-\u201d\u2022\u30fb"
    r"\uff08\uff09\uff0c\uff0e\uff0f\uff1a\uff1b\uff3b\uff3d"
    r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)

_WORD = (
    r"(?:tel[eé]fonos?|tels?|celular(?:es)?|cels?|m[oó]vil(?:es)?|mobile|cell(?:phone)?|mob|phone|fono|"
    r"whats\s?app|whats|wsp|wpp|wa|sms|callto|contacto|n[uú]mero|n[uú]m|nro|no\.|n[°º]|#|[tcmpw]\s?[.:])"
)
_NOT_AROUND = r"\w+\x00-\x1f\x7f-\x9f$€£¥%=@&"
"""Control characters, and what makes an amount, a share or an address of digits."""

# A word may stand next to the digits, but no letter may stand next to a word.
_BEFORE = re.compile(rf"^(?:[^{_NOT_AROUND}]*(?<!\w){_WORD})*[^{_NOT_AROUND}]*(?=[\d+]|$)", re.IGNORECASE)
_AFTER = re.compile(rf"(?<=\d)(?:[^{_NOT_AROUND}]*{_WORD}(?!\w))*[^{_NOT_AROUND}]*$", re.IGNORECASE)
_LINK = re.compile(r"^\s*(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)\+?", re.IGNORECASE)
_AS_DECIMAL = re.compile(r"\s*(\+?\d{7,})[.,]0+\s*")
_EXTENSION = re.compile(
    r"[\s,;.(\-]*(?:\bext(?:ensi[oó]n|n)?|\bint(?:erno)?|\banexo|\bx|ext|x|#)[\s.:=]*\d{1,7}\W*$", re.IGNORECASE
)
_DIALLED = re.compile(r"([+\uff0b]?)(\d+)")
_RUN = re.compile(r"[+\uff0b]?\d+")
_BETWEEN_NUMBERS = re.compile(r"[,;/|&\\\uff0c\uff0f\uff1b]|::+|[^\W\d_]+")
_FEWEST = 7
"""Digits that a number has which is not short."""
_MOST_PLACES = 20
"""Where it is tried whether a second number begins."""


def bare(text: str) -> str:
    """Return a text without what stands around a number: words such as Tel., marks, the 0 behind a decimal point."""
    text = _LINK.sub("+", text)
    if whole := _AS_DECIMAL.fullmatch(text):
        return whole[1]
    return _AFTER.sub("", _BEFORE.sub("", text))


def dialled(text: str) -> str | None:
    """Return the digits of a number, with a plus where it begins with its country; None for any other text."""
    # The library alone would guess: it turns letters into digits and takes the first of two numbers.
    found = _DIALLED.fullmatch(SEPARATORS.sub("", text))
    if found is None:
        return None
    plus, written = found.groups()
    digits = "".join(str(unicodedata.decimal(digit)) for digit in written)
    if plus:
        return "+" + digits
    # Colombians dial 00 and a carrier's digit, so the library reads 0057... as 005 and Russia's 7.
    # Whoever stores 00 means the international prefix that the ITU recommends.
    if digits.startswith("00"):
        return "+" + digits.removeprefix("00")
    return digits


def without_extension(text: str) -> str | None:
    """Return what stands before an extension, None where there is none."""
    found = _EXTENSION.search(text)
    return text[: found.start()] if found else None


def is_several(text: str) -> bool:
    """Return whether a text has more than one thing as long as a number, with a mark or a word between."""
    return sum(_count_digits(piece) >= _FEWEST for piece in _BETWEEN_NUMBERS.split(text)) > 1


def splits(text: str) -> Iterator[tuple[str, str]]:
    """Return the ways to part a text into two numbers: each time what comes before a run of digits, and the rest."""
    runs = list(islice(_RUN.finditer(text), _MOST_PLACES + 1))
    for before, after in pairwise(runs):
        left, right = text[: before.end()], text[after.start() :]
        if min(_count_digits(left), _count_digits(right)) >= _FEWEST:
            yield left, right


def _count_digits(text: str) -> int:
    return sum(character.isdecimal() for character in text)
