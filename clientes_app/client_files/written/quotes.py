"""Quotation marks that open where none was meant: what they would make of several rows, one, is refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from ...values.text import translatable
from ..refusals import Refused

OPEN_QUOTE = translatable(
    "Row %(row)s: a quotation mark opens and does not close, so that rows run into one. Take it out and upload again."
)

_NUMBER = re.compile(r"\+?\d{7,15}")
_SEPARATORS = re.compile(r"[\s().\-]+")


class Lines:
    """Lines that are handed on, and noted until they are cleared: those of one row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.taken.append(line)
            yield line


def refuse_joined_rows(lines: Sequence[str], row: int, delimiter: str) -> None:
    """Refuse a row of several lines, unless a text with line breaks stands in it between two quotation marks.

    Raises Refused.
    """
    try:
        read = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused(OPEN_QUOTE, row) from error
    for place, cell in enumerate(read[0] if read else ()):
        within = cell.splitlines()[min(place, 1) :] if "\n" in cell or "\r" in cell else ()
        if any(_is_a_row(line, delimiter, len(read[0])) for line in within):
            raise Refused(OPEN_QUOTE, row)


def _is_a_row(line: str, delimiter: str, width: int) -> bool:
    """Return whether a line within a text looks like a row of its own: as many cells or more, a number in one."""
    cells = [_SEPARATORS.sub("", cell.strip('"')) for cell in line.split(delimiter)]
    return len(cells) >= max(width, 2) and any(map(_NUMBER.fullmatch, cells))
