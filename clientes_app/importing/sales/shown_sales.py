"""What rows of a till say, as a page shows it, and how the sales that they are differ from it by now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ...client_files.meaning.roles import OF_SALES, Role
from ...client_files.rows import Row
from ...models.types import utc_now
from .known_sales import Stored, known_sales
from .sale_texts import BadSale, Sale, Told, read_sale, told_of


class ShownSale(NamedTuple):
    """What a row says of a sale, in the file's words and as it was understood."""

    told: Told
    sale: Sale | None
    problem: str = ""
    """Why it is no sale; still to be translated."""

    @property
    def written(self) -> list[tuple[Role, str]]:
        """What it says, column by column."""
        return list(zip(OF_SALES, self.told, strict=True))


class Difference(NamedTuple):
    """What a sale says by now, where a row that is the same one says otherwise; None of what they agree on."""

    is_edited: bool
    total: Decimal | None
    moment: datetime | None
    concept: str | None


def shown_sale(row: Row, zone: ZoneInfo) -> ShownSale:
    """Return what a row says of its sale."""
    try:
        sale = read_sale(row.venta, zone)
    except BadSale as bad:
        return ShownSale(told_of(row.venta), None, bad.sentence)
    return ShownSale(told_of(row.venta), sale._replace(moment=sale.made_by(utc_now())))


def differences(
    connection: Connection, account_id: int, rows: Mapping[int, tuple[Row, int]], zone: ZoneInfo
) -> dict[int, Difference]:
    """Return in what the sales differ that rows are, by the rows' numbers; each row comes with its client."""
    said = {number: (read_sale(row.venta, zone), client_id) for number, (row, client_id) in rows.items()}
    sales, client_ids = [sale for sale, _ in said.values()], [client_id for _, client_id in said.values()]
    known = known_sales(connection, account_id, sales, client_ids)
    found = ((number, sale, known.find(client_id, sale)) for number, (sale, client_id) in said.items())
    compared = ((number, _difference(sale, stored)) for number, sale, stored in found if stored)
    return {number: difference for number, difference in compared if difference}


def _difference(sale: Sale, stored: Stored) -> Difference | None:
    # Of a row without an hour any moment from the day's beginning to noon may have been stored.
    is_then = sale.earliest <= stored.moment <= sale.moment
    total = None if stored.total == sale.total else stored.total
    concept = None if stored.concept == sale.concept else stored.concept
    if is_then and total is None and concept is None:
        return None
    return Difference(stored.editions > 0, total, None if is_then else stored.moment, concept)
