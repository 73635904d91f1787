"""Sales to a client: recording one, and what a client's come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..errors import NotFound
from ..extensions import db, unit_of_work
from ..models import Cliente, Venta
from ..models.types import utc_now
from ..tenancy import Account, owned
from .services import lock_client


@dataclass(frozen=True)
class NewSale:
    """What a person says of a sale; without a day it is made now."""

    total: Decimal
    concept: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Sales:
    """How many sales a client has, and their sum."""

    number: int
    total: Decimal


def record_sale(account: Account, client_id: int, sale: NewSale) -> Venta:
    """Store a sale to a client.

    Raises NotFound, and Conflict where the client is erased.
    """
    try:
        with unit_of_work() as session:
            client = lock_client(session, account.id, client_id)
            stored = Venta(
                cliente_id=client.id,
                total=sale.total,
                concepto=sale.concept,
                fecha=_moment(sale.day, account.zone),
                usuario_id=account.id,
            )
            session.add(stored)
            session.flush()
            count_purchases(session, account.id, client_id)
    except IntegrityError as error:
        # The client was deleted in between.
        raise NotFound from error
    return stored


def count_purchases(session: Session, account_id: int, client_id: int) -> None:
    """Carry a client's sales over to the client: lists sort and filter by the last one and by their sum."""
    made = select(Venta).where(Venta.cliente_id == client_id, Venta.usuario_id == account_id)
    last = made.with_only_columns(func.max(Venta.fecha)).scalar_subquery()
    total = made.with_only_columns(func.round(func.coalesce(func.sum(Venta.total), 0), 2)).scalar_subquery()
    session.execute(
        update(Cliente)
        .where(Cliente.id == client_id, Cliente.usuario_id == account_id)
        .values(ultima_compra=last, total_compras=total)
    )


def sales_to(account_id: int, client_id: int) -> Sales:
    """Count and sum a client's sales."""
    made = owned(Venta, account_id).where(Venta.cliente_id == client_id)
    number, total = db.session.execute(made.with_only_columns(func.count(), func.sum(Venta.total))).one()
    return Sales(number, total or Decimal(0))


def today(zone: ZoneInfo) -> date:
    """Return the present day in the zone."""
    return utc_now().astimezone(zone).date()


def _moment(day: date | None, zone: ZoneInfo) -> datetime:
    if day is None or day == today(zone):
        return utc_now()
    # Nobody says the hour of an earlier sale: noon stays on that day in every zone nearby.
    return datetime.combine(day, time(12), zone)
