"""Erasing a client (Ley 1581 de 2012, article 8): what belongs to the person goes, what the law needs stays.

A client without sales is deleted. One with sales keeps its row for them, without anything of the person: the books of
a business are kept for ten years (Código de Comercio, article 60, and Ley 962 de 2005, article 28).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..clients.services import has_sales
from ..drafts.personal import forget_client
from ..errors import Conflict, NotFound
from ..extensions import db, unit_of_work
from ..importing.forgetting import note
from ..importing.staging.staged_rows import forget_person
from ..importing.storage.kept import Storage
from ..models import (
    Accion,
    Baja,
    CambioDeCliente,
    CambioImportado,
    CampanaSMS,
    Cliente,
    ClienteEtiqueta,
    Distintos,
    EstadoSMS,
    Respuesta,
    SMSLog,
    ValorDeCampo,
)
from ..models.types import utc_now
from ..sending.erased import begin_erasing, hide_numbers
from ..sending.states import carry_over, lock_campaigns, move_rows
from ..tenancy import Account, owned
from ..values import phone
from ..values.client_keys import document_key, keys_of
from .blanking import IN_FLIGHT, blank

ERASED_NAME = "Cliente borrado"

Message = Row[int, int, EstadoSMS, str | None]
"""A message's id, campaign, state and number."""


@dataclass(frozen=True)
class Extent:
    """What erasing a client concerns."""

    has_sales: bool
    messages: int
    waiting: int
    """Messages that are still to be sent."""
    opted_out: bool
    answers: int
    """What came from its number."""


def extent_of(account_id: int, client: Cliente) -> Extent:
    """Count what erasing a client would change."""
    session = db.session()
    numbers = [client.telefono_e164] if client.telefono_e164 else []
    counted = select(func.count(), func.count().filter(SMSLog.estado.in_(IN_FLIGHT)))
    messages, waiting = session.execute(counted.where(SMSLog.cliente_id == client.id)).one()
    listed = owned(Baja, account_id).where(Baja.telefono_e164.in_(numbers)).limit(1)
    answers = owned(Respuesta, account_id).where(Respuesta.telefono_e164.in_(numbers)).with_only_columns(func.count())
    return Extent(
        has_sales(session, account_id, client.id),
        messages,
        waiting,
        opted_out=session.scalar(listed) is not None,
        answers=session.scalar(answers) or 0,
    )


def erase(account: Account, client_id: int, storage: Storage, *, by: Actor) -> bool:
    """Erase a client; return whether its row stays, for its sales. All of it, or nothing.

    Raises NotFound, and Conflict while a message to it is in Twilio's hands.
    """
    with unit_of_work() as session:
        forget_client(session, account.id, client_id)
        begin_erasing(session.connection())
        client = _locked(session, account.id, client_id)
        told = _told_of(session, client)
        numbers, documents = _numbers_of(session, client, told, account.region), _documents_of(client, told)
        note(session.connection(), account.id, numbers, documents)
        _erase_messages(session.connection(), client, numbers)
        only_theirs = numbers - _numbers_of_others(session, client, numbers)
        hide_numbers(session.connection(), account.id, only_theirs)
        _erase_answers(session, client, only_theirs)
        _erase_story(session, client)
        stays = has_sales(session, account.id, client_id)
        if client.borrado is None:
            record(session, by, Accion.CLIENT_ERASED, Thing("cliente", client_id))
        if stays:
            _empty(client, account.region)
        else:
            session.delete(client)
    forget_person(account.id, storage, numbers, documents)
    return stays


def _locked(session: Session, account_id: int, client_id: int) -> Cliente:
    # Nobody records a sale to it meanwhile.
    found = session.scalar(owned(Cliente, account_id).where(Cliente.id == client_id).with_for_update())
    if found is None:
        raise NotFound
    return found


def _told_of(session: Session, client: Cliente) -> list[Mapping[str, Any]]:
    """Return what the client's story tells of its fields: changes by people, and values from before imports."""
    changes = session.scalars(select(CambioDeCliente.detalle).where(CambioDeCliente.cliente_id == client.id))
    imported = session.scalars(select(CambioImportado.antes).where(CambioImportado.cliente_id == client.id))
    return [*changes, *imported]


def _numbers_of(session: Session, client: Cliente, told: Sequence[Mapping[str, Any]], region: str) -> set[str]:
    """Return every number that the client has or had: its own, those written to, those in its story."""
    messages = select(SMSLog.telefono_e164).where(SMSLog.cliente_id == client.id)
    typed = (phone.to_e164(text, region) for text in _all_of(told, "telefono"))
    numbers = {client.telefono_e164, *session.scalars(messages), *typed}
    return {number for number in numbers if number and number.startswith("+")}


