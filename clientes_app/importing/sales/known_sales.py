"""Which sales an account has already, so that none is stored twice.

A receipt's number is one sale's. Without one, a sale is known by its client, its moment, its total and what it was for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, Select, select

from ...database.transactions import id_list
from ...models import Venta
from ..staging.matching import listed_texts
from .sale_texts import Sale

Content = tuple[int, datetime, Decimal, str]


@dataclass
class KnownSales:
    """The sales that some rows may be."""

    receipts: set[str] = field(default_factory=set)
    contents: dict[Content, set[str]] = field(default_factory=dict)
    """What sales say, each with the receipts of those that say it; an empty one of those without."""

    def has(self, client_id: int, sale: Sale) -> bool:
        """Return whether a sale is stored."""
        if sale.receipt in self.receipts and sale.receipt:
            return True
        receipts = self.contents.get((client_id, sale.moment, sale.total, sale.concept))
        # Two receipts are two sales, however alike.
        return receipts is not None and (not sale.receipt or "" in receipts)

    def add(self, client_id: int, sale: Sale) -> None:
        """Note a sale that is being stored."""
        self.receipts.add(sale.receipt)
        self.contents.setdefault((client_id, sale.moment, sale.total, sale.concept), set()).add(sale.receipt)


def known_sales(
    connection: Connection, account_id: int, sales: Sequence[Sale], client_ids: Iterable[int]
) -> KnownSales:
    """Return the account's sales that these may be, if they are these clients'."""
    known = KnownSales()
    if not sales:
        return known
    wanted = {sale.receipt for sale in sales} - {""}
    with_receipts = select(Venta.recibo).where(Venta.usuario_id == account_id, Venta.recibo != "")
    known.receipts = set(connection.scalars(with_receipts.where(Venta.recibo.in_(listed_texts(wanted, connection)))))
    for client_id, moment, total, concept, receipt in connection.execute(
        _theirs(connection, account_id, sales, client_ids)
    ):
        known.contents.setdefault((client_id, moment, total, concept), set()).add(receipt)
    return known


def keys_in_file(buyer: str, sale: Sale) -> tuple[list[str], list[str]]:
    """Return by which keys a row is known to be a sale of an earlier row, and by which it is to be known itself."""
    said = "\n".join((buyer, sale.moment.isoformat(), str(sale.total.normalize()), sale.concept))
    content = hashlib.sha256(said.encode()).hexdigest()
    if not sale.receipt:
        return [f"venta {content}"], [f"venta {content}", f"sin recibo {content}"]
    return [f"recibo {sale.receipt}", f"sin recibo {content}"], [f"recibo {sale.receipt}", f"venta {content}"]


def _theirs(
    connection: Connection, account_id: int, sales: Sequence[Sale], client_ids: Iterable[int]
) -> Select[int, datetime, Decimal, str, str]:
    moments = [sale.moment for sale in sales]
    listed = select(id_list(sorted(set(client_ids)), connection.dialect.name).c.value)
    return select(Venta.cliente_id, Venta.fecha, Venta.total, Venta.concepto, Venta.recibo).where(
        Venta.usuario_id == account_id,
        Venta.cliente_id.in_(listed),
        Venta.fecha.between(min(moments), max(moments)),
    )
