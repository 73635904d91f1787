"""Why clients never get a message; what takes long to count is counted by the daily sweep, and kept for a day."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, exists, func, select

from ...database.transactions import insert_missing, write_transaction
from ...models import Baja, Cliente, EstadoSMS, SinMensajesContados, SMSLog
from ...models.types import utc_now
from ...tenancy import owned

KEPT = timedelta(days=1, hours=1)
"""An hour longer than from one sweep to the next."""
LONG_SECONDS = 0.25


@dataclass(frozen=True)
class Unreached:
    """Why some clients never get a message; one client may be in several."""

    inactive: int
    without_number: int
    opted_out: int
    never_written_to: int
    """They could get one, and never did."""
    counted: datetime | None = None
    """When that was; None: at this moment."""


def unreached_of(engine: Engine, account_id: int) -> Unreached:
    """Return why an account's clients get no messages: as it was counted today, where that takes long."""
    with engine.connect() as connection:
        kept = _kept(connection, account_id)
        if kept is not None:
            return kept
        began = time.perf_counter()
        found = _count_all(connection, account_id)
    if time.perf_counter() - began >= LONG_SECONDS:
        _keep(engine, account_id, found)
    return found


def count_kept_again(engine: Engine) -> None:
    """Count again for the accounts for which it takes long."""
    with engine.connect() as connection:
        account_ids = connection.scalars(select(SinMensajesContados.usuario_id)).all()
    for account_id in account_ids:
        with engine.connect() as connection:
            found = _count_all(connection, account_id)
        _keep(engine, account_id, found)


def _kept(connection: Connection, account_id: int) -> Unreached | None:
    kept = select(
        SinMensajesContados.inactivos,
        SinMensajesContados.sin_numero,
        SinMensajesContados.de_baja,
        SinMensajesContados.nunca_escritos,
        SinMensajesContados.contado,
    ).where(SinMensajesContados.usuario_id == account_id, SinMensajesContados.contado > utc_now() - KEPT)
    row = connection.execute(kept).one_or_none()
    return None if row is None else Unreached(*row)


def _keep(engine: Engine, account_id: int, found: Unreached) -> None:
    counts = {
        "inactivos": found.inactive,
        "sin_numero": found.without_number,
        "de_baja": found.opted_out,
        "nunca_escritos": found.never_written_to,
    }
    with write_transaction(engine) as connection:
        connection.execute(delete(SinMensajesContados).where(SinMensajesContados.usuario_id == account_id))
        kept = insert_missing(SinMensajesContados, connection.dialect.name)
        connection.execute(kept.values(usuario_id=account_id, contado=utc_now(), **counts))


def _count_all(connection: Connection, account_id: int) -> Unreached:
    active = Cliente.activo.expression
    listed = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Cliente.telefono_e164)
    able = and_(active, Cliente.telefono_e164.is_not(None), ~listed)
    got_one = exists().where(SMSLog.cliente_id == Cliente.id, SMSLog.estado == EstadoSMS.ENVIADO)
    numbers = owned(Baja, account_id).with_only_columns(Baja.telefono_e164)
    return Unreached(
        _count(connection, account_id, ~active),
        _count(connection, account_id, and_(active, Cliente.telefono_e164.is_(None))),
        _count(connection, account_id, and_(active, Cliente.telefono_e164.in_(numbers))),
        _count(connection, account_id, and_(able, ~got_one)),
    )


def _count(connection: Connection, account_id: int, which: ColumnElement[bool] | Any) -> int:
    return connection.scalar(owned(Cliente, account_id).where(which).with_only_columns(func.count())) or 0
