"""The outbox: campaigns are stored whole, rows are claimed before they are sent, and results are recorded."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    String,
    bindparam,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)

from ..database import fetch_together, id_list_named, listed_ids, write_transaction
from ..messaging import personalization, segments
from ..models import COUNTERS, CampanaSMS, Cuenta, EstadoCampana, EstadoSMS, OrigenBaja, SMSLog, TurnoDeEnvio
from ..models.types import utc_now
from .allowance import HAS_LIMITS, UNLIMITED, allowance_of, count_back, lock_where_counted
from .carrier import Fate, Message, Outcome, Result
from .faults import INTERRUPTED, OPTED_OUT, OPTED_OUT_CODE
from .opt_outs import HAS_OPTED_OUT, add_opt_outs
from .states import RUNNING, Moves, carry_over, finish_where_done, move_rows
from .waiting import standings

FIRST_LOOK = timedelta(seconds=20)
"""How long after an uncertain attempt Twilio is first asked: its list of messages may lag."""

# What is pending has a number: the database checks it.
_NUMBER = type_coerce(SMSLog.telefono_e164, String()).label("telefono_e164")

# Statements that run with every batch are built once: building one costs more than running it.
_RUNNABLE = (
    select(CampanaSMS.id, HAS_LIMITS)
    .select_from(CampanaSMS)
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .order_by(CampanaSMS.id)
)

# A campaign that may be sent; nobody takes the lease until the transaction ends.
_CLAIMABLE = (
    select(CampanaSMS.mensaje, CampanaSMS.usuario_id, HAS_LIMITS.label("has_limits"))
    .select_from(CampanaSMS)
    .join(TurnoDeEnvio, TurnoDeEnvio.titular == bindparam("owner"))
    .outerjoin(Cuenta, Cuenta.usuario_id == CampanaSMS.usuario_id)
    .where(CampanaSMS.id == bindparam("campaign_id"), CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
    .with_for_update(read=True, of=TurnoDeEnvio)
)

_NEXT_ROWS = (
    select(SMSLog.id, SMSLog.nombre, _NUMBER, HAS_OPTED_OUT.label("opted_out"))
    .where(SMSLog.campana_id == bindparam("campaign_id"), SMSLog.estado == EstadoSMS.PENDIENTE)
    .order_by(SMSLog.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=SMSLog)
)

# The answer to one's own call is evidence even after somebody declared the row uncertain.
_AWAITING = (EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO)

_STATE_AFTER = {
    Fate.SENT: EstadoSMS.ENVIADO,
    Fate.REFUSED: EstadoSMS.FALLIDO,
    Fate.DEFERRED: EstadoSMS.PENDIENTE,
    Fate.STOPPED: EstadoSMS.PENDIENTE,
    Fate.UNKNOWN: EstadoSMS.INCIERTO,
}


def enqueue(connection: Connection, campaign_id: int, recipients: Select[Any]) -> None:
    """Store the campaign's rows and its counters; where nothing is left to send it is complete.

    `recipients` selects cliente_id, nombre, telefono, telefono_e164, estado and error_mensaje, in sending order.
    """
    now = utc_now()
    rows = recipients.subquery()
    names = ["cliente_id", "nombre", "telefono", "telefono_e164", "estado", "error_mensaje"]
    stored = select(
        *(rows.c[name] for name in names),
        *(literal(value, column.type) for column, value in _constants(campaign_id, now)),
    ).order_by(rows.c.posicion)
    columns = [*names, *(column.key for column, _ in _constants(campaign_id, now))]
    connection.execute(insert(SMSLog).from_select(columns, stored, include_defaults=False))
    counts = dict(connection.execute(_count_by_state(campaign_id)).all())
    values = {COUNTERS[state]: counts.get(state, 0) for state in EstadoSMS}
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id)
        .values({CampanaSMS.total_clientes: sum(counts.values()), **values})
    )
    finish_where_done(connection, campaign_id)


def runnable(engine: Engine) -> list[int]:
    """List the campaigns that have something to send and do not wait for their account's limits, oldest first."""
    with engine.connect() as connection:
        running = dict(connection.execute(_RUNNABLE).all())
        limited = [campaign_id for campaign_id, has_limits in running.items() if has_limits]
        waiting = {found for found, standing in standings(connection, limited).items() if standing.wait}
        return [campaign_id for campaign_id in running if campaign_id not in waiting]


