"""Keeping what somebody wrote back, for the account that it was written to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Row, case, insert, select

from ..models import LONGEST_ANSWER, MOST_MEDIA, CampanaSMS, Cliente, EstadoSMS, Respuesta, SMSLog
from ..models.types import utc_now
from ..sending.erased import pseudonyms_of
from ..values.text import clean_block

_HANDED_OVER = (EstadoSMS.ENVIANDO, EstadoSMS.ENVIADO, EstadoSMS.INCIERTO)

# To a message that somebody sent to themselves nobody answers as a client: it is no campaign.
_CAMPAIGN = case((CampanaSMS.es_prueba, None), else_=CampanaSMS.id).label("campaign_id")


def keep(connection: Connection, number: str, text: str, media: int, *, done_for: Collection[int] = ()) -> None:
    """Keep a message for the account that last wrote to the number, unless it was done there what it asks for.

    What is for nobody, or says nothing, is not kept.
    """
    mensaje, adjuntos = clean_block(text[: 2 * LONGEST_ANSWER])[:LONGEST_ANSWER].strip(), min(media, MOST_MEDIA)
    account_id, campaign_id = _addressee(connection, number)
    if account_id is None or account_id in done_for or not (mensaje or adjuntos):
        return
    values = {"telefono_e164": number, "mensaje": mensaje, "adjuntos": adjuntos, "recibida": utc_now()}
    connection.execute(insert(Respuesta).values(**values, usuario_id=account_id, campana_id=campaign_id))


def _addressee(connection: Connection, number: str) -> tuple[int | None, int | None]:
    """Return the account that a message from the number is for, and the campaign that it answers.

    Where nobody ever wrote to it, that is the account which has the number as a client's, if it is the only one.
    """
    written = _last_written(connection, number)
    if written:
        return written.usuario_id, written.campaign_id
    known = select(Cliente.usuario_id).where(Cliente.telefono_e164 == number).distinct().limit(2)
    accounts = connection.scalars(known).all()
    return (accounts[0] if len(accounts) == 1 else None), None


def _last_written(connection: Connection, number: str) -> Row[int, int] | None:
    names = [number, *pseudonyms_of(connection, [number])]
    written = (
        select(CampanaSMS.usuario_id, _CAMPAIGN)
        .join(SMSLog, SMSLog.campana_id == CampanaSMS.id)
        .where(SMSLog.telefono_e164.in_(names), SMSLog.estado.in_(_HANDED_OVER))
    )
    return connection.execute(written.order_by(SMSLog.actualizado.desc(), SMSLog.id.desc()).limit(1)).first()
