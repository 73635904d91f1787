"""Whom a campaign has missed and could reach now: not sent to since, though they were meant.

They failed, were cancelled, lacked a value, or had got enough advertising by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import Session

from ..database.transactions import id_list
from ..extensions import db
from ..message_templates.filling import filling_of, lacks
from ..models import ENDED, Baja, CampanaSMS, Cliente, EstadoCampana, EstadoSMS, Recibo, SMSLog
from ..sending.faults import (
    ALREADY_TODAY,
    CAPPED,
    FAULTS,
    INACTIVE,
    MISSING_VALUE,
    NUMBER_CHANGED,
    PASSING_RECEIPTS,
    TOO_LONG,
)
from ..tenancy import get_owned, owned
from ..values import pseudonym

RETRYABLE = [code for code, fault in FAULTS.items() if fault.retryable]

_ENOUGH = (ALREADY_TODAY, CAPPED)

_LOST = and_(
    SMSLog.estado == EstadoSMS.ENVIADO,
    SMSLog.recibo.in_((Recibo.UNDELIVERED, Recibo.FAILED)),
    SMSLog.recibo_codigo.in_(PASSING_RECEIPTS),
)
"""Whether Twilio accepted a message that did not arrive for a reason that may pass."""

_REACHED = (EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO, EstadoSMS.ENVIADO, EstadoSMS.INCIERTO)
"""Who has such a message has got it, gets it, or may have got it."""


Missed = Row[int, str | None, "Cause | None", bool]
"""A client's id and present number, why they can be reached now, and whether they have opted out."""


class Cause(StrEnum):
    """Why somebody was missed who can be reached now."""

    MENDED = "mended"
    """The number has changed since."""
    PASSING = "passing"
    """What failed may pass: the fault was of the moment, the client is active again or has the value that was missing,
    the text can be made shorter."""
    CANCELLED = "cancelled"
    ENOUGH = "enough"
    """They had got enough advertising: on another day they may get this."""


@dataclass(frozen=True)
class Missing:
    """Those whom a campaign has missed: who can be reached now, by cause, and how many still cannot."""

    client_ids: tuple[int, ...]
    counts: dict[Cause, int]
    opted_out: int
    """How many have asked for no more messages."""
    unreachable: int
    """How many have the number that failed, none, still lack a value, or are inactive."""


def missing_of(account_id: int, campaign_id: int) -> Missing:
    """Return whom the account's campaign has missed.

    Raises NotFound.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    rows = db.session.execute(_missed(campaign).order_by(SMSLog.id)).all()
    reachable = _each_number_once([row for row in rows if row.cause and not row.opted_out])
    return Missing(
        client_ids=tuple(row.cliente_id for row in reachable),
        counts={cause: sum(row.cause == cause for row in reachable) for cause in Cause},
        opted_out=sum(bool(row.cause and row.opted_out) for row in rows),
        unreachable=sum(row.cause is None for row in rows),
    )


def has_missing(campaign: CampanaSMS) -> bool:
    """Return whether a campaign that has ended, and does not go on, has missed anybody who can be reached now."""
    if campaign.estado not in ENDED - {EstadoCampana.ERROR}:
        return False
    missed = _missed(campaign).subquery()
    reachable = select(missed.c.cliente_id).where(missed.c.cause.is_not(None), ~missed.c.opted_out)
    return db.session.scalar(reachable.limit(1)) is not None


def first_of(campaign: CampanaSMS) -> int:
    """Return the campaign by whose id all those are known that go to its missing ones, and to theirs in turn."""
    return campaign.continua_id or campaign.id


def not_reached_since(session: Session, account_id: int, first_id: int, client_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of the clients whom neither a campaign nor any that goes to its missing ones has reached.

    The caller holds the account's lock, so that of two such campaigns one sees the other.
    """
    listed = id_list(client_ids, session.get_bind().dialect.name)
    query = owned(Cliente, account_id).join(listed, listed.c.value == Cliente.id).where(~_is_reached(first_id))
    return tuple(session.scalars(query.order_by(listed.c.key).with_only_columns(Cliente.id)))


def _missed(campaign: CampanaSMS) -> Select[int, str | None, Cause | None, bool]:
    """Select the clients who did not get their message, but for those left out on purpose, and got none since."""
    opted_out = owned(Baja, campaign.usuario_id).where(Baja.telefono_e164 == Cliente.telefono_e164).exists()
    return (
        owned(Cliente, campaign.usuario_id)
        .join(SMSLog, SMSLog.cliente_id == Cliente.id)
        .where(SMSLog.campana_id == campaign.id, _is_missed())
        .where(~_is_reached(first_of(campaign)))
        .with_only_columns(
            SMSLog.cliente_id, Cliente.telefono_e164, _cause(campaign).label("cause"), opted_out.label("opted_out")
        )
    )


def _is_missed() -> ColumnElement[bool]:
    """Say whether a message was to go out and did not; those left out on purpose are not missed."""
    passing = SMSLog.error_mensaje.in_((MISSING_VALUE, NUMBER_CHANGED, *_ENOUGH))
    left_out = and_(SMSLog.estado == EstadoSMS.OMITIDO, passing)
    return or_(SMSLog.estado.in_((EstadoSMS.FALLIDO, EstadoSMS.CANCELADO)), left_out, _LOST)


def _lacks_a_value(campaign: CampanaSMS) -> ColumnElement[bool]:
    """Say whether a client still lacks a value that the campaign's text cannot do without."""
    filling = filling_of(db.session(), campaign.usuario_id)
    template = filling.template(campaign.mensaje)
    return lacks(template, filling.columns([template]))


def _cause(campaign: CampanaSMS) -> ColumnElement[Cause | None]:
    """Say why the row of a client may succeed now; null: it may not."""
    reachable = and_(Cliente.activo, Cliente.telefono_e164.is_not(None))
    # Of a message that was blanked nobody knows the number any more.
    known = ~SMSLog.telefono_e164.startswith(pseudonym.MARK)
    another = or_(SMSLog.telefono_e164.is_(None), and_(known, SMSLog.telefono_e164 != Cliente.telefono_e164))
    return case(
        (~reachable | _lacks_a_value(campaign), None),
        (SMSLog.estado == EstadoSMS.CANCELADO, _named(Cause.CANCELLED)),
        (_LOST, _named(Cause.PASSING)),
        (
            or_(SMSLog.error_codigo.in_(RETRYABLE), SMSLog.error_mensaje.in_((INACTIVE, TOO_LONG, MISSING_VALUE))),
            _named(Cause.PASSING),
        ),
        (SMSLog.error_mensaje.in_(_ENOUGH), _named(Cause.ENOUGH)),
        (another, _named(Cause.MENDED)),
        else_=None,
    )


def _named(cause: Cause) -> ColumnElement[str]:
    return literal(cause.value, String)


def _is_reached(first_id: int) -> ColumnElement[bool]:
    """Say whether a client, or the number that they have now, has a message of these campaigns that arrived or may."""
    of_them = or_(CampanaSMS.id == first_id, CampanaSMS.continua_id == first_id)
    theirs = or_(SMSLog.cliente_id == Cliente.id, SMSLog.telefono_e164 == Cliente.telefono_e164)
    reached = select(SMSLog.id).join(CampanaSMS).where(of_them, SMSLog.estado.in_(_REACHED), theirs)
    reached = reached.where(~func.coalesce(_LOST, false()))
    return reached.correlate(Cliente).exists()


def _each_number_once(rows: Sequence[Missed]) -> list[Missed]:
    """Return the rows, of several with one number the first."""
    return list({row.telefono_e164: row for row in reversed(rows)}.values())[::-1]
