"""What a sale comes to, as people type it and as programs and tills write it."""

from __future__ import annotations

from decimal import Decimal

from .amounts import LARGEST_SALE, TooPrecise, read_any_amount, seems_cut_short
from .text import translatable

MISSING = translatable("The total is missing.")
NO_AMOUNT = translatable("Write an amount with at most two decimals, such as 59.900 or 59.900,50.")
LONG = translatable("The total has more than two decimals: write it as 59.900 or 59.900,50.")
CUT_SHORT = translatable("One decimal may be a thousand cut short: write it as 1.500, or with two decimals as 1,50.")
NOT_ABOVE_ZERO = translatable("The total must be above zero.")
LARGE = translatable("A sale is at most 9.999.999.999,99 pesos.")


class BadTotal(ValueError):
    """What was written is no total of a sale; the sentence that says so is still to be translated."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def read_total(text: str) -> Decimal:
    """Read what a sale comes to.

    Raises BadTotal.
    """
    if not text:
        raise BadTotal(MISSING)
    if seems_cut_short(text):
        raise BadTotal(CUT_SHORT)
    try:
        total = read_any_amount(text)
    except TooPrecise as error:
        raise BadTotal(LONG) from error
    if total is None:
        raise BadTotal(NO_AMOUNT)
    if total <= 0:
        raise BadTotal(NOT_ABOVE_ZERO)
    if total > LARGEST_SALE:
        raise BadTotal(LARGE)
    return total
