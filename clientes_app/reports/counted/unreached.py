"""Why clients get no messages now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func

from ...models import Baja, Cliente, EstadoSMS, SMSLog
from ...tenancy import owned


@dataclass(frozen=True)
class Unreached:
    """Why some clients get no messages; one client may be in several."""

    inactive: int
    without_number: int
    opted_out: int
    never_written_to: int
    """They could get one, and never did."""


def count_unreached(connection: Connection, account_id: int) -> Unreached:
    """Return why an account's clients get no messages now."""
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
