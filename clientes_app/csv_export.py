"""CSV for spreadsheets: UTF-8 that they recognise, cells parted as they expect, and none that they would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import Any

from flask import Response

from .i18n import language

# Begins a file, so that spreadsheets read it as UTF-8.
_BOM = "\ufeff"

# A spreadsheet takes a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class _Habits:
    """How the spreadsheets of a country write."""

    delimiter: str
    decimal_sign: str


# Where the comma belongs to numbers, cells are parted by semicolons: parted by commas, all would be in one column.
_HABITS = {"es": _Habits(";", ","), "en": _Habits(",", ".")}

Rows = Iterable[Sequence[Any]]


def csv_download(batches: Iterable[Rows], filename: str) -> Response:
    """Answer a file that is written while it is sent, a batch of rows at a time, for the reader's spreadsheets."""
    response = Response(_written(batches, _HABITS[language()]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _written(batches: Iterable[Rows], habits: _Habits) -> Iterator[str]:
    yield _BOM
    for rows in batches:
        out = StringIO()
        csv.writer(out, delimiter=habits.delimiter).writerows([_cell(value, habits) for value in row] for row in rows)
        yield out.getvalue()


def _cell(value: Any, habits: _Habits) -> Any:
    """Answer a cell that no spreadsheet takes for a formula; phone numbers keep their plus."""
    if isinstance(value, Decimal):
        return str(value).replace(".", habits.decimal_sign)
    if not isinstance(value, str) or not value.startswith(_FORMULA_STARTS):
        return value
    return value if value[:1] == "+" and value[1:].isdigit() else f"'{value}"
