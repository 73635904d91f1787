"""What docs/performance.md states of a figure: printed beside what is measured today."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from clientes_app.config import PROJECT_ROOT

Cells = list[str]

_PAGE = PROJECT_ROOT / "docs" / "performance.md"


class Figure:
    """A row of one of the page's tables; each is called by how it begins, and that it exists is seen at once."""

    def __init__(self, table: str, row: str) -> None:
        found = [
            (headings, cells)
            for headings, rows in _tables()
            for cells in rows
            if _begins(headings[0], table) and _begins(cells[0], row)
        ]
        if len(found) != 1:
            raise LookupError(f"docs/performance.md states {len(found)} times: {table} | {row}")
        ((self._headings, self._cells),) = found

    def under(self, heading: str) -> str:
        """Return what stands under a heading."""
        for each, cell in zip(self._headings[1:], self._cells[1:], strict=True):
            if _begins(each, heading):
                return cell
        raise LookupError(f"docs/performance.md has nothing under {heading}: {self._cells[0]}")


@cache
def _tables() -> list[tuple[Cells, list[Cells]]]:
    """Read the tables: the headings of each, and its rows."""
    return [(rows[0], rows[2:]) for rows in _runs_of_rows(_PAGE.read_text().splitlines())]


def _runs_of_rows(lines: list[str]) -> Iterator[list[Cells]]:
    run: list[Cells] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            run.append([cell.strip() for cell in line.strip("|").split("|")])
        elif run:
            yield run
            run = []


def _begins(text: str, beginning: str) -> bool:
    return text.lower().startswith(beginning.lower())
