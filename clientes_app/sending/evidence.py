"""What settles a message whose fate is unknown: Twilio's word, or a person's."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError

from ..database.transactions import write_transaction
from ..models import EstadoCampana, EstadoSMS, Recibo, ReciboAnotado, SMSLog
from ..models.types import utc_now
from ..values.pseudonym import is_pseudonym
from .ordering.placed import placed
from .recording import FIRST_LOOK
from .states import carry_over, lock_campaigns, move_rows

log = logging.getLogger(__name__)

LOOKING_PERIOD = timedelta(hours=24)
ATTEMPT_PERIOD = timedelta(minutes=2)
"""How much older than what its row says a message may be: the answer was waited for, and clocks differ."""

TAKEN_PERIOD = timedelta(minutes=2)
"""So long nobody else asks about a message that somebody is about to ask about."""

_MARK = insert(ReciboAnotado)
_UNSETTLED = (EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO)

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
    Recibo.CANCELED: 5,
    Recibo.PARTIALLY_DELIVERED: 5,
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
    campaign_id: int
    attempt: str
    to: str
    body: str
    since: datetime
    """Before this it was not handed over."""
    looks: int


def receive(engine: Engine, receipts: Sequence[Receipt]) -> None:
    """Store receipts, and settle the uncertain messages that they prove to be accepted; all in one transaction.

    A receipt with another SID than its row's, or with one that another row has, is not believed; one that the database
    refuses is left out, and harms no other.
    """
    try:
        _receive_together(engine, receipts)
    except (DataError, IntegrityError):
        for receipt in receipts:
            _receive_alone(engine, receipt)


def _receive_alone(engine: Engine, receipt: Receipt) -> None:
    try:
        _receive_together(engine, [receipt])
    except (DataError, IntegrityError) as error:
        log.warning("a receipt cannot be stored (%s): it is left out", type(error.orig).__name__)


def _receive_together(engine: Engine, receipts: Sequence[Receipt]) -> None:
    latest = _furthest(receipts)
    sids = {receipt.sid for receipt in latest.values()}
    named = or_(SMSLog.intento.in_(list(latest)), SMSLog.twilio_sid.in_(list(sids)))
    with write_transaction(engine) as connection:
        unsettled = select(SMSLog.campana_id).where(named, SMSLog.estado.in_(_UNSETTLED))
        campaigns = lock_campaigns(connection, connection.scalars(unsettled).all())
        rows = connection.execute(
            select(SMSLog.id, SMSLog.intento, SMSLog.campana_id, SMSLog.estado, SMSLog.twilio_sid, SMSLog.recibo)
            .where(named)
            .order_by(SMSLog.id)
            .with_for_update()
        ).all()
        owners = {row.twilio_sid: row.id for row in rows}
        believed = [
            (row, receipt)
            for row in rows
            if (receipt := latest.get(row.intento)) is not None
            and row.twilio_sid in (None, receipt.sid)
            and owners.get(receipt.sid, row.id) == row.id
        ]
        accepted = [each for each in believed if each[0].estado in _UNSETTLED and each[0].campana_id in campaigns]
        further = [each for each in believed if _is_further(each[1].status, each[0].recibo)]
        settled = {row.id for row, _ in accepted}
        # Each row is changed once: of one that is changed twice PostgreSQL looks its client up anew, and so waits for
        # whoever has locked the client and waits for the row.
        _accept_all(connection, accepted)
        _store_receipts(connection, [each for each in further if each[0].id not in settled])
        _mark_for_reports(connection, further)


def doubts(engine: Engine, most: int) -> list[Doubt]:
    """Take the uncertain messages whose time to be asked about has come; nobody else gets them for a while."""
    due = (
        select(SMSLog.id)
        .where(SMSLog.proxima_consulta <= utc_now(), SMSLog.estado == EstadoSMS.INCIERTO)
        .order_by(SMSLog.proxima_consulta)
        .limit(most)
    )
    with engine.connect() as connection:
        if connection.scalar(due.limit(1)) is None:
            return []  # mostly: and what only looks makes no writer wait
    with write_transaction(engine) as connection:
        taken = (
            update(SMSLog)
            .where(SMSLog.id.in_(due.with_for_update(skip_locked=True)))
            .values(proxima_consulta=utc_now() + TAKEN_PERIOD)
            .returning(
                SMSLog.id,
                SMSLog.campana_id,
                SMSLog.intento,
                SMSLog.telefono_e164,
                SMSLog.mensaje,
                SMSLog.actualizado,
                SMSLog.consultas,
            )
        )
        return [_doubt(row) for row in connection.execute(taken)]


def settle(engine: Engine, doubt: Doubt, sids: Sequence[str]) -> bool:
    """Take the first of the SIDs that no message has as the doubt's own; without one, ask again later.

    Absence proves nothing: Twilio's list may lag. Nor do SIDs prove anything while other messages of the same text
    to the same number, of whatever campaign, may own them all.
    """
    with write_transaction(engine) as connection:
        lock_campaigns(connection, [doubt.campaign_id])
        still = select(SMSLog.id).where(
            SMSLog.id == doubt.row_id, SMSLog.intento == doubt.attempt, SMSLog.estado == EstadoSMS.INCIERTO
        )
        if connection.scalar(still.with_for_update()) is None:
            return False
        taken = set(connection.scalars(select(SMSLog.twilio_sid).where(SMSLog.twilio_sid.in_(list(sids)))))
        free = [sid for sid in sids if sid not in taken]
        if len(free) <= _rivals(connection, doubt):
            _look_later(connection, doubt)
            return False
        moves = move_rows(connection, EstadoSMS.INCIERTO, [_acceptance(doubt.row_id, free[0])])
        carry_over(connection, doubt.campaign_id, moves)
        return True


def confirm(connection: Connection, campaign_id: int, row_id: int, person_id: int | None) -> bool:
    """Take a person's word that an uncertain message arrived; return whether it was uncertain."""
    values = {"confirmado_por_id": person_id, "proxima_consulta": None, "error_codigo": None, "error_mensaje": None}
    return _leave_doubt(connection, campaign_id, row_id, EstadoSMS.ENVIADO, values)


