"""CSV for spreadsheets: UTF-8 that they recognise, and no cell that they would run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from flask import Response

BOM = "\ufeff"
"""Begins a file, so that spreadsheets read it as UTF-8."""

# A spreadsheet takes a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows of safe cells."""
    out = StringIO()
    csv.writer(out).writerows([safe_cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_download(lines: Iterable[str], filename: str) -> Response:
    """Answer a file that is written while it is sent."""
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def safe_cell(value: Any) -> Any:
    """Answer a cell that no spreadsheet takes for a formula; phone numbers keep their plus."""
    if not isinstance(value, str) or not value.startswith(_FORMULA_STARTS):
        return value
    return value if value[:1] == "+" and value[1:].isdigit() else f"'{value}"