def claim(engine: Engine, owner: str, campaign_id: int, most: int) -> Sequence[Message]:
    """Take up to `most` rows to be sent now; none where the campaign does not run or the lease is another's.

    The claim is committed before this returns, so that whatever happens later no row is sent twice. A row whose
    number has opted out since the campaign was stored is left out.
    """
    with write_transaction(engine) as connection:
        campaign = connection.execute(_CLAIMABLE, {"campaign_id": campaign_id, "owner": owner}).one_or_none()
        if campaign is None:
            return []
        allowance = allowance_of(connection, campaign.usuario_id) if campaign.has_limits else UNLIMITED
        wanted = {"campaign_id": campaign_id, "account_id": campaign.usuario_id, "most": allowance.room(most)}
        rows = fetch_together(connection, _NEXT_ROWS, wanted)
        opted_out = [row_id for row_id, _, _, has_opted_out in rows if has_opted_out]
        messages = allowance.charged(
            [
                _message(campaign_id, campaign.mensaje, row_id, nombre, to)
                for row_id, nombre, to, has_opted_out in rows
                if not has_opted_out
            ]
        )
        moves = _mark_claimed(connection, messages) + _leave_out(connection, opted_out)
        allowance.count(connection, messages)
        if moves:
            carry_over(connection, campaign_id, moves)
        return messages


def record(
    engine: Engine, results: Sequence[Result], speeds: Mapping[int, float], faults: Mapping[int, Outcome]
) -> None:
    """Store what became of claimed rows, and stop the campaigns that have a fault; their pending rows stay.

    `speeds` are messages a second by campaign, `faults` what concerns all of a campaign.
    """
    with write_transaction(engine) as connection:
        lock_where_counted(connection, results)
        moves = _store_results(connection, results)
        # Also those of which receipts have told everything before: their pace is to be seen.
        for campaign_id in sorted({result.message.campaign_id for result in results}):
            carry_over(connection, campaign_id, moves[campaign_id], speeds.get(campaign_id, 0.0))
        for campaign_id in sorted(faults):
            _stop(connection, campaign_id, faults[campaign_id])
        _enter_opt_outs(connection, results)


def recover(engine: Engine) -> int:
    """Declare uncertain what a dead sender had claimed; answer how many rows.

    Only for the holder of the lease, before it claims anything.
    """
    now = utc_now()
    with write_transaction(engine) as connection:
        # Counted as they change: the dead sender may be alive, and record an answer at this very moment. `actualizado`
        # stays the moment of the claim: from then on Twilio's list is searched, however long nobody was sending.
        counts = Counter(
            connection.scalars(
                update(SMSLog)
                .where(SMSLog.estado == EstadoSMS.ENVIANDO)
                .values(
                    estado=EstadoSMS.INCIERTO,
                    error_mensaje=INTERRUPTED,
                    consultas=0,
                    proxima_consulta=now + FIRST_LOOK,
                )
                .returning(SMSLog.campana_id)
            )
        )
        for campaign_id, count in sorted(counts.items()):
            carry_over(connection, campaign_id, Counter({(EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO): count}))
        return counts.total()


def _constants(campaign_id: int, now: Any) -> list[tuple[Any, Any]]:
    """List the columns that are the same in every new row."""
    columns = SMSLog.__table__.c
    values = {"campana_id": campaign_id, "mensaje": "", "partes": 0, "consultas": 0, "creado": now, "actualizado": now}
    return [(columns[name], value) for name, value in values.items()]


def _count_by_state(campaign_id: int) -> Select[EstadoSMS, int]:
    return select(SMSLog.estado, func.count()).where(SMSLog.campana_id == campaign_id).group_by(SMSLog.estado)


def _message(campaign_id: int, text: str, row_id: int, nombre: str, to: str) -> Message:
    body = personalization.render(text, nombre)
    parts = segments.measure(body).parts
    return Message(row_id, campaign_id, secrets.token_hex(16), to, body, parts)


