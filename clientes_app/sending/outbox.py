"""The outbox: campaigns are stored whole, and their rows are claimed before they are sent."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    String,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from ..database import clock
from ..database.transactions import fetch_together, write_transaction
from ..messaging import sms_parts
from ..messaging.personalization import recipient_of, shared_of, template_of
from ..models import COUNTERS, CampanaSMS, Cliente, Cuenta, EstadoSMS, SMSLog, TipoDeCampana, TurnoDeEnvio
from ..models.types import utc_now
from .allowance import HAS_LIMITS, UNLIMITED, allowance_of
from .carrier import Message
from .faults import CLIENT_GONE, INACTIVE, NUMBER_CHANGED, OPTED_OUT
from .law.bounds import FREE, GOES_TO_COLOMBIA, IS_BOUND, WITHIN, Free, Reach, hourly
from .law.one_a_day import UNBOUND, Excepted, OneADay, Standing, Unbound
from .law.rules import rules_of
from .opt_outs import HAS_OPTED_OUT
from .states import RUNNING, Moves, carry_over, finish_where_done, lock_campaigns, move_rows
from .waiting import standings

_LOOKED_THROUGH = 500
"""So many rows are looked through at once after a batch of which nobody was left: there may be many such."""

# What is pending has a number: the database checks it.
_NUMBER = type_coerce(SMSLog.telefono_e164, String()).label("telefono_e164")

# Statements that run with every batch are built once: building one costs more than running it.
_RUNNABLE = (
    select(CampanaSMS.id, or_(HAS_LIMITS, IS_BOUND))
    .select_from(CampanaSMS)
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .order_by(CampanaSMS.id)
)

# A campaign that may be sent. The lease is locked with it: no other sender takes it until the transaction ends.
_CLAIMABLE = (
    select(
        CampanaSMS.mensaje,
        CampanaSMS.compartido,
        CampanaSMS.usuario_id,
        HAS_LIMITS.label("has_limits"),
        (CampanaSMS.tipo == TipoDeCampana.PUBLICIDAD).label("is_advertising"),
        IS_BOUND.label("is_bound"),
        TurnoDeEnvio.id.label("lease_id"),
    )
    .select_from(CampanaSMS)
    .join(TurnoDeEnvio, TurnoDeEnvio.titular == bindparam("owner"))
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.id == bindparam("campaign_id"), CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .with_for_update(read=True, of=TurnoDeEnvio)
)

_NEXT_ROWS: Select[*tuple[Any, ...]] = (
    select(SMSLog.id, SMSLog.nombre, SMSLog.valores, _NUMBER, HAS_OPTED_OUT.label("opted_out"))
    .where(SMSLog.campana_id == bindparam("campaign_id"), SMSLog.estado == EstadoSMS.PENDIENTE)
    .order_by(SMSLog.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=SMSLog)
)

_NEXT_WITHIN = {reach: _NEXT_ROWS.where(within) for reach, within in WITHIN.items()}

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


def claim(engine: Engine, owner: str, campaign_id: int, most: int) -> Sequence[Message]:
    """Take up to `most` rows to be sent now; none where the campaign does not run or the lease is another's.

    Of advertising only those are taken for whose numbers the lawful hours are open.

    The claim is committed before this returns, so that whatever happens later no row is sent twice. Left out is a row
    whose number has opted out since the campaign was stored, or gets no more advertising today; where that leaves
    nobody, more are looked through.
    """
    batch = _claim(engine, owner, campaign_id, most, most)
    while batch.left_out and not batch.messages:
        batch = _claim(engine, owner, campaign_id, most, max(most, _LOOKED_THROUGH))
    return batch.messages


@dataclass(frozen=True)
class _Batch:
    """What a transaction made of the rows that it looked through."""

    messages: Sequence[Message] = field(default_factory=list)
    left_out: int = 0


def _claim(engine: Engine, owner: str, campaign_id: int, most: int, looked_through: int) -> _Batch:
    with write_transaction(engine) as connection:
        campaign = connection.execute(_CLAIMABLE, {"campaign_id": campaign_id, "owner": owner}).one_or_none()
        if campaign is None:
            return _Batch()
        allowance = allowance_of(connection, campaign.usuario_id) if campaign.has_limits else UNLIMITED
        room = allowance.room(most)
        if not room or lock_campaigns(connection, [campaign_id]).get(campaign_id) not in RUNNING:
            return _Batch()
        bounds, daily = _law_of(connection, campaign)
        if bounds.reach is Reach.NOBODY:
            return _Batch()
        wanted = {"campaign_id": campaign_id, "account_id": campaign.usuario_id, "most": looked_through}
        rows = fetch_together(connection, _NEXT_WITHIN.get(bounds.reach, _NEXT_ROWS), wanted)
        standing = _look_through(connection, daily, rows)
        free = [row for row in rows if row[0] not in standing.refused][:room]
        messages = allowance.charged(_messages(campaign_id, campaign, free, bounds, daily))
        messages, late = daily.take(connection, messages, standing.owned)
        left_out = standing.refused | late
        moves = _mark_claimed(connection, messages, campaign.lease_id) + _leave_out(connection, left_out)
        allowance.count(connection, messages)
        if moves:
            carry_over(connection, campaign_id, moves)
        return _Batch(messages, len(left_out))


def _law_of(connection: Connection, campaign: Any) -> tuple[Free, Unbound]:
    """Return by which hours a campaign is bound, and how it keeps to one advertisement a person a day."""
    if not campaign.is_advertising:
        return FREE, UNBOUND
    rules = rules_of(connection, campaign.usuario_id)
    if not campaign.is_bound:
        return FREE, Excepted.at(campaign.usuario_id, rules, clock.corrected(connection, utc_now()))
    bounds = hourly(connection, rules)
    return bounds, OneADay.at(campaign.usuario_id, rules, utc_now() + bounds.behind)


def _look_through(connection: Connection, daily: Unbound, rows: Sequence[Any]) -> Standing:
    """Return who is left out of the rows of a batch, and why."""
    opted_out = {row_id: OPTED_OUT for row_id, _, _, _, has_opted_out in rows if has_opted_out}
    standing = daily.look(connection, {row_id: to for row_id, _, _, to, _ in rows if row_id not in opted_out})
    return replace(standing, refused=opted_out | standing.refused)


def _constants(campaign_id: int, now: Any) -> list[tuple[Any, Any]]:
    """List the columns that are the same in every new row."""
    columns = SMSLog.__table__.c
    values = {"campana_id": campaign_id, "mensaje": "", "partes": 0, "consultas": 0, "creado": now, "actualizado": now}
    return [(columns[name], value) for name, value in values.items()]


def _count_by_state(campaign_id: int) -> Select[EstadoSMS, int, int]:
    to_colombia = func.count(case((GOES_TO_COLOMBIA, SMSLog.id)))
    counted = select(SMSLog.estado, func.count().label("messages"), to_colombia.label("to_colombia"))
    return counted.where(SMSLog.campana_id == campaign_id).group_by(SMSLog.estado)


def _messages(campaign_id: int, campaign: Any, rows: Sequence[Any], bounds: Free, daily: Unbound) -> list[Message]:
    template = template_of(campaign.mensaje, shared_of(campaign.compartido))
    messages = []
    for row_id, nombre, valores, to, _ in rows:
        body = template.render(recipient_of(nombre, valores))
        parts, attempt = sms_parts.measure(body).parts, secrets.token_hex(16)
        not_after, day = bounds.not_after(to), daily.day_of(to)
        messages.append(Message(row_id, campaign_id, attempt, to, body, parts, not_after=not_after, day=day))
    return messages


def _mark_claimed(connection: Connection, messages: Sequence[Message], lease_id: int) -> Moves:
    if not messages:
        return Counter()
    claimed = [
        {
            "row_id": message.row_id,
            "estado": EstadoSMS.ENVIANDO,
            "mensaje": message.body,
            "partes": message.parts,
            "intento": message.attempt,
            "turno_id": lease_id,
            "error_codigo": None,
            "error_mensaje": None,
        }
        for message in messages
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, claimed)


def _leave_out(connection: Connection, reasons: Mapping[int, str]) -> Moves:
    if not reasons:
        return Counter()
    left_out = [
        {"row_id": row_id, "estado": EstadoSMS.OMITIDO, "error_mensaje": reason, "telefono_e164": None}
        for row_id, reason in reasons.items()
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, left_out)
