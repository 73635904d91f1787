"""The lines of a file that are no rows, as runs: titles and what else stands around the list, blank lines, totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ...client_files.cells import tidy
from ...client_files.columns import Layout, source_of
from ...client_files.lines import kind_of
from ...client_files.reading import Record, numbered_rows
from .verdicts import Apart

_LONGEST_TEXT = 80


class Run(NamedTuple):
    """Lines of one kind, one after the other."""

    first: int
    last: int
    kind: Apart
    text: str = ""
    """What stands in the first of them."""


def runs_of(path: Path, layout: Layout, region: str, rows: Iterator[int]) -> Iterator[Run]:
    """Return the lines of a file that are no rows, given the numbers of the rows; blank ones together.

    Raises Refused where the file turns out not to be readable.
    """
    kind = kind_of(layout, region)
    blank: Run | None = None
    for number, cells in _without(numbered_rows(source_of(path, layout)), rows):
        # A line that is no row and yet a client would be a row that was lost: that is no Apart, and stops the import.
        found = Apart(kind((number, cells)).value)
        if blank and (found is not Apart.BLANK or number != blank.last + 1):
            yield blank
            blank = None
        if found is Apart.BLANK:
            blank = blank._replace(last=number) if blank else Run(number, number, found)
        else:
            yield Run(number, number, found, _text(cells))
    if blank:
        yield blank


def _without(records: Iterator[Record], rows: Iterator[int]) -> Iterator[Record]:
    """Return the records that are no rows: to ask of all a million what they are would take as long as to read them."""
    row = next(rows, None)
    for record in records:
        if record[0] == row:
            row = next(rows, None)
        else:
            yield record


def _text(cells: Sequence[str]) -> str:
    return " · ".join(filter(None, map(tidy, cells)))[:_LONGEST_TEXT]
