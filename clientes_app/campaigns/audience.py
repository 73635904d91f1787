"""Who a campaign is for, and what will become of each: one question asked of the database in one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, null, select
from sqlalchemy.orm import Session

from ..clients.selection import Selection, selected_in_order
from ..database import id_list
from ..models import Baja, Cliente, EstadoSMS, SMSLog
from ..sending.faults import DUPLICATE_NUMBER, INACTIVE, NO_USABLE_NUMBER, OPTED_OUT
from ..tenancy import owned

SOME = 20


@dataclass(frozen=True)
class Share:
    """How many of an audience meet one end, and why."""

    state: EstadoSMS
    reason: str | None
    count: int
    names: tuple[str, ...]
    """Some of those left out; none of those who get it."""


def recipients(session: Session, account_id: int, audience: Selection) -> Select[Any]:
    """Select what `sending.outbox.enqueue` stores: each client with the state its message starts in.

    The first of several clients with one number is sent to; the others are skipped, as are those who opted out.
    """
    chosen = _chosen(session, account_id, audience)
    opted_out = _opted_out(account_id, chosen.c.telefono_e164)
    reachable = and_(chosen.c.activo, chosen.c.telefono_e164.is_not(None))
    usable = and_(reachable, ~opted_out)
    copies = func.row_number().over(partition_by=(chosen.c.telefono_e164, usable), order_by=chosen.c.posicion)
    ranked = select(
        chosen,
        reachable.label("alcanzable"),
        usable.label("utilizable"),
        copies.label("copia"),
    ).subquery("ranked")
    sendable = and_(ranked.c.utilizable, ranked.c.copia == 1)
    reason = case(
        (~ranked.c.activo, INACTIVE),
        (~ranked.c.alcanzable, NO_USABLE_NUMBER),
        (~ranked.c.utilizable, OPTED_OUT),
        (ranked.c.copia > 1, DUPLICATE_NUMBER),
        else_=null(),
    )
    state = case(
        (sendable, _state(EstadoSMS.PENDIENTE)),
        (ranked.c.alcanzable, _state(EstadoSMS.OMITIDO)),
        else_=_state(EstadoSMS.FALLIDO),
    )
    return select(
        ranked.c.posicion,
        ranked.c.cliente_id,
        ranked.c.nombre,
        ranked.c.telefono,
        case((sendable, ranked.c.telefono_e164), else_=null()).label("telefono_e164"),
        state.label("estado"),
        reason.label("error_mensaje"),
    )


def shares(session: Session, account_id: int, audience: Selection) -> list[Share]:
    """Count an audience by what will become of it."""
    rows = recipients(session, account_id, audience).subquery()
    counted = select(rows.c.estado, rows.c.error_mensaje, func.count()).group_by(rows.c.estado, rows.c.error_mensaje)
    return [
        Share(state, reason, count, _some_names(session, rows, reason))
        for state, reason, count in session.execute(counted)
    ]


def names_to_send_to(session: Session, account_id: int, audience: Selection) -> Iterator[str]:
    """Stream the names of those who will get a message."""
    # One column, so that the names of a large base come the sooner.
    sendable = _to_send_to(session, account_id, audience)
    yield from session.scalars(sendable.with_only_columns(sendable.selected_columns.nombre))


def names_and_numbers_to_send_to(session: Session, account_id: int, audience: Selection) -> Iterator[tuple[str, str]]:
    """Stream the names and E.164 numbers of those who will get a message."""
    yield from session.execute(_to_send_to(session, account_id, audience))


def _to_send_to(session: Session, account_id: int, audience: Selection) -> Select[str, str]:
    rows = recipients(session, account_id, audience).subquery()
    sendable = select(rows.c.nombre, rows.c.telefono_e164).where(rows.c.estado == EstadoSMS.PENDIENTE)
    return sendable.execution_options(yield_per=2_000)


def _some_names(session: Session, rows: Subquery, reason: str | None) -> tuple[str, ...]:
    if reason is None:
        return ()
    names = select(rows.c.nombre).where(rows.c.error_mensaje == reason).order_by(rows.c.posicion).limit(SOME)
    return tuple(session.scalars(names))


def unknown_ids(session: Session, account_id: int, client_ids: Sequence[int]) -> list[int]:
    """List the ids that no client of the account has, in the order given."""
    listed = id_list(client_ids, _dialect(session))
    known = owned(Cliente, account_id).where(Cliente.id == listed.c.value).exists()
    return list(session.scalars(select(listed.c.value).where(~known).order_by(listed.c.key)))


def _opted_out(account_id: int, number: ColumnElement[str | None]) -> ColumnElement[bool]:
    return exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == number)


def _chosen(session: Session, account_id: int, audience: Selection) -> Subquery:
    chosen, order = selected_in_order(session, account_id, audience)
    return chosen.with_only_columns(
        Cliente.id.label("cliente_id"),
        Cliente.nombre,
        Cliente.telefono,
        Cliente.telefono_e164,
        Cliente.activo,
        order.label("posicion"),
    ).subquery("chosen")


def _state(state: EstadoSMS) -> ColumnElement[EstadoSMS]:
    return literal(state, SMSLog.estado.type)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
