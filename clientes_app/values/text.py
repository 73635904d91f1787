"""Text as people type it, made safe to store and easy to find."""

from __future__ import annotations

import re
import unicodedata

from .unseen import without_unseen

MOST_MARKS = 30
"""How many marks one letter keeps: what the Stream-Safe Text Format allows, more than any language writes.

Bringing text into a normal form takes time by the square of the marks in a row, and stops every other thread.
https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
"""

# Every character with a combining class lies between these; the accents of Latin letters come first.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x20000)) if unicodedata.combining(mark))
_TOO_MANY_MARKS = re.compile(f"[{_MARKS}][{_MARKS}]{{{MOST_MARKS},}}")
# Looked for first, because it takes a fiftieth of the time, and hardly any text has it.
_MAY_BE_MARKS = re.compile(f"[\u0300-\U0001ffff][\u0300-\U0001ffff]{{{MOST_MARKS}}}")
# The accents of Latin letters: without them, nearly every name is ASCII.
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]+")
_LINE_BREAKS = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS_IN_A_LINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")


def composed(text: str) -> str:
    """Return the text in Unicode form NFC, with no more marks on a letter than `MOST_MARKS`."""
    return unicodedata.normalize("NFC", _with_few_marks(text))


def decomposed(text: str) -> str:
    """Return the text in Unicode form NFKD, with no more marks on a letter than `MOST_MARKS`."""
    return unicodedata.normalize("NFKD", _with_few_marks(text))


def clean_line(text: str | None) -> str:
    """Return one line: NFC, nothing that cannot be seen, no white space around; control characters part words."""
    text = text or ""
    return text.strip() if text.isascii() and text.isprintable() else _clean(text, _CONTROLS)


def clean_block(text: str | None) -> str:
    """Return lines of text: NFC, nothing that cannot be seen but line breaks, no white space around."""
    text = text or ""
    for found, wanted in _LINE_BREAKS.items():
        text = text.replace(found, wanted)
    return _clean(text, _CONTROLS_IN_A_LINE)


def fold(text: str) -> str:
    """Return the text without accents and case, for searching: "María" is found by "maria"."""
    if text.isascii():
        return text.lower()
    # Not the other way round: many a capital letter comes to light by decomposing alone, as those of "𝗕𝗔𝗝𝗔" do.
    letters_and_marks = decomposed(text).casefold()
    plain = _LATIN_ACCENTS.sub("", letters_and_marks)
    if plain.isascii():
        return plain
    return "".join(character for character in letters_and_marks if not unicodedata.combining(character))


def _clean(text: str, controls: re.Pattern[str]) -> str:
    seen = without_unseen(composed(controls.sub(" ", text)))
    # What was taken out may have parted a letter from its mark.
    return composed(seen).strip()


def _with_few_marks(text: str) -> str:
    if not _MAY_BE_MARKS.search(text):
        return text
    return _TOO_MANY_MARKS.sub(lambda run: run[0][:MOST_MARKS], text)


def translatable(text: str) -> str:
    """Mark a sentence that is stored or declared here and translated where it is shown."""
    return text
