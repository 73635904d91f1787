"""The outbox: the only writer of message states and campaign counters.

Every move of a row is one UPDATE that names the state it leaves, and the counters change in the same transaction;
the database checks that they sum up.
"""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, insert, literal, select, update

from ..database import write_transaction
from ..messaging import personalization, segments
from ..models import COUNTERS, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog, TurnoDeEnvio
from ..models.types import utc_now
from .carrier import Fate, Message, Outcome, Result
from .faults import INTERRUPTED

# The answer to one's own call is evidence even after somebody declared the row uncertain.
_AWAITING = (EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO)
_RUNNING = (EstadoCampana.PENDIENTE, EstadoCampana.PROCESANDO)

_STATE_AFTER = {
    Fate.SENT: EstadoSMS.ENVIADO,
    Fate.REFUSED: EstadoSMS.FALLIDO,
    Fate.DEFERRED: EstadoSMS.PENDIENTE,
    Fate.STOPPED: EstadoSMS.PENDIENTE,
    Fate.UNKNOWN: EstadoSMS.INCIERTO,
}

# A move of one row out of one state, and how many rows made it.
Moves = Counter[tuple[EstadoSMS, EstadoSMS]]


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
    _finish_where_done(connection, campaign_id)


def runnable(engine: Engine) -> list[int]:
    """List the campaigns that have something to send, oldest first."""
    with engine.connect() as connection:
        found = connection.scalars(
            select(CampanaSMS.id)
            .where(CampanaSMS.estado.in_(_RUNNING), CampanaSMS.pendientes > 0)
            .order_by(CampanaSMS.id)
        )
        return list(found)


def claim(engine: Engine, owner: str, campaign_id: int, most: int) -> list[Message]:
    """Take up to `most` rows to be sent now; none where the campaign does not run or the lease is another's.

    The claim is committed before this returns, so that whatever happens later no row is sent twice.
    """
    with write_transaction(engine) as connection:
        text = connection.scalar(_text_of_running(campaign_id, owner))
        if text is None:
            return []
        rows = connection.execute(
            select(SMSLog.id, SMSLog.nombre, SMSLog.telefono_e164)
            .where(SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.PENDIENTE)
            .order_by(SMSLog.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        ).all()
        if not rows:
            return []
        messages = [_message(campaign_id, text, row.id, row.nombre, row.telefono_e164) for row in rows]
        _mark_claimed(connection, messages)
        _move(connection, campaign_id, Counter({(EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO): len(messages)}))
        return messages


def record(
    engine: Engine, results: Sequence[Result], speeds: Mapping[int, float], faults: Mapping[int, Outcome]
) -> None:
    """Store what became of claimed rows, and stop the campaigns that have a fault; their pending rows stay.

    `speeds` are messages a second by campaign, `faults` what concerns all of a campaign.
    """
    with write_transaction(engine) as connection:
        moves = _store_results(connection, results)
        for campaign_id in sorted(moves):
            _move(connection, campaign_id, moves[campaign_id], velocidad=speeds.get(campaign_id, 0.0))
            _finish_where_done(connection, campaign_id)
        for campaign_id in sorted(faults):
            _stop(connection, campaign_id, faults[campaign_id])


def resume(connection: Connection, campaign_id: int) -> bool:
    """Let a stopped campaign go on; tell whether it was stopped."""
    resumed = connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado == EstadoCampana.ERROR)
        .values(estado=EstadoCampana.PROCESANDO, error_codigo=None, error_mensaje=None)
    )
    _finish_where_done(connection, campaign_id)
    return resumed.rowcount == 1


def recover(engine: Engine) -> int:
    """Declare uncertain what a dead sender had claimed; answer how many rows.

    Only for the holder of the lease, before it claims anything.
    """
    with write_transaction(engine) as connection:
        # Counted as they change: the dead sender may be alive, and record an answer at this very moment.
        counts = Counter(
            connection.scalars(
                update(SMSLog)
                .where(SMSLog.estado == EstadoSMS.ENVIANDO)
                .values(estado=EstadoSMS.INCIERTO, error_mensaje=INTERRUPTED, actualizado=utc_now())
                .returning(SMSLog.campana_id)
            )
        )
        for campaign_id, count in sorted(counts.items()):
            _move(connection, campaign_id, Counter({(EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO): count}))
            _finish_where_done(connection, campaign_id)
        return counts.total()


def _constants(campaign_id: int, now: Any) -> list[tuple[Any, Any]]:
    """List the columns that are the same in every new row."""
    return [
        (SMSLog.__table__.c.campana_id, campaign_id),
        (SMSLog.__table__.c.mensaje, ""),
        (SMSLog.__table__.c.partes, 0),
        (SMSLog.__table__.c.creado, now),
        (SMSLog.__table__.c.actualizado, now),
    ]


