"""Who a campaign is for, and what will become of each: one question asked of the database in one way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, false, func, literal, null, select
from sqlalchemy.orm import Session

from ..clients.search.selection import Selection, selected_in_order
from ..database.transactions import id_list
from ..messaging.personalization import is_too_long, longest_that_fits
from ..models import Baja, Cliente, EstadoSMS, OrigenBaja, SMSLog
from ..sending.faults import DEAD_NUMBER, DUPLICATE_NUMBER, INACTIVE, NO_USABLE_NUMBER, OPTED_OUT, TOO_LONG
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


@dataclass(frozen=True)
class Mailing:
    """An audience, and who of it cannot be sent one text, because it would be too long with their name."""

    account_id: int
    audience: Selection
    too_long: tuple[int, ...]


def mailing_of(session: Session, account_id: int, audience: Selection, text: str) -> Mailing:
    """Look for whom a text would be too long."""
    return Mailing(account_id, audience, tuple(_too_long(session, account_id, audience, text)))


def recipients(session: Session, mailing: Mailing) -> Select[Any]:
    """Select what `sending.outbox.enqueue` stores: each client with the state its message starts in.

    The first of several clients with one number is sent to; the others are skipped, as are those who opted out.
    """
    chosen = _chosen(session, mailing.account_id, mailing.audience)
    too_long = _is_listed(session, chosen, mailing)
    repeated = _repeated(session, mailing)
    asked_out = and_(Baja.usuario_id == mailing.account_id, Baja.telefono_e164 == chosen.c.telefono_e164)
    reason = case(
        (~chosen.c.activo, INACTIVE),
        (chosen.c.telefono_e164.is_(None), NO_USABLE_NUMBER),
        (Baja.origen == OrigenBaja.NUMERO, DEAD_NUMBER),
        (Baja.id.is_not(None), OPTED_OUT),
        (too_long, TOO_LONG),
        (chosen.c.posicion > repeated.c.primera, DUPLICATE_NUMBER),
        else_=null(),
    )
    sendable = reason.is_(None)
    state = case(
        (sendable, _state(EstadoSMS.PENDIENTE)),
        (reason.in_((OPTED_OUT, DEAD_NUMBER, DUPLICATE_NUMBER)), _state(EstadoSMS.OMITIDO)),
        else_=_state(EstadoSMS.FALLIDO),
    )
    known = chosen.outerjoin(Baja, asked_out).outerjoin(
        repeated, and_(_reachable(chosen), repeated.c.telefono_e164 == chosen.c.telefono_e164)
    )
    return select(
        chosen.c.posicion,
        chosen.c.cliente_id,
        chosen.c.nombre,
        chosen.c.telefono,
        case((sendable, chosen.c.telefono_e164), else_=null()).label("telefono_e164"),
        state.label("estado"),
        reason.label("error_mensaje"),
    ).select_from(known)


def shares(session: Session, mailing: Mailing) -> list[Share]:
    """Count an audience by what will become of it."""
    rows = recipients(session, mailing).subquery()
    counted = select(rows.c.estado, rows.c.error_mensaje, func.count()).group_by(rows.c.estado, rows.c.error_mensaje)
    return [
        Share(state, reason, count, _some_names(session, rows, reason))
        for state, reason, count in session.execute(counted)
    ]


def names_to_send_to(session: Session, mailing: Mailing) -> Iterator[str]:
    """Stream the names of those who will get a message."""
    # One column, so that the names of a large base come the sooner.
    sendable = _to_send_to(session, mailing)
    yield from session.scalars(sendable.with_only_columns(sendable.selected_columns.nombre))


def names_and_numbers_to_send_to(session: Session, mailing: Mailing) -> Iterator[tuple[str, str]]:
    """Stream the names and E.164 numbers of those who will get a message."""
    yield from session.execute(_to_send_to(session, mailing))


def _to_send_to(session: Session, mailing: Mailing) -> Select[str, str]:
    rows = recipients(session, mailing).subquery()
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


def hold(session: Session, account_id: int, client_ids: Sequence[int]) -> None:
    """Let nobody delete these clients until the transaction ends.

    They are locked in the order of their ids, as everywhere; their messages would do so in that of the campaign.
    SQLite has one writer and needs no lock.
    """
    if _dialect(session) == "sqlite":
        return
    listed = id_list(client_ids, _dialect(session))
    theirs = owned(Cliente, account_id).where(Cliente.id.in_(select(listed.c.value))).with_only_columns(Cliente.id)
    session.execute(theirs.order_by(Cliente.id).with_for_update(read=True, key_share=True))


def _reachable(chosen: Subquery) -> ColumnElement[bool]:
    return and_(chosen.c.activo, chosen.c.telefono_e164.is_not(None))


def _too_long(session: Session, account_id: int, audience: Selection, text: str) -> Iterator[int]:
    """Find those of an audience for whom a text is too long; of most texts it is known without looking at anybody."""
    fits = longest_that_fits(text)
    if fits is None:
        return
    chosen = _chosen(session, account_id, audience)
    query = select(chosen.c.cliente_id, chosen.c.nombre).where(func.length(chosen.c.nombre) > fits)
    for client_id, name in session.execute(query.execution_options(yield_per=2_000)):
        if is_too_long(text, name):
            yield client_id


def _is_listed(session: Session, chosen: Subquery, mailing: Mailing) -> ColumnElement[bool]:
    """Say whether the text is too long for a client."""
    if not mailing.too_long:
        return false()
    return chosen.c.cliente_id.in_(select(id_list(mailing.too_long, _dialect(session)).c.value))


def _repeated(session: Session, mailing: Mailing) -> Subquery:
    """Select the numbers that more than one has, and who comes first: few rows, so that the audience is not sorted."""
    chosen = _chosen(session, mailing.account_id, mailing.audience)
    number = chosen.c.telefono_e164
    sent_to = and_(_reachable(chosen), ~_is_listed(session, chosen, mailing))
    several = select(number, func.min(chosen.c.posicion).label("primera")).where(sent_to).group_by(number)
    return several.having(func.count() > 1).subquery("repeated")


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
