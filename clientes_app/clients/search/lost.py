"""Finding clients to whom nothing arrives: their last messages went out or were refused, and none of them arrived.

A number may work and its phone be off for weeks: so these are more than the numbers that failed for good. Of the
messages only those are read that did not arrive, in an index of their own, and then the last of who has several.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session, aliased

from ...models import NOT_ARRIVED, NOT_DELIVERED, Cliente, EstadoSMS, SMSLog

LAST_ONES = 3

_TRIED = (EstadoSMS.ENVIADO, EstadoSMS.FALLIDO)


def last_ones_lost() -> ColumnElement[bool]:
    """Say whether the last `LAST_ONES` messages to a client did not arrive."""
    several = (
        select(SMSLog.cliente_id)
        .where(text(f"({NOT_ARRIVED})"), SMSLog.cliente_id.is_not(None))
        .group_by(SMSLog.cliente_id)
        .having(func.count() >= LAST_ONES)
        .correlate(None)
    )
    message = aliased(SMSLog)
    tried = message.cliente_id == Cliente.id, message.estado.in_(_TRIED)
    last = select(message.estado, message.recibo).where(*tried).order_by(message.id.desc()).limit(LAST_ONES)
    its = last.correlate(Cliente).subquery()
    lost = (its.c.estado == EstadoSMS.FALLIDO) | func.coalesce(its.c.recibo, "").in_(NOT_DELIVERED)
    arrived = select(func.count()).select_from(its).where(~lost).correlate(Cliente).scalar_subquery()
    return Cliente.id.in_(several) & (arrived == 0)


def are_last_ones_lost(session: Session, client_id: int) -> bool:
    """Return whether the same is so of one client."""
    tried = SMSLog.cliente_id == client_id, SMSLog.estado.in_(_TRIED)
    last = select(SMSLog.estado, SMSLog.recibo).where(*tried).order_by(SMSLog.id.desc()).limit(LAST_ONES)
    rows = session.execute(last).all()
    lost = [row for row in rows if row.estado is EstadoSMS.FALLIDO or row.recibo in NOT_DELIVERED]
    return len(lost) == LAST_ONES
