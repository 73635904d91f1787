"""Text as people type it, made safe to store and easy to find."""

from __future__ import annotations

import re
import unicodedata

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


# What nobody sees, and what turns or hides the text around it, is taken out. What languages and emoji write with
# stays: joiners between letters that have them, the signs that choose an emoji's look, the letters of a flag.
# Look like a space and are none: the fillers of Hangul, the blank of Braille.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
# What Unicode calls ignorable by default, without what is below, and lone surrogates, which databases refuse:
# https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
_IGNORABLE = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
    "\ud800-\udfff"
)
_JOINERS = "\u200c\u200d"
_LOOKS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FLAG_LETTERS = "\U000e0020-\U000e007f"
# Nothing but what is no ASCII is joined, or has a look of its own; and the digits of keys.
_JOINED = rf"[^\x00-\x7f\s{_JOINERS}]"
_LOOKING = rf"(?:{_JOINED}|[0-9#*])"

_MAY_BE_UNSEEN = re.compile(f"[{_BLANK}{_IGNORABLE}{_JOINERS}{_LOOKS}{_FLAG_LETTERS}]")
_NEVER_SEEN = re.compile(f"[{_IGNORABLE}]+")
_BLANKS = re.compile(f"[{_BLANK}]")
_JOINING_NOTHING = re.compile(f"(?<!{_JOINED})[{_JOINERS}]+|[{_JOINERS}]+(?!{_JOINED})")
_LOOK_OF_NOTHING = re.compile(f"(?<!{_LOOKING})[{_LOOKS}]+")
_FLAG = re.compile(f"(\U0001f3f4[\U000e0030-\U000e007a]{{1,6}}\U000e007f)|[{_FLAG_LETTERS}]+")


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
    text = composed(text if text.isprintable() else controls.sub(" ", text))
    if _MAY_BE_UNSEEN.search(text):
        # What is taken out may have parted a letter from its mark.
        text = composed(_without_unseen(text))
    return text.strip()


def _without_unseen(text: str) -> str:
    """Return the text without what nobody sees."""
    text = _BLANKS.sub(" ", _NEVER_SEEN.sub("", text))
    text = _FLAG.sub(lambda found: found[1] or "", text)
    return _JOINING_NOTHING.sub("", _LOOK_OF_NOTHING.sub("", text))


def _with_few_marks(text: str) -> str:
    if not _MAY_BE_MARKS.search(text):
        return text
    return _TOO_MANY_MARKS.sub(lambda run: run[0][:MOST_MARKS], text)


def translatable(text: str) -> str:
    """Mark a sentence that is stored or declared here and translated where it is shown."""
    return text