def _count_by_state(campaign_id: int) -> Select[EstadoSMS, int]:
    return select(SMSLog.estado, func.count()).where(SMSLog.campana_id == campaign_id).group_by(SMSLog.estado)


def _text_of_running(campaign_id: int, owner: str) -> Select[str]:
    """Select the text of a campaign that may be sent; nobody takes the lease until the transaction ends."""
    return (
        select(CampanaSMS.mensaje)
        .join(TurnoDeEnvio, TurnoDeEnvio.titular == owner)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(_RUNNING), CampanaSMS.pendientes > 0)
        .with_for_update(read=True, of=TurnoDeEnvio)
    )


def _message(campaign_id: int, text: str, row_id: int, nombre: str, to: str) -> Message:
    body = personalization.render(text, nombre)
    parts = segments.measure(body).parts
    return Message(row_id, campaign_id, secrets.token_hex(16), to, body, parts)


def _mark_claimed(connection: Connection, messages: Iterable[Message]) -> None:
    _update_rows(
        connection,
        EstadoSMS.PENDIENTE,
        [
            {
                "row_id": message.row_id,
                "estado": EstadoSMS.ENVIANDO,
                "mensaje": message.body,
                "partes": message.parts,
                "intento": message.attempt,
                "error_codigo": None,
                "error_mensaje": None,
                "actualizado": utc_now(),
            }
            for message in messages
        ],
    )


def _store_results(connection: Connection, results: Sequence[Result]) -> Mapping[int, Moves]:
    """Move the rows that still await their result; answer the moves by campaign."""
    states = _states_of(connection, results)
    moves: defaultdict[int, Moves] = defaultdict(Counter)
    changes: defaultdict[EstadoSMS, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        before = states.get((result.message.row_id, result.message.attempt))
        after = _STATE_AFTER[result.outcome.fate]
        if before not in _AWAITING or before is after:
            continue
        changes[before].append(_change(result.message, result.outcome, after))
        moves[result.message.campaign_id][before, after] += 1
    for before, rows in changes.items():
        _update_rows(connection, before, rows)
    return moves


def _change(message: Message, outcome: Outcome, after: EstadoSMS) -> dict[str, Any]:
    return {
        "row_id": message.row_id,
        "estado": after,
        "twilio_sid": outcome.sid,
        "error_codigo": outcome.code,
        "error_mensaje": outcome.reason,
        "actualizado": utc_now(),
    }


def _update_rows(connection: Connection, before: EstadoSMS, rows: Sequence[Mapping[str, Any]]) -> None:
    leaving = update(SMSLog).where(SMSLog.id == bindparam("row_id"), SMSLog.estado == before)
    changed = connection.execute(leaving, rows)
    if changed.rowcount != len(rows):
        raise RuntimeError(f"{len(rows)} rows were to leave {before}, {changed.rowcount} did")


def _states_of(connection: Connection, results: Sequence[Result]) -> dict[tuple[int, str | None], EstadoSMS]:
    """Answer the state of each row by id and attempt, locked until the transaction ends."""
    ids = [result.message.row_id for result in results]
    rows = connection.execute(
        select(SMSLog.id, SMSLog.intento, SMSLog.estado).where(SMSLog.id.in_(ids)).order_by(SMSLog.id).with_for_update()
    )
    return {(row.id, row.intento): row.estado for row in rows}


def _move(connection: Connection, campaign_id: int, moves: Moves, **values: Any) -> None:
    """Carry rows' moves over to their campaign's counters."""
    changes: Counter[EstadoSMS] = Counter()
    for (before, after), count in moves.items():
        changes[before] -= count
        changes[after] += count
    now = utc_now()
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id)
        .values(
            {
                **{COUNTERS[state]: COUNTERS[state] + change for state, change in changes.items() if change},
                CampanaSMS.actualizado: now,
                CampanaSMS.iniciado: func.coalesce(CampanaSMS.iniciado, now),
                **{getattr(CampanaSMS, name): value for name, value in values.items()},
            }
        )
    )
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado == EstadoCampana.PENDIENTE)
        .values(estado=EstadoCampana.PROCESANDO)
    )


def _stop(connection: Connection, campaign_id: int, fault: Outcome) -> None:
    connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(_RUNNING))
        .values(estado=EstadoCampana.ERROR, error_codigo=fault.code, error_mensaje=fault.reason or "", velocidad=0.0)
    )


def _finish_where_done(connection: Connection, campaign_id: int) -> None:
    """Complete a running campaign that has nothing more to send or to wait for."""
    connection.execute(
        update(CampanaSMS)
        .where(
            CampanaSMS.id == campaign_id,
            CampanaSMS.estado.in_(_RUNNING),
            CampanaSMS.pendientes == 0,
            CampanaSMS.enviando == 0,
        )
        .values(estado=EstadoCampana.COMPLETADO, completado=utc_now(), velocidad=0.0)
    )
