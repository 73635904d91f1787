"""Ids of rows as they come from outside."""

from __future__ import annotations

MAX_ID = 2**63 - 1
"""The largest id that either database can hold."""


def read_id(text: str) -> int | None:
    """Read an id as a URL gives it; None for what no row can have."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ID))):
        return None
    number = int(text)
    return number if number <= MAX_ID else None
