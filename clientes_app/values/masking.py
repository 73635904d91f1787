"""Telephone numbers as they may stand where anybody might read: their last digits only."""

from __future__ import annotations

import re

# With the country's code, in groups; or all in one, longer than an id of ours or a process has.
_NUMBER = re.compile(r"\+\d(?:[ .()-]{0,2}\d){6,}|\b3\d\d[ .-]\d{3}[ .-]?\d{2}[ .-]?\d{2}\b|\d{8,}")


def masked(text: str) -> str:
    """Return a text in which each telephone number has its last two digits only: `***67`."""
    return _NUMBER.sub(lambda number: f"***{number[0][-2:]}", text)
