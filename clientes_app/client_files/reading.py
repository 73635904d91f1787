"""Files of cells: what kind they are, in which encoding, and their rows with the numbers that a spreadsheet shows."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from ..values.text import translatable
from .refusals import Refused

MAX_BYTES = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
SAMPLE_ROWS = 50

CONVERTED = ".csv"
"""How the name of a file ends that a spreadsheet was converted into: UTF-8, with commas."""

MANY_ROWS = translatable("The file has more than 1,000,000 rows. Split it into several.")
MANY_COLUMNS = translatable("The file has more than 200 columns. Save the list alone.")
OPEN_QUOTE = translatable("A quotation mark in the file opens and never closes: what follows cannot be told apart.")
EMPTY = translatable("The file is empty.")
NO_LIST = translatable("This is not a list that can be read. Save it as XLSX or CSV and try again.")

_CHUNK = 1 << 20
_MAX_LINE = 1 << 20
_DELIMITERS = ",;\t|"
_ZIP = b"PK\x03\x04"
# Files that people take for a list: Excel before 2007, PDF, pictures, RTF, HTML.
_OTHERS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"<!DOC", b"<html")

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


def is_spreadsheet(path: Path) -> bool:
    """Return whether a file is an XLSX, as far as its first bytes say."""
    with path.open("rb") as file:
        return file.read(4) == _ZIP


def examine(path: Path) -> Source:
    """Find out how a text file is written.

    Raises Refused where it is no text, or is empty.
    """
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if not head.strip():
        raise Refused(EMPTY)
    if head.startswith((_ZIP, *_OTHERS)):
        raise Refused(NO_LIST)
    lines = _count_lines(path)
    if path.suffix == CONVERTED:
        return Source(path, "utf-8", ",", lines)
    encoding = _encoding(path, head)
    with _opened(path, encoding) as text:
        sample = list(islice(_lines(text), SAMPLE_ROWS))
    return Source(path, encoding, _delimiter(sample), lines)


def records(source: Source) -> Iterator[Record]:
    """Read the rows that are not blank.

    Raises Refused where the file is larger than what is taken, or is damaged.
    """
    with _opened(source.path, source.encoding) as text:
        reader = csv.reader(_lines(text), delimiter=source.delimiter)
        try:
            yield from _numbered(reader)
        except csv.Error as error:
            raise Refused(OPEN_QUOTE) from error


def _numbered(reader: Iterator[list[str]]) -> Iterator[Record]:
    count = 0
    for number, row in enumerate(reader, 1):
        cells = row if len(row) <= MAX_COLUMNS else _without_blank_end(row)
        if not any(cells) or not any(map(str.strip, cells)):
            continue
        if number == 1 and cells[0].lower().startswith("sep=") and not any(cells[1:]):
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise Refused(MANY_ROWS)
        yield number, cells


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
            raise Refused(translatable("The file has a line of more than a million characters: it is no list."))
        yield line.replace("\x00", "")


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if without_mark := _utf_16_without_mark(head):
        return without_mark
    if _is_utf_8(path):
        return "utf-8"
    # cp1252 leaves five bytes undefined; a file that uses them is not written in it.
    return "latin-1" if any(byte in head for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"


def _utf_16_without_mark(head: bytes) -> str | None:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4:
        return "utf-16-le"
    if even > len(head) // 4:
        return "utf-16-be"
    if even + odd > len(head) // 100:
        raise Refused(NO_LIST)
    return None


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return 1 + sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _delimiter(sample: list[str]) -> str:
    """Return the delimiter that gives the sample's rows the most cells, the same number in most rows."""
    first = sample[0].strip().lower() if sample else ""
    if first.startswith("sep=") and first[4:] in tuple(_DELIMITERS):
        return first[4:]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: list[str], delimiter: str) -> float:
    try:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells]
    except csv.Error:
        return 0.0
    usual = max(set(widths), key=widths.count, default=1)
    return 0.0 if usual == 1 else widths.count(usual) / len(widths) + min(usual, MAX_COLUMNS) / 1000
