"""The certificate of a campaign: a CSV with the sums, whether they hold, and every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, select

from ..audit_log import Actor, Thing, record
from ..database.paging import read_in_batches
from ..extensions import unit_of_work
from ..models import Accion, CampanaSMS, SMSLog
from ..web.csv_export import Rows
from .verification import Verification

_COLUMNS = (
    SMSLog.id,
    SMSLog.cliente_id,
    SMSLog.nombre,
    SMSLog.telefono,
    SMSLog.telefono_e164,
    SMSLog.estado,
    SMSLog.twilio_sid,
    SMSLog.recibo,
    SMSLog.error_codigo,
    SMSLog.error_mensaje,
    SMSLog.partes,
    SMSLog.actualizado,
)


def note_download(campaign: CampanaSMS, *, by: Actor) -> None:
    """Note in the audit that names and numbers are handed out: before the first byte, so that none goes unnoted."""
    with unit_of_work() as session:
        thing = Thing("campana_sms", campaign.id, campaign.nombre)
        record(session, by, Accion.CLIENTS_EXPORTED, thing, cuantos=campaign.total_clientes)


def certificate_batches(engine: Engine, campaign: CampanaSMS, verification: Verification) -> Iterator[Rows]:
    """Return the certificate a batch of rows at a time."""
    yield [["campana", campaign.id, campaign.nombre], *_sums(verification), []]
    yield [[column.key for column in _COLUMNS]]
    yield from read_in_batches(engine, select(*_COLUMNS).where(SMSLog.campana_id == campaign.id))


def _sums(verification: Verification) -> list[list[Any]]:
    counted = [[state, count] for state, count in verification.rows.items()]
    return [*counted, ["total", verification.total_clientes], ["correcto", "si" if verification.holds else "no"]]