def _mark_claimed(connection: Connection, messages: Sequence[Message]) -> Moves:
    if not messages:
        return Counter()
    claimed = [
        {
            "row_id": message.row_id,
            "estado": EstadoSMS.ENVIANDO,
            "mensaje": message.body,
            "partes": message.parts,
            "intento": message.attempt,
            "error_codigo": None,
            "error_mensaje": None,
        }
        for message in messages
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, claimed)


def _leave_out(connection: Connection, row_ids: Sequence[int]) -> Moves:
    if not row_ids:
        return Counter()
    left_out = [
        {"row_id": row_id, "estado": EstadoSMS.OMITIDO, "error_mensaje": OPTED_OUT, "telefono_e164": None}
        for row_id in row_ids
    ]
    return move_rows(connection, EstadoSMS.PENDIENTE, left_out)


def _store_results(connection: Connection, results: Sequence[Result]) -> defaultdict[int, Moves]:
    """Move the rows that still await their result; answer the moves by campaign."""
    states = _states_of(connection, results)
    cancelled = _cancelled(connection, {result.message.campaign_id for result in results})
    changes: defaultdict[tuple[int, EstadoSMS], list[dict[str, Any]]] = defaultdict(list)
    moved = []
    for result in results:
        campaign_id = result.message.campaign_id
        before = states.get((result.message.row_id, result.message.attempt))
        after = _state_after(result.outcome, is_cancelled=campaign_id in cancelled)
        if before in _AWAITING and before is not after:
            changes[campaign_id, before].append(_change(result.message, result.outcome, after))
            moved.append(result)
    count_back(connection, moved)
    moves: defaultdict[int, Moves] = defaultdict(Counter)
    for (campaign_id, before), rows in changes.items():
        moves[campaign_id] += move_rows(connection, before, rows)
    return moves


def _state_after(outcome: Outcome, *, is_cancelled: bool) -> EstadoSMS:
    after = _STATE_AFTER[outcome.fate]
    return EstadoSMS.CANCELADO if after is EstadoSMS.PENDIENTE and is_cancelled else after


def _change(message: Message, outcome: Outcome, after: EstadoSMS) -> dict[str, Any]:
    unknown = after is EstadoSMS.INCIERTO
    return {
        "row_id": message.row_id,
        "estado": after,
        "twilio_sid": outcome.sid,
        "error_codigo": outcome.code,
        "error_mensaje": outcome.reason,
        "consultas": 0,
        "proxima_consulta": utc_now() + FIRST_LOOK if unknown else None,
    }


def _states_of(connection: Connection, results: Sequence[Result]) -> dict[tuple[int, str | None], EstadoSMS]:
    """Answer the state of each row by id and attempt, locked until the transaction ends."""
    dialect = connection.dialect.name
    ids = listed_ids([result.message.row_id for result in results], dialect)
    rows = fetch_together(connection, _attempts_listed(dialect), {"ids": ids})
    return {(row_id, attempt): EstadoSMS(state) for row_id, attempt, state in rows}


@cache
def _attempts_listed(dialect: str) -> Select[int, str | None, EstadoSMS]:
    listed = id_list_named("ids", dialect)
    return (
        select(SMSLog.id, SMSLog.intento, SMSLog.estado)
        .join(listed, listed.c.value == SMSLog.id)
        .order_by(SMSLog.id)
        .with_for_update(of=SMSLog)
    )


def _cancelled(connection: Connection, campaign_ids: set[int]) -> set[int]:
    found = connection.scalars(
        select(CampanaSMS.id).where(CampanaSMS.id.in_(campaign_ids), CampanaSMS.estado == EstadoCampana.CANCELADO)
    )
    return set(found)


def _stop(connection: Connection, campaign_id: int, fault: Outcome) -> None:
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(RUNNING))
        .values(estado=EstadoCampana.ERROR, error_codigo=fault.code, error_mensaje=fault.reason or "", velocidad=0.0)
    )


def _enter_opt_outs(connection: Connection, results: Sequence[Result]) -> None:
    """Enter the numbers of which Twilio says that they opted out."""
    refused = [result.message for result in results if result.outcome.code == OPTED_OUT_CODE]
    for message in refused:
        account = select(CampanaSMS.usuario_id).where(CampanaSMS.id == message.campaign_id)
        add_opt_outs(connection, connection.scalars(account).all(), message.to, OrigenBaja.TWILIO)
