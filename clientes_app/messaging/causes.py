"""What makes an SMS dearer than its length alone would: kinds of characters, for people to be told of."""

import math
import unicodedata
from enum import StrEnum

from . import gsm7
from .sms_parts import Encoding, measure

_ALONE, _PART = 160, 153
# Joiners, variation selectors, the keycap: they are seen as part of an emoji.
_PARTS_OF_EMOJI = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_FIRST_PICTOGRAPH = 0x1F000


class Cause(StrEnum):
    """A kind of characters that take more room than a plain letter."""

    ACCENTS = "accents"
    EMOJI = "emoji"
    LETTERS = "letters"
    SIGNS = "signs"
    DOUBLES = "doubles"
    """Those of the GSM alphabet that count for two."""


def causes(text: str) -> tuple[Cause, ...]:
    """Return the kinds of characters for which a text takes more parts than as many plain letters, as they appear."""
    text = unicodedata.normalize("NFC", text)
    measured = measure(text)
    if measured.parts <= _plain_parts(measured.characters):
        return ()
    if measured.encoding is Encoding.GSM_7:
        return (Cause.DOUBLES,)
    return tuple(dict.fromkeys(_kind(text[place]) for place in measured.costly))


def _plain_parts(characters: int) -> int:
    return min(characters, 1) if characters <= _ALONE else math.ceil(characters / _PART)


def _kind(character: str) -> Cause:
    if _is_pictograph(character):
        return Cause.EMOJI
    if unicodedata.category(character).startswith("M") or _is_accented(character):
        return Cause.ACCENTS
    return Cause.LETTERS if _is_letter(character) else Cause.SIGNS


def _is_pictograph(character: str) -> bool:
    if character in _PARTS_OF_EMOJI:
        return True
    is_symbol = unicodedata.category(character) in ("So", "Sk", "Cn")
    return is_symbol and (ord(character) >= _FIRST_PICTOGRAPH or "\u2600" <= character <= "\u27bf")


def _is_accented(character: str) -> bool:
    plain = gsm7.approximate(character)
    return _is_letter(character) and plain.isascii() and plain.isalpha()


def _is_letter(character: str) -> bool:
    """Return whether it is a letter of its own, and no sign made of one such as "º"."""
    return character.isalpha() and not unicodedata.decomposition(character).startswith("<")
