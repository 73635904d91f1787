"""A message of a person to themselves: sent and limited as every campaign is, and listed nowhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.orm import Session

from ...audit_log import Actor, Thing, record
from ...campaigns import limits
from ...errors import Conflict
from ...messaging.personalization import Shared
from ...messaging.template_placeholders import Placeholder
from ...messaging.wording import Kind
from ...models import Accion, Baja, CampanaSMS, EstadoSMS, SMSLog
from ...models.types import utc_now
from ...sending import outbox
from ...sending.ordering.placed import placed
from ...tenancy import owned

_TEXT = Placeholder("texto", Kind.TEXT, "texto")
"""Stands for all of a note: what is a text's value is not read again as one with placeholders."""


@dataclass(frozen=True)
class Note:
    """What a person writes to themselves, and by which key and mark its form is known when it comes again."""

    account_id: int
    number: str
    text: str
    action: Accion
    """What the audit calls it."""
    key: str | None = None
    mark: str | None = None
    foot: str | None = None
    """What it ends with, as the messages of a campaign do."""


class OptedOut(Conflict):
    """The number stands in the account's list of opt-outs."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This number is in the shop's list of opt-outs: nothing is sent to it. Take it out there first.")
        )


def require_no_opt_out(session: Session, account_id: int, number: str) -> None:
    """Refuse a number that is not written to.

    Raises OptedOut.
    """
    if session.scalar(owned(Baja, account_id).where(Baja.telefono_e164 == number).limit(1)) is not None:
        raise OptedOut


def store(session: Session, note: Note, *, by: Actor) -> CampanaSMS:
    """Give a note to the sender in a transaction that does more; the caller rings the bell after it.

    Raises OptedOut, and Conflict where it would pass one of the account's limits.
    """
    require_no_opt_out(session, note.account_id, note.number)
    sent = _insert(session, note, by)
    outbox.enqueue(session.connection(), sent.id, _recipient(note, by))
    session.refresh(sent)
    limits.note_expense(session, sent)
    limits.require_room(session, note.account_id, sent.pendientes, sent.costo)
    sent.encolada = sent.creado
    session.flush()
    placed(session.connection(), sent.id)
    record(session, by, note.action, Thing(account_id=note.account_id))
    return sent


def _insert(session: Session, note: Note, by: Actor) -> CampanaSMS:
    sent = CampanaSMS(
        nombre=gettext("Message to oneself"),
        mensaje=_TEXT.written,
        compartido=Shared(fields=(_TEXT,)).stored_for(_TEXT.written),
        pie=note.foot,
        es_prueba=True,
        creado=utc_now(),
        clave_formulario=note.key,
        huella=note.mark,
        enviada_por_id=by.person_id or note.account_id,
        usuario_id=note.account_id,
    )
    session.add(sent)
    session.flush()
    return sent


def _recipient(note: Note, by: Actor) -> Select[Any]:
    """Select the one row of a note, as `sending.outbox.enqueue` stores it."""
    columns: list[ColumnElement[Any]] = [
        literal(0).label("posicion"),
        literal(None, SMSLog.cliente_id.type).label("cliente_id"),
        literal(by.name[:150], SMSLog.nombre.type).label("nombre"),
        literal(json.dumps({_TEXT.name: note.text}), SMSLog.valores.type).label("valores"),
        literal(note.number, SMSLog.telefono.type).label("telefono"),
        literal(note.number, SMSLog.telefono_e164.type).label("telefono_e164"),
        literal(EstadoSMS.PENDIENTE, SMSLog.estado.type).label("estado"),
        literal(None, SMSLog.error_mensaje.type).label("error_mensaje"),
    ]
    return select(*columns)