def send_again(connection: Connection, campaign_id: int, row_id: int) -> bool:
    """Send an uncertain message again, which may make it arrive twice; return whether it was uncertain.

    Nothing goes to a number that is erased, nor for a campaign that was cancelled.
    """
    if lock_campaigns(connection, [campaign_id]).get(campaign_id) is EstadoCampana.CANCELADO:
        return False
    number = connection.scalar(select(SMSLog.telefono_e164).where(SMSLog.id == row_id))
    if number is None or is_pseudonym(number):
        return False
    values = {"proxima_consulta": None, "error_codigo": None, "error_mensaje": None, "intento": None}
    again = _leave_doubt(connection, campaign_id, row_id, EstadoSMS.PENDIENTE, values)
    placed(connection, campaign_id)
    return again


def _doubt(row: Any) -> Doubt:
    since = row.actualizado - ATTEMPT_PERIOD
    return Doubt(row.id, row.campana_id, row.intento, row.telefono_e164, row.mensaje, since, row.consultas)


def _furthest(receipts: Sequence[Receipt]) -> Mapping[str, Receipt]:
    """Return the furthest receipt of each attempt."""
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


def _accept_all(connection: Connection, accepted: Sequence[tuple[Any, Receipt]]) -> None:
    """Settle what Twilio accepted, though nobody heard of it so far, with what became of it."""
    changes: defaultdict[tuple[int, EstadoSMS, bool], list[dict[str, Any]]] = defaultdict(list)
    for row, receipt in accepted:
        is_further = _is_further(receipt.status, row.recibo)
        told = _told(receipt) if is_further else {}
        changes[row.campana_id, row.estado, is_further].append(_acceptance(row.id, receipt.sid) | told)
    for (campaign_id, before, _), rows in sorted(changes.items()):
        carry_over(connection, campaign_id, move_rows(connection, before, rows))


def _store_receipts(connection: Connection, further: Sequence[tuple[Any, Receipt]]) -> None:
    if further:
        stored = [{"row_id": row.id} | _told(receipt) for row, receipt in further]
        connection.execute(update(SMSLog).where(SMSLog.id == bindparam("row_id")), stored)


def _mark_for_reports(connection: Connection, changed: Sequence[tuple[Any, Receipt]]) -> None:
    # A mark is appended: in a counter of the campaign's those who store receipts would wait for each other.
    if campaigns := sorted({row.campana_id for row, _ in changed}):
        connection.execute(_MARK, [{"campana_id": campaign_id} for campaign_id in campaigns])


def _told(receipt: Receipt) -> dict[str, Any]:
    return {"recibo": receipt.status, "recibo_codigo": receipt.code, "recibido": utc_now()}


def _acceptance(row_id: int, sid: str) -> dict[str, Any]:
    return {
        "row_id": row_id,
        "estado": EstadoSMS.ENVIADO,
        "twilio_sid": sid,
        "error_codigo": None,
        "error_mensaje": None,
        "proxima_consulta": None,
    }


def _rivals(connection: Connection, doubt: Doubt) -> int:
    """Count the other messages that may own a SID found for this one: alike, handed over, and without a SID."""
    alike = select(func.count()).where(
        SMSLog.telefono_e164 == doubt.to,
        SMSLog.mensaje == doubt.body,
        SMSLog.id != doubt.row_id,
        SMSLog.twilio_sid.is_(None),
        SMSLog.estado.in_((EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO, EstadoSMS.ENVIADO)),
        SMSLog.actualizado >= doubt.since - ATTEMPT_PERIOD,
    )
    return connection.scalar(alike) or 0


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
    lock_campaigns(connection, [campaign_id])
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
