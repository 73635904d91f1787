"""Taking back the sales that an import brought and nobody has edited since."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from ...clients.locks import lock
from ...clients.sales.services import carry_over
from ...database.transactions import id_list
from ...models import Cliente, Venta
from ..jobs import Job

BATCH = 2_000


@dataclass(frozen=True)
class SalesExtent:
    """How many sales of an import there are, and how many of these stay because somebody edited them."""

    sales: int
    stays: int
    pesos: Decimal
    clients: int
    """Who made them."""

    @property
    def deletes(self) -> int:
        """Count the sales that go."""
        return self.sales - self.stays

    @property
    def possible(self) -> bool:
        """Return whether there is anything to undo."""
        return self.deletes > 0


def extent_of_sales(connection: Connection, import_id: int) -> SalesExtent:
    """Count what an import brought that there still is, and what undoing it would do."""
    counted = select(
        func.count(),
        func.count().filter(Venta.ediciones > 0),
        func.round(func.coalesce(func.sum(Venta.total), 0), 2, type_=Venta.total.type),
        func.count(Venta.cliente_id.distinct()),
    ).where(Venta.importacion_id == import_id)
    return SalesExtent(*connection.execute(counted).one())


def delete_sales(connection: Connection, job: Job) -> bool:
    """Delete the next sales; return whether there were any."""
    unedited = _unedited(job)
    found = select(Venta.id, Venta.cliente_id).where(unedited).order_by(Venta.cliente_id, Venta.id).limit(BATCH)
    rows = connection.execute(found).all()
    if not rows:
        return False
    dialect = connection.dialect.name
    buyers = Cliente.id.in_(select(id_list(sorted({client_id for _, client_id in rows}), dialect).c.value))
    # Waits for those who edit one of them, and then sees it.
    lock(connection, buyers)
    listed = id_list([sale_id for sale_id, _ in rows], dialect)
    connection.execute(delete(Venta).where(Venta.id.in_(select(listed.c.value)), unedited))
    carry_over(connection, buyers)
    return True


def _unedited(job: Job) -> ColumnElement[bool]:
    return and_(Venta.importacion_id == job.id, Venta.usuario_id == job.account_id, Venta.ediciones == 0)
