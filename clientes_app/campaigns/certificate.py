"""The certificate of a campaign: a CSV with the sums, whether they hold, and every row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from sqlalchemy import Engine, select

from ..models import CampanaSMS, SMSLog
from .verification import Verification

_BATCH = 1_000
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
# A spreadsheet takes a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def certificate_lines(engine: Engine, campaign: CampanaSMS, verification: Verification) -> Iterator[str]:
    """Write the certificate a batch of rows at a time; it begins with a BOM, so that spreadsheets read UTF-8."""
    yield "\ufeff" + _lines([["campana", campaign.id, safe_cell(campaign.nombre)], *_sums(verification), []])
    yield _lines([[column.key for column in _COLUMNS]])
    last = 0
    while rows := _rows(engine, campaign.id, last):
        yield _lines([[safe_cell(value) for value in row] for row in rows])
        last = rows[-1].id


def safe_cell(value: Any) -> Any:
    """Answer a cell that no spreadsheet takes for a formula; phone numbers keep their plus."""
    if not isinstance(value, str) or not value.startswith(_FORMULA_STARTS):
        return value
    return value if value[:1] == "+" and value[1:].isdigit() else f"'{value}"


def _sums(verification: Verification) -> list[list[Any]]:
    counted = [[state, count] for state, count in verification.rows.items()]
    return [*counted, ["total", verification.total_clientes], ["correcto", "si" if verification.holds else "no"]]


def _rows(engine: Engine, campaign_id: int, after: int) -> list[Any]:
    with engine.connect() as connection:
        found = select(*_COLUMNS).where(SMSLog.campana_id == campaign_id, SMSLog.id > after)
        return list(connection.execute(found.order_by(SMSLog.id).limit(_BATCH)))


def _lines(rows: list[list[Any]]) -> str:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
