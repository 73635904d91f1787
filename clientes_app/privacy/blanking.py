"""Blanking messages: what they say of a person goes, what a campaign's proof needs stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select, update

from ..database.transactions import id_list
from ..models import EstadoSMS, SMSLog
from ..sending import faults
from ..sending.erased import pseudonym_key
from ..values.pseudonym import pseudonym
from ..values.text import translatable

IN_FLIGHT = (EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO)
"""A message in one of these still needs its number."""

REASON_GONE = translatable("Twilio refused it; its words are no longer kept")

# Twilio's own words may name the number; these sentences are ours.
_OWN_REASONS = {
    *(fault.sentence for fault in faults.FAULTS.values()),
    faults.NO_ANSWER,
    faults.INTERRUPTED,
    faults.TOO_MANY_UNKNOWN,
    faults.TOO_MANY_REFUSED,
    faults.OPTED_OUT,
    faults.ALREADY_TODAY,
    faults.CAPPED,
    faults.DEAD_NUMBER,
    faults.INACTIVE,
    faults.CLIENT_GONE,
    faults.NUMBER_CHANGED,
    faults.NO_USABLE_NUMBER,
    faults.DUPLICATE_NUMBER,
    faults.MISSING_VALUE,
    faults.TOO_LONG,
    REASON_GONE,
}

_BLANK = (
    update(SMSLog)
    .where(SMSLog.id == bindparam("row_id"), SMSLog.estado != EstadoSMS.PENDIENTE, SMSLog.estado != EstadoSMS.ENVIANDO)
    # Twilio is not asked about it any more: its list is searched by number and text.
    .values(nombre="", valores=None, telefono="", mensaje="", telefono_e164=bindparam("instead"), proxima_consulta=None)
)


def blank(connection: Connection, messages: Sequence[tuple[int, str | None]]) -> None:
    """Take name, values, number and text from messages, given by their ids and numbers; those in flight are left."""
    if not messages:
        return
    key = pseudonym_key(connection)
    values = [{"row_id": row_id, "instead": number and pseudonym(number, key)} for row_id, number in messages]
    connection.execute(_BLANK, values)
    _forget_reasons(connection, [row_id for row_id, _ in messages])


def _forget_reasons(connection: Connection, row_ids: Iterable[int]) -> None:
    listed = id_list(list(row_ids), connection.dialect.name)
    connection.execute(
        update(SMSLog)
        .where(
            SMSLog.id.in_(select(listed.c.value)),
            SMSLog.error_mensaje.not_in(_OWN_REASONS),
            SMSLog.estado.not_in(IN_FLIGHT),
        )
        .values(error_mensaje=REASON_GONE)
    )
