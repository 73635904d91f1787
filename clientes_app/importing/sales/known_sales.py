"""Which sales an account has already, so that none is stored twice.

A receipt's number is one sale's. Without one, a sale is known by its client, its moment, its total and what it was for:
by what the file said of one that an import brought, whatever was made of it since, and by what any says now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from ...database.listed import listed_texts
from ...database.transactions import id_list
from ...models import Venta
from .sale_texts import Sale


class Stored(NamedTuple):
    """A sale that is stored, as it is now."""

    client_id: int
    moment: datetime
    total: Decimal
    concept: str
    receipt: str
    editions: int = 0


@dataclass
class KnownSales:
    """The sales that some rows may be."""

    receipts: dict[str, Stored] = field(default_factory=dict)
    said: dict[tuple[int, str], list[Stored]] = field(default_factory=dict)
    """By their client and the fingerprint of what a file said of them."""
    contents: dict[tuple[int, str], list[Stored]] = field(default_factory=dict)
    """By their client and the fingerprint of what they say now."""

    def find(self, client_id: int, sale: Sale) -> Stored | None:
        """Return the sale that a row is, if it is stored."""
        if sale.receipt and sale.receipt in self.receipts:
            return self.receipts[sale.receipt]
        key = (client_id, fingerprint(sale))
        alike = (*self.said.get(key, ()), *self.contents.get(key, ()))
        # Two receipts are two sales, however alike.
        return next((each for each in alike if not sale.receipt or not each.receipt), None)

    def add(self, stored: Stored, said: str | None) -> None:
        """Note a sale that is stored, with the fingerprint of what a file said of it."""
        if stored.receipt:
            self.receipts[stored.receipt] = stored
        if said:
            self.said.setdefault((stored.client_id, said), []).append(stored)
        now = fingerprint(stored)
        self.contents.setdefault((stored.client_id, now), []).append(stored)


def fingerprint(sale: Sale | Stored) -> str:
    """Return what sales without a receipt are told apart by, beside their client."""
    said = "\n".join((sale.moment.astimezone(UTC).isoformat(), str(sale.total.normalize()), sale.concept))
    return hashlib.sha256(said.encode()).hexdigest()


def known_sales(
    connection: Connection, account_id: int, sales: Sequence[Sale], client_ids: Iterable[int]
) -> KnownSales:
    """Return the account's sales that these may be, if they are these clients'."""
    known = KnownSales()
    if not sales:
        return known
    moments = [sale.moment for sale in sales]
    clients = select(id_list(sorted(set(client_ids)), connection.dialect.name).c.value)
    receipts = listed_texts({sale.receipt for sale in sales} - {""}, connection)
    prints = listed_texts({fingerprint(sale) for sale in sales}, connection)
    theirs = _sales_of(account_id).where(Venta.cliente_id.in_(clients))
    found = {
        row.id: row
        for which in (
            _sales_of(account_id).where(Venta.recibo != "", Venta.recibo.in_(receipts)),
            theirs.where(Venta.fecha.between(min(moments), max(moments))),
            theirs.where(Venta.huella_importada.is_not(None), Venta.huella_importada.in_(prints)),
        )
        for row in connection.execute(which)
    }
    for _, said, *stored in found.values():
        known.add(Stored(*stored), said)
    return known


def keys_in_file(buyer: str, sale: Sale) -> tuple[list[str], list[str]]:
    """Return by which keys a row is known to be a sale of an earlier row, and by which it is to be known itself."""
    content = hashlib.sha256(f"{buyer}\n{fingerprint(sale)}".encode()).hexdigest()
    if not sale.receipt:
        return [f"venta {content}"], [f"venta {content}", f"sin recibo {content}"]
    return [f"recibo {sale.receipt}", f"sin recibo {content}"], [f"recibo {sale.receipt}", f"venta {content}"]


def _sales_of(account_id: int) -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (Venta.id, Venta.huella_importada, Venta.cliente_id, Venta.fecha, Venta.total)
    said: tuple[Any, ...] = (Venta.concepto, Venta.recibo, Venta.ediciones)
    return select(*columns, *said).where(Venta.usuario_id == account_id)
