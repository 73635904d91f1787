"""Storing a batch of a till's sales, and the clients that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from ...client_files.rows import CLIENT_COLUMNS, Row
from ...clients.sales.services import carry_over
from ...database.many_rows import insert_rows
from ...database.transactions import id_list
from ...models import Cliente, Venta
from ...models.types import utc_now
from ...sending.erased import wake_numbers
from ..jobs import Job
from ..staging.matching import lock_clients, numbers_of
from ..staging.outcomes import Outcome
from ..staging.store import Staged, staged_of
from ..staging.tables.interface import Found
from ..staging.verdicts import Verdict
from .buyers import key_of_buyer, without_double
from .judging_sales import Bought, bought_by, known_of
from .known_sales import KnownSales, Stored, fingerprint
from .sale_texts import BadSale, Sale


def store_sales(connection: Connection, job: Job, found: Sequence[Found]) -> list[Outcome]:
    """Store the sales that rows mean by now, and return what became of the rows."""
    batch = [staged_of(row) for row in found]
    rows = [staged.row for staged in batch]
    wake_numbers(connection, job.account_id, numbers_of(rows))
    lock_clients(connection, job.account_id, rows)
    meant = bought_by(connection, job, rows)
    known = known_of(connection, job, meant)
    made = _make_clients(connection, job, rows, meant)
    outcomes: list[Outcome] = []
    sales: list[tuple[int, Sale]] = []
    for staged, each in zip(batch, meant, strict=True):
        if isinstance(each, BadSale):
            outcomes.append(Outcome(staged.number, Verdict.WRONG))
            continue
        client_id = each.client.id if each.client else made[key_of_buyer(staged.row, None)]
        outcomes.append(_became(staged, client_id, each.sale, known, sales))
    _insert(connection, job, sales)
    return outcomes


def _became(staged: Staged, client_id: int, sale: Sale, known: KnownSales, sales: list[tuple[int, Sale]]) -> Outcome:
    if known.find(client_id, sale):
        return Outcome(staged.number, Verdict.SAME, client_id)
    known.add(Stored(client_id, sale.moment, sale.total, sale.concept, sale.receipt), fingerprint(sale))
    sales.append((client_id, sale))
    return Outcome(staged.number, Verdict.NEW, client_id)


def _make_clients(
    connection: Connection, job: Job, rows: Sequence[Row], meant: Sequence[Bought | BadSale]
) -> dict[str, int]:
    """Make a client of each buyer who is none yet, and return them by what they are known by."""
    first: dict[str, Row] = {}
    for row, each in zip(rows, meant, strict=True):
        if isinstance(each, Bought) and each.client is None:
            first.setdefault(key_of_buyer(row, None), without_double(row))
    if not first:
        return {}
    same = {
        "usuario_id": job.account_id,
        "importacion_id": job.id,
        "creado": utc_now(),
        "activo": True,
        "total_compras": 0,
    }
    values = [row[: len(CLIENT_COLUMNS)] for row in first.values()]
    return dict(zip(first, insert_rows(connection, _table(), CLIENT_COLUMNS, values, same), strict=True))


def _insert(connection: Connection, job: Job, sales: Sequence[tuple[int, Sale]]) -> None:
    if not sales:
        return
    now = utc_now()
    same: dict[str, Any] = {"usuario_id": job.account_id, "importacion_id": job.id, "registrada": now}
    rows = [
        {
            "cliente_id": client_id,
            "fecha": sale.made_by(now),
            "total": sale.total,
            "concepto": sale.concept,
            "recibo": sale.receipt,
            "huella_importada": fingerprint(sale),
            **same,
        }
        for client_id, sale in sales
    ]
    # Asked for their ids, many rows are one statement: triggers count once for each.
    connection.execute(insert(Venta).returning(Venta.id), rows).all()
    buyers = id_list(sorted({client_id for client_id, _ in sales}), connection.dialect.name)
    carry_over(connection, Cliente.id.in_(select(buyers.c.value)))


def _table() -> Table:
    table = Cliente.__table__
    assert isinstance(table, Table)
    return table
