"""Text that a spreadsheet would run as a formula, defused by an apostrophe, and the apostrophe taken off again.

A file that was written for one delimiter may be opened with another, and then a cell begins after each `,` `;` tab,
`|` or line break of a text as well: `Juan,=1+1` is a formula where commas part the cells. So the apostrophe stands
before the text, and inside it wherever another cell might begin with a formula.
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

MARK = "'"

# Full-width signs begin a formula in Japanese spreadsheets: https://github.com/OWASP/www-community/issues/1088
_SIGNS = "=+\\-@＝＋－＠"
# What a spreadsheet may leave out before a formula: white space, quotation marks, control characters, invisible ones.
_LEFT_OUT = "\\s\"'\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_STARTS = ",;\\t|\\n\\r\\v\\f\x85\u2028\u2029"

_FORMULA = re.compile(f"[{_LEFT_OUT}]*+[{_SIGNS}]")
_PHONE_NUMBER = re.compile(r"\+[0-9]+")
# What is left out is taken together with what follows, so that each character is looked at once.
_FURTHER_CELL = re.compile(f"[{_STARTS}][{_LEFT_OUT}]*+[{_SIGNS}]?")
_SIGN = re.compile(f"[{_SIGNS}]")


def runs(text: str) -> bool:
    """Return whether a text begins as a formula does; a plus with nothing but digits is a telephone number."""
    return _FORMULA.match(text) is not None and _PHONE_NUMBER.fullmatch(text) is None


def defused(text: str) -> str:
    """Return a text that no spreadsheet runs, whatever parts its cells."""
    if not _SIGN.search(text):
        return text
    inside = _FURTHER_CELL.sub(_marked, text)
    return MARK + inside if runs(text) else inside


def without_further_marks(text: str) -> str:
    """Return a text without the apostrophes that `defused` put inside it; the one before it stays."""
    return _FURTHER_CELL.sub(_unmarked, text) if MARK in text else text


def _marked(start: re.Match[str]) -> str:
    found = start[0]
    return f"{found[:-1]}{MARK}{found[-1]}" if _SIGN.match(found[-1]) else found


def _unmarked(start: re.Match[str]) -> str:
    found = start[0]
    return found[:-2] + found[-1] if _SIGN.match(found[-1]) and found[-2] == MARK else found
