"""What will become of each row of a till: its verdict, given the clients and sales there are and the rows before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ...client_files.rows import Row
from ...models import Cuenta
from ...models.types import utc_now
from ...web.i18n import zone_of
from ..own_fields.own_texts import OwnFields
from ..staging.matching import Existing, find_clients
from ..staging.store import Holder, Seen, Staged, Staging
from ..staging.verdicts import Verdict
from .buyers import NO_NAME, NOBODY, buyer_of, key_of_buyer
from .known_sales import KnownSales, keys_in_file, known_sales
from .sale_texts import BadSale, Sale, read_sale, require_past


class Till(Protocol):
    """What is to be known of an import of sales."""

    @property
    def account_id(self) -> int:
        """Whose it is."""

    @property
    def makes_clients(self) -> bool:
        """Whether buyers who are no clients yet become clients."""


class Bought(NamedTuple):
    """What a row means: a sale, and whose; None: of somebody who is no client yet."""

    sale: Sale
    client: Existing | None


def zone_of_account(connection: Connection, account_id: int) -> ZoneInfo:
    """Return the zone whose clock an account goes by."""
    return zone_of(Session(connection).get(Cuenta, account_id))


def bought_by(connection: Connection, till: Till, rows: Sequence[Row]) -> list[Bought | BadSale]:
    """Return what each row means, or why it is no sale that can be stored."""
    zone = zone_of_account(connection, till.account_id)
    now, matches = utc_now(), find_clients(connection, till.account_id, rows, OwnFields(()), with_tags=False)

    def meant(row: Row) -> Bought | BadSale:
        if row.fault:
            return BadSale(row.fault)
        try:
            bought = Bought(read_sale(row.venta, zone), buyer_of(row, matches))
            require_past(bought.sale, now)
            if bought.client is None:
                _require_maker(row, till)
        except BadSale as bad:
            return bad
        return bought

    return [meant(row) for row in rows]


def known_of(connection: Connection, till: Till, meant: Sequence[Bought | BadSale]) -> KnownSales:
    """Return the sales that are stored of those that rows mean."""
    bought = [each for each in meant if isinstance(each, Bought)]
    client_ids = [each.client.id for each in bought if each.client]
    return known_sales(connection, till.account_id, [each.sale for each in bought], client_ids)


def judge_sales(
    on: Connection, till: Till, staging: Staging, batch: Sequence[tuple[int, Row]]
) -> tuple[list[Staged], Seen]:
    """Return numbered rows with their verdicts, and the keys that they are the first in the file to have."""
    meant = bought_by(on, till, [row for _, row in batch])
    known = known_of(on, till, meant)
    keys = [_keys(row, each) for (_, row), each in zip(batch, meant, strict=True)]
    seen = staging.first_rows(key for asked, _ in keys for key in asked)
    firsts: dict[str, Holder] = {}
    staged = []
    for (number, row), each, (asked, own) in zip(batch, meant, keys, strict=True):
        earlier = next((seen[key] for key in asked if key in seen), None)
        judged = _judged(number, row, each, known, earlier)
        staged.append(judged)
        if judged.verdict in (Verdict.NEW, Verdict.SAME):
            for key in own:
                seen.setdefault(key, number)
                firsts.setdefault(key, Holder(number, "", "", None))
    return staged, Seen(firsts, {}, {})


def _require_maker(row: Row, till: Till) -> None:
    """Make sure that the buyer of a row becomes a client.

    Raises BadSale.
    """
    if not till.makes_clients:
        raise BadSale(NOBODY)
    if not row.nombre:
        raise BadSale(NO_NAME)


def _keys(row: Row, meant: Bought | BadSale) -> tuple[list[str], list[str]]:
    return ([], []) if isinstance(meant, BadSale) else keys_in_file(key_of_buyer(row, meant.client), meant.sale)


def _judged(number: int, row: Row, meant: Bought | BadSale, known: KnownSales, earlier: int | None) -> Staged:
    if isinstance(meant, BadSale):
        return Staged(number, Verdict.WRONG, row._replace(fault=meant.sentence))
    if earlier is not None:
        return Staged(number, Verdict.DOUBLE, row, earlier)
    client_id = meant.client.id if meant.client else None
    verdict = Verdict.SAME if known.find(client_id or 0, meant.sale) else Verdict.NEW
    return Staged(number, verdict, row, client_id=client_id)
