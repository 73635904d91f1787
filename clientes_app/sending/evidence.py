"""What settles a message whose fate is unknown: Twilio's word, or a person's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, update

from ..database import write_transaction
from ..models import CampanaSMS, EstadoCampana, EstadoSMS, Recibo, SMSLog
from ..models.types import utc_now
from .outbox import FIRST_LOOK
from .states import carry_over, move_rows

LOOKING_PERIOD = timedelta(hours=24)

# Receipts come in any order and more than once: only one that is further along counts.
_RANKS = {
    Recibo.ACCEPTED: 0,
    Recibo.SCHEDULED: 1,
    Recibo.QUEUED: 2,
    Recibo.SENDING: 3,
    Recibo.SENT: 4,
    Recibo.DELIVERED: 5,
    Recibo.UNDELIVERED: 5,
    Recibo.FAILED: 5,
    Recibo.READ: 6,
}


@dataclass(frozen=True)
class Receipt:
    """What Twilio says of a message: of the attempt that its callback's address names."""

    attempt: str
    sid: str
    status: Recibo | None
    """None for a status that we do not know: the SID is evidence all the same."""
    code: int | None = None


@dataclass(frozen=True)
class Doubt:
    """An uncertain message that Twilio is to be asked about."""

    row_id: int
    attempt: str
    to: str
    body: str
    since: datetime
    """When it became uncertain; its attempt was shortly before."""
    looks: int


def receive(engine: Engine, receipts: Sequence[Receipt]) -> None:
    """Store receipts, and settle the uncertain messages that they prove to be accepted; all in one transaction."""
    latest = _furthest(receipts)
    with write_transaction(engine) as connection:
        rows = connection.execute(
            select(SMSLog.id, SMSLog.intento, SMSLog.campana_id, SMSLog.estado, SMSLog.twilio_sid, SMSLog.recibo)
            .where(SMSLog.intento.in_(list(latest)))
            .order_by(SMSLog.id)
            .with_for_update()
        ).all()
        for row in rows:
            receipt = latest[row.intento]
            if row.twilio_sid not in (None, receipt.sid):
                continue
            if row.estado in (EstadoSMS.INCIERTO, EstadoSMS.ENVIANDO):
                _accept(connection, row.campana_id, row.id, row.estado, receipt.sid)
            if _is_further(receipt.status, row.recibo):
                _store_receipt(connection, row.id, receipt)


def doubts(engine: Engine, most: int) -> list[Doubt]:
    """List the uncertain messages whose time to be asked about has come."""
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                SMSLog.id,
                SMSLog.intento,
                SMSLog.telefono_e164,
                SMSLog.mensaje,
                SMSLog.actualizado,
                SMSLog.consultas,
            )
            .where(SMSLog.proxima_consulta <= utc_now(), SMSLog.estado == EstadoSMS.INCIERTO)
            .order_by(SMSLog.proxima_consulta)
            .limit(most)
        )
        return [Doubt(*row) for row in rows]  # type: ignore[arg-type]  # what is uncertain has a number and an attempt


def settle(engine: Engine, doubt: Doubt, sids: Sequence[str]) -> bool:
    """Take the first of the SIDs that no message has as the doubt's own; without one, ask again later.

    Absence proves nothing: Twilio's list may lag.
    """
    with write_transaction(engine) as connection:
        row = connection.execute(
            select(SMSLog.campana_id, SMSLog.estado)
            .where(SMSLog.id == doubt.row_id, SMSLog.intento == doubt.attempt, SMSLog.estado == EstadoSMS.INCIERTO)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return False
        taken = set(connection.scalars(select(SMSLog.twilio_sid).where(SMSLog.twilio_sid.in_(list(sids)))))
        own = next((sid for sid in sids if sid not in taken), None)
        if own is None:
            _look_later(connection, doubt)
            return False
        _accept(connection, row.campana_id, doubt.row_id, EstadoSMS.INCIERTO, own)
        return True


def confirm(connection: Connection, campaign_id: int, row_id: int, person_id: int) -> bool:
    """Take a person's word that an uncertain message arrived; tell whether it was uncertain."""
    values = {"confirmado_por_id": person_id, "proxima_consulta": None}
    return _leave_doubt(connection, campaign_id, row_id, EstadoSMS.ENVIADO, values)


def send_again(connection: Connection, campaign_id: int, row_id: int) -> bool:
    """Send an uncertain message again, which may make it arrive twice; tell whether it was uncertain."""
    values = {"proxima_consulta": None, "error_codigo": None, "error_mensaje": None, "intento": None}
    if not _leave_doubt(connection, campaign_id, row_id, EstadoSMS.PENDIENTE, values):
        return False
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado == EstadoCampana.COMPLETADO)
        .values(estado=EstadoCampana.PROCESANDO, completado=None)
    )
    return True


def _furthest(receipts: Sequence[Receipt]) -> Mapping[str, Receipt]:
    """Answer the furthest receipt of each attempt."""
    furthest: dict[str, Receipt] = {}
    for receipt in receipts:
        known = furthest.get(receipt.attempt)
        if known is None or _is_further(receipt.status, known.status):
            furthest[receipt.attempt] = receipt
    return furthest


def _is_further(status: Recibo | None, known: Recibo | None) -> bool:
    if status is None:
        return False
    return known is None or _RANKS[status] > _RANKS[known]


def _store_receipt(connection: Connection, row_id: int, receipt: Receipt) -> None:
    connection.execute(
        update(SMSLog)
        .where(SMSLog.id == row_id)
        .values(recibo=receipt.status, recibo_codigo=receipt.code, recibido=utc_now())
    )


def _accept(connection: Connection, campaign_id: int, row_id: int, before: EstadoSMS, sid: str) -> None:
    change = {
        "row_id": row_id,
        "estado": EstadoSMS.ENVIADO,
        "twilio_sid": sid,
        "error_codigo": None,
        "error_mensaje": None,
        "proxima_consulta": None,
    }
    carry_over(connection, campaign_id, move_rows(connection, before, [change]))


def _look_later(connection: Connection, doubt: Doubt) -> None:
    """Ask again after twice the time, until a day is over."""
    asked_for = FIRST_LOOK * (2 ** (doubt.looks + 1) - 1)
    pause = FIRST_LOOK * 2 ** (doubt.looks + 1)
    again = utc_now() + pause if asked_for + pause <= LOOKING_PERIOD else None
    connection.execute(
        update(SMSLog).where(SMSLog.id == doubt.row_id).values(consultas=doubt.looks + 1, proxima_consulta=again)
    )


def _leave_doubt(
    connection: Connection, campaign_id: int, row_id: int, after: EstadoSMS, values: Mapping[str, object]
) -> bool:
    in_doubt = connection.scalar(
        select(SMSLog.id)
        .where(SMSLog.id == row_id, SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.INCIERTO)
        .with_for_update()
    )
    if in_doubt is None:
        return False
    moves = move_rows(connection, EstadoSMS.INCIERTO, [{"row_id": row_id, "estado": after, **values}])
    carry_over(connection, campaign_id, Counter(moves))
    return True
