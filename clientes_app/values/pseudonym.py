"""What stands for a phone number that is erased: the same for the same number, and no way back without the key."""

from __future__ import annotations

import hmac

MARK = "#"
"""Begins every pseudonym, and no number."""

_DIGITS = 15


def pseudonym(number: str, key: bytes) -> str:
    """Return the pseudonym of a number, 16 characters; that of a pseudonym is itself."""
    if is_pseudonym(number):
        return number
    return MARK + hmac.digest(key, number.encode(), "sha256").hex()[:_DIGITS]


def is_pseudonym(number: str) -> bool:
    """Return whether a text stands for a number that is erased."""
    return number.startswith(MARK)
