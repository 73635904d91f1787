"""Amounts of money as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST = Decimal("999999999999.99")
"""The largest amount that the database keeps: a trillion is what nobody spends."""
LARGEST_SALE = Decimal("9999999999.99")
"""The largest amount of one sale: a hundred of them together can be kept as well."""

# Nobody groups zeros: three digits behind them are decimals of a fraction, and one too many.
_NO_ZEROS = r"(?!0+[.,'’´]\d{3})"
# Plain digits, or groups of three with one mark between them; then cents, behind another mark.
_AMOUNT = re.compile(_NO_ZEROS + r"(\d{1,3}(?:([.,'’])\d{3})(?:\2\d{3})*|\d+)(?:(?!\2)[.,](\d{1,2}))?", re.ASCII)
# As people write by hand: an apostrophe behind the millions, and another mark behind the thousands.
_WITH_MILLIONS = re.compile(
    _NO_ZEROS + r"((?:\d{1,3}[.,]\d{3}|\d{1,3})['’´]\d{3}([.,])\d{3})(?:(?!\2)[.,](\d{1,2}))?", re.ASCII
)
# Decimals as programs write them, and what comes after the second: behind four digits, or four of them, no thousands.
_LONG_DECIMALS = re.compile(
    r"((?:0|\d{4,})[.,]\d{2}|\d{1,3}(?:([.,'’])\d{3}(?:\2\d{3})*(?!\2))?[.,]\d{2}(?=\d{2}))(\d+)", re.ASCII
)
_MARKS = re.compile(r"[.,'’´]")
_CURRENCY = re.compile(r"cop|pesos|\$|\s", re.IGNORECASE)
_MINUS = re.compile(r"[-‐‑‒–—−]")
_CUT_SHORT = re.compile(r"[1-9]\d{0,2}[.,]\d", re.ASCII)


class TooPrecise(ValueError):
    """An amount has more than two decimals that say something."""


def parse_amount(text: str) -> Decimal | None:
    """Read `59900`, `59.900`, `59,900.50`, `59.900,50`, `1'234.567` or `$ 59.900`; None for anything else.

    Three digits behind a lone mark are thousands, one or two are cents; behind a zero they are cents alone.
    """
    amount = _read(_CURRENCY.sub("", text))
    return amount if amount is not None and amount <= LARGEST else None


def read_any_amount(text: str) -> Decimal | None:
    """Read an amount of whatever sign and size, also as databases write it, with zeros behind its cents: `59900.0000`.

    Raises TooPrecise.
    """
    bare = _CURRENCY.sub("", text)
    sign = _MINUS.match(bare)
    bare = bare[sign.end() :] if sign else bare
    found = _LONG_DECIMALS.fullmatch(bare)
    if found and found[3].strip("0"):
        raise TooPrecise
    amount = _read(found[1] if found else bare)
    return -amount if sign and amount is not None else amount


def seems_cut_short(text: str) -> bool:
    """Return whether an amount may be one of thousands that lacks its zeros: `1.5` for `1.500`."""
    return _CUT_SHORT.fullmatch(_CURRENCY.sub("", text)) is not None


def _read(bare: str) -> Decimal | None:
    found = _AMOUNT.fullmatch(bare) or _WITH_MILLIONS.fullmatch(bare)
    return Decimal(f"{_MARKS.sub('', found[1])}.{found[3] or '0'}") if found else None
