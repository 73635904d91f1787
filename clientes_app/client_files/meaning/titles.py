"""Which row of a file holds the titles: the first or one lower down, below what a report begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..cells import tidy
from .title_words import meaning_of

LOWEST = 30
"""How many rows from the top are looked at."""

_LONGEST_TITLE = 60
_ENOUGH_LOWER_DOWN = 3
_SEPARATORS = re.compile(r"[\s().+\-]+")
_MANY_DIGITS = re.compile(r"\d{6,}")


def place_of_titles(rows: Sequence[Sequence[str]]) -> int | None:
    """Return which of a file's first rows holds the titles, or None where none does."""
    scores = [score(cells) for cells in rows[:LOWEST]]
    best = max(scores, default=0)
    if not best:
        return None
    place = scores.index(best)
    return place if place == 0 or best >= _ENOUGH_LOWER_DOWN or _stands_alone(rows, place) else 0 if scores[0] else None


def score(cells: Sequence[str]) -> int:
    """Return how much a row looks like titles: 2 for a cell that is a title, 1 for one that has a title's word."""
    said = [tidy(cell) for cell in cells if cell.strip()]
    if any(len(cell) > _LONGEST_TITLE or is_of_a_person(cell) for cell in said):
        return 0
    meanings = [meaning for cell in said if (meaning := meaning_of(cell))]
    return sum(2 if meaning.exact else 1 for meaning in meanings)


def is_of_a_person(cell: str) -> bool:
    """Return whether a cell has a number or an address in it, as no title has."""
    return "@" in cell or _MANY_DIGITS.search(_SEPARATORS.sub("", cell)) is not None


def _stands_alone(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Return whether a list of one column has its title there."""
    first = rows[place]
    meaning = meaning_of(tidy(first[0])) if sum(map(bool, map(str.strip, first))) == 1 and first[0].strip() else None
    return meaning is not None and meaning.exact
