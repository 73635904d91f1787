"""What a cell says, whatever the program that exported it did to it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from ..text import clean_line

LONGEST_CELL = 2_000
"""Characters of a cell that are looked at: twice as many as the tags of a client may have."""

_FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
_WHOLE = re.compile(r"\d+[.,]0+")
_SCIENTIFIC = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d{1,2})")
# An accented letter in UTF-8, read as if it were cp1252: "Ã­" for "í".
_MISREAD = re.compile("[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def tidy(cell: str) -> str:
    """Answer a cell's text as one line: no wrapper that only a spreadsheet needs, accents mended."""
    if not cell:
        return ""
    cell = cell[:LONGEST_CELL]
    if cell[0] in "='" or cell[0].isspace():
        cell = _unwrapped(cell.strip())
    if "Ã" in cell or "Â" in cell:
        cell = _reread(cell)
    return clean_line(cell)


def tidy_number(cell: str) -> str:
    """Answer the text of a cell that holds a telephone or document number: digits lost to no decimal notation."""
    text = tidy(cell)
    if text.isdecimal():
        return text
    if _WHOLE.fullmatch(text):
        return re.split("[.,]", text)[0]
    if scientific := _SCIENTIFIC.fullmatch(text):
        return _written_out(text, len(scientific[2]), int(scientific[3]))
    return text


def _unwrapped(cell: str) -> str:
    if wrapped := _FORMULA_TEXT.fullmatch(cell):
        return wrapped[1].replace('""', '"')
    return cell[1:] if cell.startswith("'") else cell


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
