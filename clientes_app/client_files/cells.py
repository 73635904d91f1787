"""What a cell says, whatever the program that exported it did to it, and how a text is written to be read back so.

An apostrophe before a cell is a mark where a formula follows, or what reading would mend, or what spreadsheets let
begin with one, a number: what bears a mark is taken as it stands. Any other belongs to the text, as in 't Hooft.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ..values.text import clean_line
from .formulas import MARK, defused, runs, without_further_marks

LONGEST_CELL = 2_000
"""Characters of a cell that are looked at: twice as many as the tags of a client may have."""

_FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
_BEGINS_AS_NUMBER = re.compile(r"\+?[0-9]")
_WHOLE = re.compile(r"\d+[.,]0+")
# Groups of thousands have three digits: what has one or two zeros after so many others is a number of a program's.
_DOCUMENT_WITH_DECIMALS = re.compile(r"(\d{5,}|\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+)[.,]0{1,2}")
_SCIENTIFIC = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d{1,2})")
# An accented letter in UTF-8, read as if it were cp1252: "Ã­" for "í".
_MISREAD = re.compile("[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def tidy(cell: str) -> str:
    """Return a cell's text as one line: no wrapper that only a spreadsheet needs, accents and spaces mended."""
    if not cell:
        return ""
    cell = cell[:LONGEST_CELL]
    if MARK in cell:
        cell = without_further_marks(cell.strip())
        if is_marked(cell):
            return clean_line(cell[1:])
    return _mended(cell)


def tidy_number(cell: str) -> str:
    """Return the text of a cell that holds a telephone or document number: digits lost to no decimal notation."""
    text = tidy(cell)
    return text if text.isdecimal() or _is_literal(cell[:LONGEST_CELL].strip()) else _mended_number(text)


def has_lost_digits(text: str) -> bool:
    """Return whether a tidy number is one whose last digits a spreadsheet did not write, as 5,73155E+11."""
    return _SCIENTIFIC.fullmatch(text) is not None


def tidy_document(cell: str) -> str:
    """Return the text of a cell that holds a document: a point or a comma in it parts thousands, and no decimals."""
    text = tidy(cell)
    return text if text.isdecimal() or _is_literal(cell[:LONGEST_CELL].strip()) else _mended_document(text)


def kept(text: str) -> str:
    """Return the text for a cell, marked where reading would mend it; who writes the file defuses formulas."""
    if runs(text):
        return text
    seems_marked = text.startswith(MARK) and _BEGINS_AS_NUMBER.match(text.lstrip(MARK))
    return f"{MARK}{text}" if seems_marked or _is_mendable(text) else text


def as_it_stands(text: str) -> str:
    """Return the text for a cell that runs nothing, marked only where reading would give another."""
    return text if tidy(text) == text == tidy_number(text) == tidy_document(text) else defused(kept(text))


def is_marked(cell: str) -> bool:
    """Return whether a cell begins with a mark, rather than with an apostrophe of its own."""
    if not cell.startswith(MARK):
        return False
    return runs(cell[1:]) or _BEGINS_AS_NUMBER.match(cell.lstrip(MARK)) is not None or _is_mendable(cell[1:])


def _is_literal(cell: str) -> bool:
    return MARK in cell and is_marked(cell)


def _is_mendable(text: str) -> bool:
    """Return whether reading a text, or what follows its apostrophes, would give another."""
    return any(_is_mended(each) for each in (text, text.lstrip(MARK)))


def _is_mended(text: str) -> bool:
    mended = _mended(text)
    return not mended == _mended_number(mended) == _mended_document(mended) == clean_line(text)


def _mended(cell: str) -> str:
    if "=" in cell and (wrapped := _FORMULA_TEXT.fullmatch(cell.strip())):
        cell = wrapped[1].replace('""', '"')
    if "Ã" in cell or "Â" in cell:
        cell = _reread(cell)
    text = clean_line(cell)
    return text if text.isascii() and "  " not in text else " ".join(text.split())


def _mended_number(text: str) -> str:
    if _WHOLE.fullmatch(text):
        return re.split("[.,]", text)[0]
    if scientific := _SCIENTIFIC.fullmatch(text):
        return _written_out(text, len(scientific[2]), int(scientific[3]))
    return text


def _mended_document(text: str) -> str:
    if decimals := _DOCUMENT_WITH_DECIMALS.fullmatch(text):
        return decimals[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    return _written_out(text, len(scientific[2]), int(scientific[3])) if scientific else text


def _reread(cell: str) -> str:
    """Undo one misreading of UTF-8 as cp1252, where the text is one."""
    if not _MISREAD.search(cell):
        return cell
    try:
        # What cp1252 leaves undefined, programs keep as the byte itself.
        raw = b"".join(_byte(character) for character in cell)
        return raw.decode()
    except ValueError:
        return cell


def _byte(character: str) -> bytes:
    if "\u0080" <= character <= "\u009f":
        return character.encode("latin-1")
    return character.encode("cp1252")


def _written_out(text: str, decimals: int, exponent: int) -> str:
    """Write 3.001234567E+09 out; 3.00E+09 stays, for the digits that it left out are lost."""
    if decimals < exponent or exponent > 20:
        return text
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return text
    return f"{number:.0f}" if number == number.to_integral_value() else text
