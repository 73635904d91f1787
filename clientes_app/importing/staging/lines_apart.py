"""The lines of a file that are no rows, as runs: what stands above the rows, blank lines, totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .verdicts import Apart


class Run(NamedTuple):
    """Lines of one kind, one after the other."""

    first: int
    last: int
    kind: Apart


def runs_between(rows: Iterable[int], after: int, titles: int | None) -> Iterator[Run]:
    """Return the lines that no row has, from the one after `after` to the last row: the titles, and blank ones."""
    for number in sorted({*rows, *([titles] if titles else ())}):
        if number > after + 1:
            yield Run(after + 1, number - 1, Apart.BLANK)
        if number == titles:
            yield Run(number, number, Apart.TITLE)
        after = max(after, number)
