"""CSV for spreadsheets: UTF-8 that they recognise, cells parted as they expect, and none that they would run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Response

from ..client_files.formulas import defused
from .i18n import language

# Begins a file, so that spreadsheets read it as UTF-8.
_BOM = "\ufeff"

# Whatever parts cells anywhere is quoted: a file of one column has no delimiter by which it could be told.
_QUOTED = re.compile(r'[,;\t|"\r\n]')


@dataclass(frozen=True)
class Habits:
    """How the spreadsheets of a country write."""

    delimiter: str
    decimal_sign: str


HABITS = {"es": Habits(";", ","), "en": Habits(",", ".")}
"""Where the comma belongs to numbers, cells are parted by semicolons: parted by commas, all would be in one column."""

Rows = Iterable[Sequence[Any]]


def csv_download(batches: Iterable[Rows], filename: str) -> Response:
    """Return a file that is written while it is sent, a batch of rows at a time, for the reader's spreadsheets."""
    response = Response(written(batches, HABITS[language()]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def written(batches: Iterable[Rows], habits: Habits) -> Iterator[str]:
    """Write a file, a batch of rows at a time."""
    yield _BOM
    for rows in batches:
        yield "".join(f"{habits.delimiter.join(_cell(value, habits) for value in row)}\r\n" for row in rows)


def _cell(value: Any, habits: Habits) -> str:
    """Return a cell that no spreadsheet takes for a formula; phone numbers keep their plus."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal):
        return str(value).replace(".", habits.decimal_sign)
    text = defused(str(value))
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text
