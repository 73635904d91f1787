"""The states of a message: which may follow which, and how rows and counters move together.

Everything that changes a message's state or a campaign's counters does it through this module, inside one
transaction; the database checks that the counters sum up.

**The order of locks.** Whoever changes rows of campaigns takes, in this order: the account's row (where limits are
asked), the row of `privacidad` (where opt-outs are entered, or somebody is erased), the campaigns in the order of their
ids (`lock_campaigns`), then their rows in the order of their ids, and last the days of numbers' advertisements
(`law/advertised.py`) in the order of the numbers. Nobody who holds a row waits for its campaign, so no two can wait
for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Float,
    Integer,
    Update,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
    update,
)

from ..database.listed import columns_listed, rows_given
from ..models import COUNTERS, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from ..models.types import utc_now

RUNNING = (EstadoCampana.PENDIENTE, EstadoCampana.PROCESANDO)

TRANSITIONS: Mapping[EstadoSMS, frozenset[EstadoSMS]] = {
    # Claimed; or found at the claim to have opted out; or cancelled.
    EstadoSMS.PENDIENTE: frozenset({EstadoSMS.ENVIANDO, EstadoSMS.OMITIDO, EstadoSMS.CANCELADO}),
    # Accepted; refused; certainly not processed (and cancelled meanwhile); nobody knows.
    EstadoSMS.ENVIANDO: frozenset(
        {EstadoSMS.ENVIADO, EstadoSMS.FALLIDO, EstadoSMS.PENDIENTE, EstadoSMS.CANCELADO, EstadoSMS.INCIERTO}
    ),
    # Evidence that it was accepted, or a person's word; the late answer to its own call; "send again".
    EstadoSMS.INCIERTO: frozenset({EstadoSMS.ENVIADO, EstadoSMS.FALLIDO, EstadoSMS.PENDIENTE, EstadoSMS.CANCELADO}),
    EstadoSMS.ENVIADO: frozenset(),
    EstadoSMS.FALLIDO: frozenset(),
    EstadoSMS.OMITIDO: frozenset(),
    EstadoSMS.CANCELADO: frozenset(),
}

# Statements that run with every batch are built once: building one costs more than running it.
_SHIFTED = {
    state: counter + bindparam(f"to_{state}", type_=Integer, required=True) for state, counter in COUNTERS.items()
}
_LEFT = _SHIFTED[EstadoSMS.PENDIENTE] + _SHIFTED[EstadoSMS.ENVIANDO]
_ENDS = and_(CampanaSMS.estado.in_(RUNNING), _LEFT == 0)
# A row that was given back after the campaign had ended is to be sent like any other.
_OPENS_AGAIN = and_(CampanaSMS.estado == EstadoCampana.COMPLETADO, _LEFT > 0)
_STARTS = CampanaSMS.estado == EstadoCampana.PENDIENTE
_NOW = bindparam("now", type_=CampanaSMS.completado.type)

_CARRY_OVER = (
    update(CampanaSMS)
    .where(CampanaSMS.id == bindparam("campaign_id"))
    .values(
        {
            **{COUNTERS[state]: shifted for state, shifted in _SHIFTED.items()},
            CampanaSMS.estado: case(
                (_ENDS, literal(EstadoCampana.COMPLETADO, CampanaSMS.estado.type)),
                (_OPENS_AGAIN | _STARTS, literal(EstadoCampana.PROCESANDO, CampanaSMS.estado.type)),
                else_=CampanaSMS.estado,
            ),
            CampanaSMS.completado: case((_ENDS, _NOW), (_OPENS_AGAIN, null()), else_=CampanaSMS.completado),
            CampanaSMS.iniciado: func.coalesce(CampanaSMS.iniciado, _NOW),
            CampanaSMS.actualizado: _NOW,
            CampanaSMS.velocidad: case(
                (_ENDS, 0.0), else_=func.coalesce(bindparam("speed", type_=Float), CampanaSMS.velocidad)
            ),
        }
    )
)

# A move of one row out of one state into another, and how many rows made it.
Moves = Counter[tuple[EstadoSMS, EstadoSMS]]


def move_rows(connection: Connection, before: EstadoSMS, rows: Sequence[Mapping[str, Any]]) -> Moves:
    """Move rows out of the state `before`; each names its `row_id`, its new `estado` and what else changes.

    Raises RuntimeError where a row is not in that state, or may not leave it for the new one.
    """
    moves: Moves = Counter((before, row["estado"]) for row in rows)
    for _, after in moves:
        if after not in TRANSITIONS[before]:
            raise RuntimeError(f"no message goes from {before} to {after}")
    now = utc_now()
    left = _leave(connection, before, [{**row, "actualizado": now} for row in rows])
    if left != len(rows):
        raise RuntimeError(f"{len(rows)} rows were to leave {before}, {left} did")
    return moves


def lock_campaigns(connection: Connection, campaign_ids: Iterable[int]) -> Mapping[int, EstadoCampana]:
    """Lock campaigns until the transaction ends; return their states by id. The one way to take these locks.

    Their rows may still refer to them meanwhile: a new row does not wait.
    """
    locked = (
        select(CampanaSMS.id, CampanaSMS.estado)
        .where(CampanaSMS.id.in_(set(campaign_ids)))
        .order_by(CampanaSMS.id)
        .with_for_update(key_share=True)
    )
    return dict(connection.execute(locked).all())


def carry_over(connection: Connection, campaign_id: int, moves: Moves, speed: float | None = None) -> None:
    """Carry rows' moves over to their campaign, whose lock the caller holds.

    A running campaign with nothing left to do is complete, and a complete one with something left to do runs again.
    `speed` is in messages a second; None leaves it as it is.
    """
    changes = dict.fromkeys(EstadoSMS, 0)
    for (before, after), count in moves.items():
        changes[before] -= count
        changes[after] += count
    values = {f"to_{state}": change for state, change in changes.items()}
    connection.execute(_CARRY_OVER, {"campaign_id": campaign_id, "now": utc_now(), "speed": speed, **values})


def _leave(connection: Connection, before: EstadoSMS, rows: Sequence[Mapping[str, Any]]) -> int:
    """Change rows that are in the state `before`; return how many were.

    One statement for many rows: with one for each, SQLite's driver would hand the interpreter to the event loop
    after each, and wait for it again.
    """
    dialect = connection.dialect.name
    statement = _leave_together(tuple(rows[0]), dialect)
    return connection.execute(statement, {**rows_given(rows, dialect), "before": before}).rowcount


@cache
def _leave_together(names: tuple[str, ...], dialect: str) -> Update:
    columns = {name: SMSLog.__table__.c["id" if name == "row_id" else name] for name in names}
    listed = columns_listed({name: column.type for name, column in columns.items()}, dialect)
    changes = {column: listed[name] for name, column in columns.items() if name != "row_id"}
    # Of an expression no index is asked: SQLite would look through all rows of that state for each one listed.
    state = func.trim(SMSLog.estado)
    return update(SMSLog).where(SMSLog.id == listed["row_id"], state == bindparam("before")).values(changes)


def finish_where_done(connection: Connection, campaign_id: int) -> None:
    """Complete a running campaign that has nothing more to send or to wait for."""
    connection.execute(
        update(CampanaSMS)
        .where(
            CampanaSMS.id == campaign_id,
            CampanaSMS.estado.in_(RUNNING),
            CampanaSMS.pendientes == 0,
            CampanaSMS.enviando == 0,
        )
        .values(estado=EstadoCampana.COMPLETADO, completado=utc_now(), velocidad=0.0)
    )
