"""Files for spreadsheets, read again."""

from __future__ import annotations

import csv
from io import StringIO


def rows_of_csv(text: str, delimiter: str = ";") -> list[list[str]]:
    """Read a file as spreadsheets in Spanish do; in English a comma parts the cells."""
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:]), delimiter=delimiter))
