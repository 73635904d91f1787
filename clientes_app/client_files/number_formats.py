"""How a workbook shows the numbers and days of its cells: with leading zeros, in groups of digits, as percent.

Only what says more than the number itself is looked at: codes with leading zeros, the patterns of telephone numbers,
percent, days written day by day. All else is read as the number that it is, whatever its format leaves out of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

Show = Callable[[Any], str | None]
"""Writes a cell as the sheet shows it; None where its format says nothing of such a value."""

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_BUILT_IN = {"9": "0%", "10": "0.00%"}
_CHUNK = 1 << 20
_LONGEST = 255

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_(?:.)|\*(?:.)|\[[^\]]*\]|(.)', re.DOTALL)
_DIGITS = "0#?"
_PLAIN_LITERALS = " -+()"
_PERCENT = re.compile(r"[#0]*0(?:\.(0+))?\s?%")
# The day first, as people here read it; written otherwise, a day is read as the calendar has it: 1990-05-17.
_DAY = re.compile(r"d{1,2}[/\-. ]+m{1,2}(?:[/\-. ]+yy(?:yy)?)?", re.IGNORECASE)
_PART_OF_DAY = re.compile(r"y+|m+|d+", re.IGNORECASE)


def shows_of(archive: ZipFile) -> dict[str, Show]:
    """Return the styles of a workbook's cells that show more than the number, by the number that the cells name."""
    try:
        # The file's size was checked before, and this parser does not fetch what a document refers to.
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    except (KeyError, ElementTree.ParseError):
        return {}
    codes = _BUILT_IN | {each.get("numFmtId", ""): each.get("formatCode", "") for each in styles.iter(f"{_MAIN}numFmt")}
    used = [each.get("numFmtId", "") for cells in styles.iter(f"{_MAIN}cellXfs") for each in cells]
    shows = ((str(place), show_of(codes.get(number, ""))) for place, number in enumerate(used))
    return {place: show for place, show in shows if show}


def shown_cells(archive: ZipFile, part: str, shows: Mapping[str, Show]) -> Iterator[tuple[int, dict[int, Show]]]:
    """Return the rows of a sheet, counted from 0, that have cells with such a style, and these by their columns."""
    if not shows:
        return
    styled = re.compile(rb'<(?:\w+:)?c\b[^>]*\ss="(%s)"[^>]*>' % "|".join(shows).encode())
    address = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
    row, cells = 0, dict[int, Show]()
    for match in _matches(archive, part, styled):
        if not (found := address.search(match[0])):
            continue
        number = int(found[2]) - 1
        if number != row and cells:
            yield row, cells
            cells = {}
        row = number
        cells[_column(found[1])] = shows[match[1].decode()]
    if cells:
        yield row, cells


def show_of(code: str) -> Show | None:
    """Return what writes a cell of a format, None where the number itself says all."""
    code = code.split(";", maxsplit=1)[0][:_LONGEST]
    if percent := _PERCENT.fullmatch(code):
        return partial(_as_percent, len(percent[1] or ""))
    bare = "".join(quoted or escaped or plain for quoted, escaped, plain in _TOKEN.findall(code))
    if _DAY.fullmatch(bare):
        return partial(_as_day, bare)
    return _show_of_digits(code)


def _show_of_digits(code: str) -> Show | None:
    tokens: list[tuple[str, bool]] = []
    for quoted, escaped, plain in _TOKEN.findall(code):
        if plain and plain not in _DIGITS + _PLAIN_LITERALS:
            return None
        tokens.append((quoted or escaped or plain, bool(plain) and plain in _DIGITS))
    places = [text for text, is_digit in tokens if is_digit]
    has_more = any(text for text, is_digit in tokens if not is_digit)
    return partial(_in_places, tokens) if places.count("0") > 1 or (places and has_more) else None


def _in_places(tokens: list[tuple[str, bool]], value: Any) -> str | None:
    """Write a whole number into the places of a format, from the right; the first place takes what is left."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
        return None
    digits, shown = str(int(value)), ""
    left = sum(is_digit for _, is_digit in tokens)
    for text, is_digit in reversed(tokens):
        if not is_digit:
            shown = text + shown
            continue
        left -= 1
        taken = digits if left == 0 else digits[-1:]
        digits = "" if left == 0 else digits[:-1]
        shown = (taken or ("0" if text == "0" else "")) + shown
    return shown.strip()


def _as_percent(decimals: int, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return f"{Decimal(repr(value)) * 100:.{decimals}f}%"


def _as_day(code: str, value: Any) -> str | None:
    if not isinstance(value, date) or (isinstance(value, datetime) and value.time() != datetime.min.time()):
        return None
    parts = {
        "yyyy": f"{value.year:04}",
        # Of two digits nobody who reads them knows the century.
        "yy": f"{value.year:04}",
        "mm": f"{value.month:02}",
        "m": str(value.month),
        "dd": f"{value.day:02}",
        "d": str(value.day),
    }
    return _PART_OF_DAY.sub(lambda part: parts[part[0].lower()], code).strip()


def _matches(archive: ZipFile, part: str, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
    """Return what is found in a part of a workbook, of which little is held at a time."""
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            found = rest + chunk
            begun = found.rfind(b"<")
            yield from pattern.finditer(found[:begun])
            rest = found[begun:]


def _column(letters: bytes) -> int:
    """Return the place of a column from 0: 27 for AB."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1
