"""Sales to a client: recording, editing and deleting one, and what a client's come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit_log import Actor, Thing, record
from ...errors import Conflict, NotFound
from ...extensions import db, unit_of_work
from ...models import Accion, Cliente, TipoDeCambio, Venta
from ...models.types import utc_now
from ...tenancy import Account, owned
from ...values.amounts import LARGEST
from ...values.ids import MAX_ID
from ...web.formatting import local_iso
from ..services import lock_client, note_change
from .keys import SaleKey

_FIELDS = ("total", "concepto", "fecha")
"""What a person says of a sale."""


@dataclass(frozen=True)
class NewSale:
    """What a person says of a sale; without a moment it is made now."""

    total: Decimal
    concept: str = ""
    moment: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A sale as a page showed it."""

    client_id: int
    id: int
    edition: int


@dataclass(frozen=True)
class Sales:
    """How many sales a client has, and their sum."""

    number: int
    total: Decimal


def record_sale(account: Account, client_id: int, sale: NewSale, key: SaleKey | None = None) -> Venta:
    """Store a sale to a client; return the first one where a program sends it again.

    Raises NotFound, Conflict where the client is erased, and KeyReused.
    """
    try:
        return _record(account, client_id, sale, key)
    except IntegrityError as error:
        # The key came in between with another request, or the client was deleted.
        if key and (earlier := earlier_sale(account.id, key)):
            return earlier
        raise NotFound from error


def earlier_sale(account_id: int, key: SaleKey | None) -> Venta | None:
    """Return the sale that a program's request gave before.

    Raises KeyReused.
    """
    return key.earlier(db.session(), account_id) if key else None


def get_sale(account_id: int, client_id: int, sale_id: int) -> Venta:
    """Return a sale to a client.

    Raises NotFound.
    """
    return _get(db.session(), account_id, client_id, sale_id)


def edit_sale(account: Account, shown: Shown, sale: NewSale, *, by: Actor) -> Venta:
    """Change a sale as a page showed it; without a moment it keeps its own.

    Raises NotFound, and Conflict where somebody else has changed it since or the client is erased.
    """
    with unit_of_work() as session:
        lock_client(session, account.id, shown.client_id)
        before = _get(session, account.id, shown.client_id, shown.id)
        was = {name: getattr(before, name) for name in _FIELDS}
        now = {"total": sale.total, "concepto": sale.concept, "fecha": sale.moment or before.fecha}
        changed = {name: (was[name], now[name]) for name in _FIELDS if was[name] != now[name]}
        if changed or before.ediciones != shown.edition:
            edited = update(Venta).where(_as_of(before, shown.edition)).values(**now, ediciones=Venta.ediciones + 1)
            _require_one(session.connection().execute(edited).rowcount)
            _tell_edit(session, account, before, changed, by)
            count_purchases(session, account.id, shown.client_id)
        session.refresh(before)
    return before


def delete_sale(account: Account, shown: Shown, *, by: Actor) -> None:
    """Delete a sale as a page showed it.

    Raises NotFound, and Conflict where somebody else has changed it since or the client is erased.
    """
    with unit_of_work() as session:
        lock_client(session, account.id, shown.client_id)
        sale = _get(session, account.id, shown.client_id, shown.id)
        was = {name: _written(account, getattr(sale, name)) for name in _FIELDS}
        session.expunge(sale)
        _require_one(session.connection().execute(delete(Venta).where(_as_of(sale, shown.edition))).rowcount)
        note_change(session, shown.client_id, TipoDeCambio.EDITADO, {"venta_eliminada": was}, by)
        told = {"cliente": shown.client_id, "total": was["total"], "fecha": was["fecha"]}
        record(session, by, Accion.SALE_DELETED, Thing("venta", shown.id), **told)
        count_purchases(session, account.id, shown.client_id)


def count_purchases(session: Session, account_id: int, client_id: int) -> None:
    """Carry a client's sales over to the client: lists sort and filter by the last one and by their sum."""
    carry_over(session.connection(), and_(Cliente.id == client_id, Cliente.usuario_id == account_id))


def carry_over(connection: Connection, clients: ColumnElement[bool]) -> None:
    """Do the same for each of some clients, whom the caller has locked; a sum beyond what is kept counts as that."""
    made = select(Venta).where(Venta.cliente_id == Cliente.id, Venta.usuario_id == Cliente.usuario_id)
    last = made.with_only_columns(func.max(Venta.fecha)).scalar_subquery()
    summed = func.round(func.coalesce(func.sum(Venta.total), 0), 2, type_=Venta.total.type)
    total = made.with_only_columns(case((summed > LARGEST, LARGEST), else_=summed)).scalar_subquery()
    counted = update(Cliente).where(clients).values(ultima_compra=last, total_compras=total)
    connection.execute(counted)


def sales_to(account_id: int, client_id: int) -> Sales:
    """Count and sum a client's sales."""
    made = owned(Venta, account_id).where(Venta.cliente_id == client_id)
    number, total = db.session.execute(made.with_only_columns(func.count(), func.sum(Venta.total))).one()
    return Sales(number, total or Decimal(0))


def _record(account: Account, client_id: int, sale: NewSale, key: SaleKey | None) -> Venta:
    with unit_of_work() as session:
        client = lock_client(session, account.id, client_id)
        # Whoever sends the same for the same client at once has waited for the lock.
        if key and (earlier := key.earlier(session, account.id)):
            return earlier
        stored = Venta(
            cliente_id=client.id,
            total=sale.total,
            concepto=sale.concept,
            fecha=sale.moment or utc_now(),
            usuario_id=account.id,
        )
        if key:
            key.take(session, stored)
        session.add(stored)
        session.flush()
        count_purchases(session, account.id, client_id)
    return stored


def _get(session: Session, account_id: int, client_id: int, sale_id: int) -> Venta:
    theirs = owned(Venta, account_id).where(Venta.cliente_id == client_id, Venta.id == sale_id)
    sale = session.scalar(theirs) if sale_id <= MAX_ID else None
    if sale is None:
        raise NotFound
    return sale


def _as_of(sale: Venta, edition: int) -> ColumnElement[bool]:
    """Return whether a row is a sale as it was at an edition."""
    return and_(
        Venta.id == sale.id,
        Venta.usuario_id == sale.usuario_id,
        Venta.cliente_id == sale.cliente_id,
        Venta.ediciones == edition,
    )


def _require_one(rows: int) -> None:
    if rows != 1:
        raise Conflict(gettext("Somebody else has just changed this sale. Look at it again."))


def _tell_edit(session: Session, account: Account, sale: Venta, changed: dict[str, tuple[Any, Any]], by: Actor) -> None:
    told = {name: [_written(account, value) for value in values] for name, values in changed.items()}
    note_change(session, sale.cliente_id, TipoDeCambio.EDITADO, {"venta": told}, by)
    # What people write in a sale may name somebody: the client's own story tells it, which is erased with the client.
    changes = {name: values if name != "concepto" else "cambiado" for name, values in told.items()}
    record(session, by, Accion.SALE_EDITED, Thing("venta", sale.id), cliente=sale.cliente_id, cambios=changes)


def _written(account: Account, value: Any) -> str:
    """Write what a sale says as JSON keeps it."""
    if isinstance(value, datetime):
        return local_iso(value, account.zone)
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
