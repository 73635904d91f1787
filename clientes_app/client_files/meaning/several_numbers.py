"""The one number of a client whose row has several: in several cells, or in one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...values import phone

_BETWEEN = re.compile(r":::|[;,/|\n]|\s[-–—]\s|\s(?:y|o|e|u|and|or)\s", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}")


def one_of(cells: Sequence[str], region: str) -> str:
    """Return the first number that can get an SMS, else what stands in the first cell that is filled."""
    filled = [cell for cell in cells if cell]
    if not filled:
        return ""
    if len(filled) == 1 and filled[0].isdecimal():
        return filled[0]
    return next(filter(None, (_usable(cell, region) for cell in filled)), filled[0])


def _usable(cell: str, region: str) -> str:
    """Return the cell where it is a number that can get an SMS, else the first such number in it."""
    if phone.to_e164(cell, region):
        return cell
    if _THOUSANDS.fullmatch(cell):
        cell = cell.replace(",", "")
    parts = (part.strip() for part in _BETWEEN.split(cell)) if _BETWEEN.search(cell) else (cell,)
    return next((part for part in parts if phone.to_e164(part, region)), "")
