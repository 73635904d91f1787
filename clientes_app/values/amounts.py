"""Amounts of money as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

from .text import translatable

LARGEST = Decimal("999999999999.99")
"""The largest amount that the database keeps: a trillion is what nobody spends."""
LARGEST_SALE = Decimal("9999999999.99")
"""The largest amount of one sale: a hundred of them together can be kept as well."""

NO_TOTAL = translatable("The total is missing.")
NO_AMOUNT = translatable("Write an amount with at most two decimals, such as 59.900 or 59.900,50.")
LONG_TOTAL = translatable("The total has more than two decimals: write it as 59.900 or 59.900,50.")
CUT_SHORT = translatable("One decimal may be a thousand cut short: write it as 1.500, or with two decimals as 1,50.")
NOT_ABOVE_ZERO = translatable(
    "The total must be above zero. For what is given back, edit or delete the sale on the client’s page."
)
LARGE_TOTAL = translatable("A sale is at most 9.999.999.999,99 pesos.")

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


class BadTotal(ValueError):
    """What was written is no total of a sale; the sentence that says so is still to be translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse_amount(text: str) -> Decimal | None:
    """Read `59900`, `59.900`, `59,900.50`, `59.900,50`, `1'234.567` or `$ 59.900`; None for anything else.

    Three digits behind a lone mark are thousands, one or two are cents; behind a zero they are cents alone.
    """
    amount = _read(_CURRENCY.sub("", text))
    return amount if amount is not None and amount <= LARGEST else None


def read_total(text: str) -> Decimal:
    """Read what a sale comes to.

    Raises BadTotal.
    """
    if not text:
        raise BadTotal(NO_TOTAL)
    if _seems_cut_short(text):
        raise BadTotal(CUT_SHORT)
    total = _read_any(text)
    if total is None:
        raise BadTotal(NO_AMOUNT)
    if total <= 0:
        raise BadTotal(NOT_ABOVE_ZERO)
    if total > LARGEST_SALE:
        raise BadTotal(LARGE_TOTAL)
    return total


def _read_any(text: str) -> Decimal | None:
    """Read an amount of whatever sign and size, also as databases write it, with zeros behind its cents: `59900.0000`.

    Raises BadTotal where more than two of its decimals say something.
    """
    bare = _CURRENCY.sub("", text)
    sign = _MINUS.match(bare)
    bare = bare[sign.end() :] if sign else bare
    found = _LONG_DECIMALS.fullmatch(bare)
    if found and found[3].strip("0"):
        raise BadTotal(LONG_TOTAL)
    amount = _read(found[1] if found else bare)
    return -amount if sign and amount is not None else amount


def _seems_cut_short(text: str) -> bool:
    """Return whether an amount may be one of thousands that lacks its zeros: `1.5` for `1.500`."""
    return _CUT_SHORT.fullmatch(_CURRENCY.sub("", text)) is not None


def _read(bare: str) -> Decimal | None:
    found = _AMOUNT.fullmatch(bare) or _WITH_MILLIONS.fullmatch(bare)
    return Decimal(f"{_MARKS.sub('', found[1])}.{found[3] or '0'}") if found else None
