"""The one number of a client whose row has several, in several cells or in one; and those that it leaves."""

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


def others_of(cells: Sequence[str], taken: str, region: str) -> tuple[str, ...]:
    """Return the numbers in the cells beside the one that is taken, as they are written, each once."""
    beside = [cell for cell in cells if cell and cell != taken]
    if not beside:
        return ()
    known = {None, phone.any_e164(taken, region)}
    others: dict[str | None, str] = {}
    for text in (text for cell in beside for text in ([cell] if phone.any_e164(cell, region) else _parts(cell))):
        others.setdefault(phone.any_e164(text, region), text)
    return tuple(text for number, text in others.items() if number not in known)


def _usable(cell: str, region: str) -> str:
    """Return the cell where it is a number that can get an SMS, else the first such number in it."""
    if phone.to_e164(cell, region):
        return cell
    return next((part for part in _parts(cell) if phone.to_e164(part, region)), "")


def _parts(cell: str) -> list[str]:
    """Return what the marks between numbers part in a cell."""
    if _THOUSANDS.fullmatch(cell):
        cell = cell.replace(",", "")
    return [part.strip() for part in _BETWEEN.split(cell)]
