"""The outbox: campaigns are stored whole, and their rows are claimed before they are sent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from ..models import COUNTERS, CampanaSMS, Cliente, Cuenta, EstadoSMS, SMSLog
from ..models.types import utc_now
from .allowance import HAS_LIMITS
from .faults import CLIENT_GONE, INACTIVE, NUMBER_CHANGED, OPTED_OUT
from .law.bounds import GOES_TO_COLOMBIA, IS_BOUND
from .opt_outs import HAS_OPTED_OUT
from .states import RUNNING, carry_over, finish_where_done
from .waiting import standings

# Statements that run with every batch are built once: building one costs more than running it.
_RUNNABLE = (
    select(CampanaSMS.id, or_(HAS_LIMITS, IS_BOUND))
    .select_from(CampanaSMS)
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .order_by(CampanaSMS.id)
)

_INACTIVE_CLIENTS = select(Cliente.id).where(Cliente.usuario_id == bindparam("account_id"), ~Cliente.activo)
_HAS_ANOTHER_NUMBER = (
    select(Cliente.id)
    .where(Cliente.id == SMSLog.cliente_id, Cliente.telefono_e164.is_distinct_from(SMSLog.telefono_e164))
    .correlate(SMSLog)
    .exists()
)
_NO_LONGER_MEANT = (
    (HAS_OPTED_OUT, OPTED_OUT),
    (SMSLog.cliente_id.is_(None), CLIENT_GONE),
    (SMSLog.cliente_id.in_(_INACTIVE_CLIENTS), INACTIVE),
    (_HAS_ANOTHER_NUMBER, NUMBER_CHANGED),
)


def enqueue(connection: Connection, campaign_id: int, recipients: Select[Any]) -> None:
    """Store the campaign's rows and its counters; where nothing is left to send it is complete.

    `recipients` selects cliente_id, nombre, valores, telefono, telefono_e164, estado and error_mensaje, in
    sending order.
    """
    now = utc_now()
    rows = recipients.subquery()
    names = ["cliente_id", "nombre", "valores", "telefono", "telefono_e164", "estado", "error_mensaje"]
    stored = select(
        *(rows.c[name] for name in names),
        *(literal(value, column.type) for column, value in _constants(campaign_id, now)),
    ).order_by(rows.c.posicion)
    columns = [*names, *(column.key for column, _ in _constants(campaign_id, now))]
    connection.execute(insert(SMSLog).from_select(columns, stored, include_defaults=False))
    found = {row.estado: row for row in connection.execute(_count_by_state(campaign_id))}
    counts = {state: found[state].messages if state in found else 0 for state in EstadoSMS}
    to_colombia = found[EstadoSMS.PENDIENTE].to_colombia if EstadoSMS.PENDIENTE in found else 0
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id)
        .values(
            {
                CampanaSMS.total_clientes: sum(counts.values()),
                CampanaSMS.a_colombia: to_colombia > 0,
                CampanaSMS.al_exterior: to_colombia < counts[EstadoSMS.PENDIENTE],
                **{counter: counts[state] for state, counter in COUNTERS.items()},
            }
        )
    )
    finish_where_done(connection, campaign_id)


def leave_out_no_longer_meant(connection: Connection, campaign_id: int, account_id: int) -> None:
    """Leave out of a campaign, whose lock the caller holds, who was meant when its rows were stored and is no more.

    That is who has opted out since, was made inactive or deleted, or has another number.
    """
    pending = update(SMSLog).where(SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.PENDIENTE)
    count = 0
    for is_meant_no_more, reason in _NO_LONGER_MEANT:
        left_out = pending.where(is_meant_no_more).values(
            estado=EstadoSMS.OMITIDO, error_mensaje=reason, telefono_e164=None, actualizado=utc_now()
        )
        count += connection.execute(left_out, {"account_id": account_id}).rowcount
    if count:
        carry_over(connection, campaign_id, Counter({(EstadoSMS.PENDIENTE, EstadoSMS.OMITIDO): count}))


def runnable(engine: Engine) -> list[int]:
    """List the campaigns that have something to send and wait for no limit and no hours, oldest first."""
    with engine.connect() as connection:
        running = dict(connection.execute(_RUNNABLE).all())
        may_wait = [campaign_id for campaign_id, may_wait in running.items() if may_wait]
        waiting = {found for found, standing in standings(connection, may_wait).items() if standing.wait}
        return [campaign_id for campaign_id in running if campaign_id not in waiting]


def _constants(campaign_id: int, now: Any) -> list[tuple[Any, Any]]:
    """List the columns that are the same in every new row."""
    columns = SMSLog.__table__.c
    values = {"campana_id": campaign_id, "mensaje": "", "partes": 0, "consultas": 0, "creado": now, "actualizado": now}
    return [(columns[name], value) for name, value in values.items()]


def _count_by_state(campaign_id: int) -> Select[EstadoSMS, int, int]:
    to_colombia = func.count(case((GOES_TO_COLOMBIA, SMSLog.id)))
    counted = select(SMSLog.estado, func.count().label("messages"), to_colombia.label("to_colombia"))
    return counted.where(SMSLog.campana_id == campaign_id).group_by(SMSLog.estado)
