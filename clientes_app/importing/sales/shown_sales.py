"""What rows of a till say, as a page shows it."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...client_files.rows import Row
from .sale_texts import BadSale, Sale, Told, read_sale, told_of


class ShownSale(NamedTuple):
    """What a row says of a sale, in the file's words and as it was understood."""

    told: Told
    sale: Sale | None
    problem: str = ""
    """Why it is no sale; still to be translated."""


def shown_sale(row: Row, zone: ZoneInfo) -> ShownSale:
    """Return what a row says of its sale."""
    try:
        return ShownSale(told_of(row.venta), read_sale(row.venta, zone))
    except BadSale as bad:
        return ShownSale(told_of(row.venta), None, bad.sentence)
