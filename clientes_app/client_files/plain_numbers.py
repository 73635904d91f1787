"""Numbers that a spreadsheet keeps as numbers: written so that no decimals pass for thousands, and read as amounts."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_DECIMALS = 12
"""More than these are the noise of binary fractions: 0.1 + 0.2 is 0.30000000000000004."""
_AS_OF_THOUSANDS = 3
_PLAIN = re.compile(r"-?\d{1,15}\.(?:\d|\d{4,12})", re.ASCII)
_CENT = Decimal("0.01")


def plain(number: float) -> str:
    """Return a number's text with a point before its decimals; three of these have a zero behind them."""
    text = f"{Decimal(repr(number)):.{_DECIMALS}f}".rstrip("0").removesuffix(".")
    _, point, decimals = text.partition(".")
    return f"{text}0" if point and len(decimals) == _AS_OF_THOUSANDS else text


def rounded_to_cents(text: str) -> str:
    """Return the text of a number that was written so and has decimals, rounded half up to two."""
    return str(Decimal(text).quantize(_CENT, ROUND_HALF_UP)) if _PLAIN.fullmatch(text) else text
