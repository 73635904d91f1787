"""Amounts of money as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST = Decimal("999999999999.99")
"""The largest amount that the database keeps: a trillion is what nobody spends."""

# Plain digits, or groups of three with one mark between them; then cents, behind another mark.
_AMOUNT = re.compile(r"(\d{1,3}(?:([.,'’])\d{3})(?:\2\d{3})*|\d+)(?:(?!\2)([.,])(\d{1,2}))?")
_CURRENCY = re.compile(r"cop|\$|\s", re.IGNORECASE)


def parse_amount(text: str) -> Decimal | None:
    """Read `59900`, `59.900`, `59,900.50`, `59.900,50` or `$ 59.900`; None for anything else.

    Three digits behind a lone mark are thousands, one or two are cents.
    """
    found = _AMOUNT.fullmatch(_CURRENCY.sub("", text))
    if found is None:
        return None
    whole, group_mark, _, cents = found.groups()
    digits = whole.replace(group_mark, "") if group_mark else whole
    amount = Decimal(f"{digits}.{cents or '0'}")
    return amount if amount <= LARGEST else None
