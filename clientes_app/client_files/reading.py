"""Files of cells: their rows with the numbers that a spreadsheet shows, read as was found out or as a person says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from ..values.text import translatable
from .refusals import Refused
from .written.delimiters import COMMA, delimiter_of
from .written.encodings import UTF_8, encoding_of
from .written.kinds import ZIP, refuse_what_is_no_list
from .written.quotes import OPEN_QUOTE, Lines, refuse_joined_rows

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
SAMPLE_ROWS = 50

CONVERTED = ".csv"
"""How the name of a file ends that a spreadsheet was converted into: UTF-8, with commas."""
HALF_CONVERTED = ".part"
"""And while it is converted."""

MANY_ROWS = translatable("The file has more than 1,000,000 rows. Split it into several.")
MANY_COLUMNS = translatable("The file has more than 200 columns. Save the list alone.")
EMPTY = translatable("The file is empty.")
_LONG_LINE = translatable("The file has a line of more than a million characters: it is no list.")

_CHUNK = 1 << 20
_MAX_LINE = 1 << 20
# NUL, and the mark that DOS programs put at the end of a file.
_NO_TEXT = str.maketrans("", "", "\x00\x1a")

Record = tuple[int, list[str]]
"""A row's number in the file, and its cells."""


@dataclass(frozen=True)
class Source:
    """A file of text, and how it is written."""

    path: Path
    encoding: str
    delimiter: str
    lines: int
    """About how many rows it has."""

    @property
    def is_converted(self) -> bool:
        """Whether this app wrote it, from a spreadsheet."""
        return is_converted(self.path)


def is_spreadsheet(path: Path) -> bool:
    """Return whether a file is an XLSX, as far as its first bytes say."""
    with path.open("rb") as file:
        return file.read(4) == ZIP


def is_converted(path: Path) -> bool:
    """Return whether a spreadsheet was converted into a file."""
    return path.suffix in (CONVERTED, HALF_CONVERTED)


def examine(path: Path, encoding: str = "", delimiter: str = "") -> Source:
    """Find out how a text file is written, as far as it is not said.

    Raises Refused where it is no text, or is empty.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if not head.strip(b'\x1a\x00 \t\r\n,;|"'):
        raise Refused(EMPTY)
    lines = _count_lines(path)
    if is_converted(path):
        return Source(path, UTF_8, COMMA, lines)
    refuse_what_is_no_list(head)
    found = encoding_of(path, head)
    encoding = encoding or found
    if not delimiter:
        with _opened(path, encoding) as text:
            delimiter = delimiter_of(list(islice(_lines(text), SAMPLE_ROWS)))
    return Source(path, encoding, delimiter, lines)


def records(source: Source) -> Iterator[Record]:
    """Read the rows that are not blank.

    Raises Refused where the file is larger than what is taken, or is damaged.
    """
    return ((number, cells) for number, cells in numbered_rows(source) if cells)


def numbered_rows(source: Source) -> Iterator[Record]:
    """Read all rows; those that are blank have no cells.

    Raises Refused where the file is larger than what is taken, or is damaged.
    """
    with _opened(source.path, source.encoding) as text:
        lines = Lines(_lines(text))
        reader = csv.reader(lines, delimiter=source.delimiter)
        check = None if source.is_converted else refuse_joined_rows
        count = number = 0
        while (row := _next(reader, number + 1)) is not None:
            number += 1
            if check and len(lines.taken) > 1:
                check(lines.taken, number, source.delimiter)
            lines.taken.clear()
            cells = _filled(row, number)
            count += bool(cells)
            if count > MAX_ROWS + 1:
                raise Refused(MANY_ROWS)
            yield number, cells


def _next(reader: Iterator[list[str]], number: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        raise Refused(OPEN_QUOTE, number) from error


def _filled(row: list[str], number: int) -> list[str]:
    """Return a row's cells, none where all are blank or it only tells a spreadsheet what parts them."""
    cells = row if len(row) <= MAX_COLUMNS else _without_blank_end(row)
    if not any(cells) or not any(map(str.strip, cells)):
        return []
    is_hint = number == 1 and cells[0].lower().startswith("sep=") and not any(cells[1:])
    return [] if is_hint else cells


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise Refused(MANY_COLUMNS)
    return cells


def _opened(path: Path, encoding: str) -> IO[str]:
    return path.open(encoding=encoding, errors="replace", newline="")


def _lines(text: IO[str]) -> Iterator[str]:
    while line := text.readline(_MAX_LINE):
        if len(line) == _MAX_LINE:
            raise Refused(_LONG_LINE)
        if line := line.translate(_NO_TEXT) if "\x00" in line or "\x1a" in line else line:
            yield line


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return 1 + sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
