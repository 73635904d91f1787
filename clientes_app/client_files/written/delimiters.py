"""Which character parts the cells of a text: the one that gives the best titles, else the most even rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from ..meaning.titles import is_of_a_person, place_of_titles, score

COMMA = ","
NONE = "\x1f"
"""Parts nothing, for no text has it: a list of one column."""

DELIMITERS = {"coma": COMMA, "punto-y-coma": ";", "tabulador": "\t", "barra": "|", "ninguno": NONE}
"""What may part cells, by what the page calls it."""

MOST_COLUMNS_COUNTED = 200
_MANY = tuple(each for each in DELIMITERS.values() if each != NONE)


def delimiter_of(lines: Sequence[str]) -> str:
    """Return what parts the cells of a file that begins with these lines."""
    first = lines[0].strip().lower() if lines else ""
    if first.startswith("sep=") and first[4:] in _MANY:
        return first[4:]
    best = max(_MANY, key=lambda each: (_score_of_titles(lines, each), _evenness(lines, each)))
    return NONE if _is_one_column(lines, best) else best


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return [cells for cells in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, cells))]
    except csv.Error:
        return []


def _score_of_titles(lines: Sequence[str], delimiter: str) -> int:
    """Return how good the titles are where there are several: one of them may be any text."""
    rows = _rows(lines, delimiter)
    place = place_of_titles(rows)
    if place is None or sum(map(bool, rows[place])) < 2:
        return 0
    return score(rows[place])


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """Return which share of the rows has as many cells as most have, and more where these are many."""
    widths = [len(cells) for cells in _rows(lines, delimiter)]
    usual = max(set(widths), key=widths.count, default=1)
    return 0.0 if usual == 1 else widths.count(usual) / len(widths) + min(usual, MOST_COLUMNS_COUNTED) / 1000


def _is_one_column(lines: Sequence[str], delimiter: str) -> bool:
    """Return whether the delimiter belongs to the text of a single column: `Ruiz, Ana`."""
    rows = _rows(lines, delimiter)
    place = place_of_titles(rows)
    if place is not None and len(rows[place]) > 1:
        return False
    people = rows[0 if place is None else place + 1 :]
    if any(is_of_a_person(cell) for cells in people for cell in cells):
        return False
    parted = [cells for cells in people if len(cells) > 1]
    return bool(parted) and (place is not None or all(cell.startswith(" ") for cells in parted for cell in cells[1:]))
