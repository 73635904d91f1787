"""Files of clients read without the app: what is understood of them, and the rows that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from clientes_app.client_files.columns import Layout, guess, source_of
from clientes_app.client_files.lines import LeftOut, parted
from clientes_app.client_files.reading import (
    CONVERTED,
    SAMPLE_ROWS,
    Record,
    examine,
    is_spreadsheet,
    numbered_rows,
    records,
)
from clientes_app.client_files.rows import Row, reader_of
from clientes_app.client_files.spreadsheet import convert


class Understood:
    """A file as it was understood, and its rows."""

    def __init__(self, folder: Path, content: str | bytes, encoding: str = "utf-8") -> None:
        self.path = folder / "upload"
        self.path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        if is_spreadsheet(self.path):
            convert(self.path, self.path.with_suffix(CONVERTED))
            self.path = self.path.with_suffix(CONVERTED)
        self.source = examine(self.path)
        guessed = guess(list(islice(records(self.source), SAMPLE_ROWS)), "CO")
        self.layout: Layout = replace(guessed, encoding=self.source.encoding, delimiter=self.source.delimiter)

    @property
    def roles(self) -> dict[str, str]:
        """The columns that hold something, by their titles."""
        titled = zip(self.layout.titles, self.layout.roles, strict=True)
        return {title: role.value for title, role in titled if role}

    @property
    def rows(self) -> list[Row]:
        """The clients."""
        read = reader_of(self.layout, "CO")
        return [read(line[1]) for line in self._lines() if not isinstance(line, LeftOut)]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [row.nombre for row in self.rows]

    @property
    def left_out(self) -> list[tuple[int, int, str]]:
        """The lines that are no clients: from, to, kind."""
        return [(line.first, line.last, line.kind.value) for line in self._lines() if isinstance(line, LeftOut)]

    def _lines(self) -> Iterator[Record | LeftOut]:
        return parted(numbered_rows(source_of(self.path, self.layout)), self.layout, "CO")


def workbook(rows: Sequence[Sequence[Any]], formats: dict[str, str] | None = None) -> bytes:
    """Write a workbook; `formats` says how cells are shown, by their addresses."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for address, code in (formats or {}).items():
        book.active[address].number_format = code
    out = BytesIO()
    book.save(out)
    return out.getvalue()