def _documents_of(client: Cliente, told: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the keys of every document that the client has or had."""
    return {client.documento_clave, *map(document_key, _all_of(told, "documento"))} - {""}


def _all_of(told: Sequence[Mapping[str, Any]], field: str) -> list[str]:
    """Return all that is told of a field: where it changed, its value before and after, else its only one."""
    values = (detail.get(field) for detail in told)
    return [text for value in values for text in (value if isinstance(value, list) else [value]) if text]


def _numbers_of_others(session: Session, client: Cliente, numbers: set[str]) -> set[str]:
    others = owned(Cliente, client.usuario_id).where(Cliente.telefono_e164.in_(numbers), Cliente.id != client.id)
    return {str(number) for number in session.scalars(others.with_only_columns(Cliente.telefono_e164))}


def _erase_messages(connection: Connection, client: Cliente, numbers: set[str]) -> None:
    """Cancel what waits and blank all of it, also what was sent to the numbers and is no client's any more.

    Raises Conflict where the sender has one of them in hand.
    """
    rows = _lock_messages(connection, client, numbers)
    waiting: defaultdict[int, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        if row.estado is EstadoSMS.PENDIENTE:
            waiting[row.campana_id].append({"row_id": row.id, "estado": EstadoSMS.CANCELADO})
    for campaign_id, moved in sorted(waiting.items()):
        carry_over(connection, campaign_id, move_rows(connection, EstadoSMS.PENDIENTE, moved))
    blank(connection, [(row.id, row.telefono_e164) for row in rows])


def _lock_messages(
    connection: Connection, client: Cliente, numbers: set[str]
) -> Sequence[Row[int, int, EstadoSMS, str | None]]:
    """Lock the client's messages, their campaigns first; a message that another holds is being sent right now."""
    theirs = _messages_of(client, numbers)
    there = connection.execute(theirs).all()
    campaigns = {row.campana_id for row in there if row.estado is EstadoSMS.PENDIENTE}
    lock_campaigns(connection, campaigns)
    locked = connection.execute(theirs.with_for_update(of=SMSLog, skip_locked=True)).all()
    if len(locked) < len(there) or any(row.estado is EstadoSMS.ENVIANDO for row in locked):
        raise Conflict(gettext("A message to this client is being sent at this moment. Try again in a minute."))
    return locked


def _messages_of(client: Cliente, numbers: set[str]) -> Select[int, int, EstadoSMS, str | None]:
    return (
        select(SMSLog.id, SMSLog.campana_id, SMSLog.estado, SMSLog.telefono_e164)
        .join(CampanaSMS, CampanaSMS.id == SMSLog.campana_id)
        .where(CampanaSMS.usuario_id == client.usuario_id, _to_person(client, numbers))
        .order_by(SMSLog.id)
    )


def _to_person(client: Cliente, numbers: set[str]) -> ColumnElement[bool]:
    orphaned = and_(SMSLog.telefono_e164.in_(numbers), SMSLog.cliente_id.is_(None))
    return or_(SMSLog.cliente_id == client.id, orphaned)


def _erase_answers(session: Session, client: Cliente, only_theirs: set[str]) -> None:
    """Delete what came from the client's numbers; where somebody else has the present one too, it may be theirs."""
    numbers = only_theirs | ({client.telefono_e164} if client.telefono_e164 else set())
    theirs = Respuesta.usuario_id == client.usuario_id, Respuesta.telefono_e164.in_(numbers)
    session.execute(delete(Respuesta).where(*theirs))


def _erase_story(session: Session, client: Cliente) -> None:
    for model in (CambioDeCliente, CambioImportado, ClienteEtiqueta, ValorDeCampo):
        session.execute(delete(model).where(model.cliente_id == client.id))
    apart = or_(Distintos.menor_id == client.id, Distintos.mayor_id == client.id)
    session.execute(delete(Distintos).where(apart))


def _empty(client: Cliente, region: str) -> None:
    client.nombre, client.telefono, client.documento = ERASED_NAME, "", ""
    for name, key in keys_of(ERASED_NAME, "", "", region)._asdict().items():
        setattr(client, name, key)
    # Nobody is a double of somebody erased.
    client.nombre_clave = ""
    client.activo, client.importacion_id = False, None
    client.borrado = client.borrado or utc_now()
