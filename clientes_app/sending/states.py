"""The states of a message: which may follow which, and how rows and counters move together.

Everything that changes a message's state or a campaign's counters does it through this module, inside one
transaction; the database checks that the counters sum up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, update

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
    leaving = update(SMSLog).where(SMSLog.id == bindparam("row_id"), SMSLog.estado == before)
    now = utc_now()
    changed = connection.execute(leaving, [{**row, "actualizado": now} for row in rows])
    if changed.rowcount != len(rows):
        raise RuntimeError(f"{len(rows)} rows were to leave {before}, {changed.rowcount} did")
    return moves


def carry_over(connection: Connection, campaign_id: int, moves: Moves, **values: Any) -> None:
    """Carry rows' moves over to their campaign's counters; a campaign with nothing left to do is complete."""
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
    finish_where_done(connection, campaign_id)


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
