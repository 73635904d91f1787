"""Recording: what became of claimed rows is stored, and what a dead sender had claimed is declared uncertain."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, bindparam, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError

from ..database.processes import LEASE_SECONDS
from ..database.transactions import fetch_together, id_list_named, listed_ids, write_transaction
from ..models import CampanaSMS, EstadoCampana, EstadoSMS, OrigenBaja, SMSLog, TurnoDeEnvio
from ..models.types import utc_now
from .allowance import count_back, lock_where_counted
from .carrier import Fate, Message, Outcome, Result
from .faults import INTERRUPTED, ODD_ANSWER, OPTED_OUT_CODE
from .law.advertised import give_back
from .lease import end_lost, leases_but
from .opt_outs import add_opt_outs
from .puzzles import count_in_a_row
from .states import RUNNING, Moves, carry_over, lock_campaigns, move_rows

log = logging.getLogger(__name__)

FIRST_LOOK = timedelta(seconds=20)
"""How long after an uncertain attempt Twilio is first asked: its list of messages may lag."""

# The answer to one's own call is evidence even after somebody declared the row uncertain.
_AWAITING = (EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO)

_STATE_AFTER = {
    Fate.SENT: EstadoSMS.ENVIADO,
    Fate.REFUSED: EstadoSMS.FALLIDO,
    Fate.KEPT: EstadoSMS.PENDIENTE,
    Fate.DEFERRED: EstadoSMS.PENDIENTE,
    Fate.STOPPED: EstadoSMS.PENDIENTE,
    Fate.UNKNOWN: EstadoSMS.INCIERTO,
}

# Nobody takes the lease until the transaction ends.
_HELD = select(TurnoDeEnvio.id).where(TurnoDeEnvio.titular == bindparam("owner")).with_for_update(read=True)


def record(
    engine: Engine, results: Sequence[Result], speeds: Mapping[int, float], faults: Mapping[int, Outcome]
) -> None:
    """Store what became of claimed rows, and stop the campaigns that have a fault; their pending rows stay.

    `speeds` are messages a second by campaign, `faults` what concerns all of a campaign. Where the database refuses
    one of the results, that one alone is uncertain.
    """
    try:
        _record_together(engine, results, speeds, faults)
    except (DataError, IntegrityError):
        for result in results:
            _record_alone(engine, result, speeds)
        _record_together(engine, [], speeds, faults)


def rescue(engine: Engine, owner: str, seconds: float = LEASE_SECONDS) -> int:
    """Declare uncertain what dead senders had claimed; return how many rows.

    For the holder of a lease, before it claims anything; who has lost it meanwhile changes nothing. A worker is dead
    that gave no sign of life for so many `seconds`.
    """
    with write_transaction(engine) as connection:
        if connection.scalar(_HELD, {"owner": owner}) is None:
            return 0
        end_lost(connection, seconds)
        return _rescue(connection, or_(SMSLog.turno_id.is_(None), SMSLog.turno_id.not_in(leases_but(owner))))


def rescue_from_the_dead(engine: Engine, seconds: float = LEASE_SECONDS) -> int:
    """Declare uncertain what workers had claimed whose lease is gone; return how many rows."""
    with write_transaction(engine) as connection:
        end_lost(connection, seconds)
        return _rescue(connection, SMSLog.turno_id.not_in(select(TurnoDeEnvio.id)))


def _rescue(connection: Connection, left_behind: ColumnElement[bool]) -> int:
    claimed = select(SMSLog.campana_id).where(SMSLog.estado == EstadoSMS.ENVIANDO, left_behind).distinct()
    campaigns = lock_campaigns(connection, connection.scalars(claimed).all())
    counts = _declare_uncertain(connection, campaigns, left_behind)
    for campaign_id, count in sorted(counts.items()):
        carry_over(connection, campaign_id, Counter({(EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO): count}))
    return counts.total()


def _record_together(
    engine: Engine, results: Sequence[Result], speeds: Mapping[int, float], faults: Mapping[int, Outcome]
) -> None:
    with write_transaction(engine) as connection:
        lock_where_counted(connection, results)
        _enter_opt_outs(connection, results)  # its lock comes before the campaigns', as when somebody is erased
        concerned = {result.message.campaign_id for result in results}
        states = lock_campaigns(connection, concerned | set(faults))
        moves = _store_results(connection, results, states)
        # Also those of which receipts have told everything before: their pace is to be seen.
        for campaign_id in sorted(concerned):
            carry_over(connection, campaign_id, moves[campaign_id], speeds.get(campaign_id, 0.0))
        for campaign_id, fault in sorted({**count_in_a_row(connection, results), **faults}.items()):
            _stop(connection, campaign_id, fault)


def _record_alone(engine: Engine, result: Result, speeds: Mapping[int, float]) -> None:
    try:
        _record_together(engine, [result], speeds, {})
    except (DataError, IntegrityError) as error:
        # Not its words: they hold what was to be stored.
        log.warning("an answer cannot be stored (%s): its message is uncertain", type(error.orig).__name__)
        unknown = Result(result.message, Outcome(Fate.UNKNOWN, reason=ODD_ANSWER))
        _record_together(engine, [unknown], speeds, {})


def _declare_uncertain(
    connection: Connection, campaigns: Mapping[int, EstadoCampana], left_behind: ColumnElement[bool]
) -> Counter[int]:
    # Counted as they change: the dead sender may be alive, and record an answer at this very moment. `actualizado`
    # stays the moment of the claim: from then on Twilio's list is searched, however long nobody was sending.
    changed = (
        update(SMSLog)
        .where(SMSLog.estado == EstadoSMS.ENVIANDO, SMSLog.campana_id.in_(campaigns), left_behind)
        .values(
            estado=EstadoSMS.INCIERTO,
            error_mensaje=INTERRUPTED,
            consultas=0,
            proxima_consulta=utc_now() + FIRST_LOOK,
        )
        .returning(SMSLog.campana_id)
    )
    return Counter(connection.scalars(changed))


def _store_results(
    connection: Connection, results: Sequence[Result], campaigns: Mapping[int, EstadoCampana]
) -> defaultdict[int, Moves]:
    """Move the rows that still await their result; return the moves by campaign."""
    awaiting = _awaiting(connection, results)
    changes: defaultdict[tuple[int, EstadoSMS], list[dict[str, Any]]] = defaultdict(list)
    moved = []
    for result in results:
        message = result.message
        before, number = awaiting.get((message.row_id, message.attempt), (None, None))
        after = _STATE_AFTER[result.outcome.fate]
        if after is EstadoSMS.PENDIENTE and _goes_no_more(message, number, campaigns):
            after = EstadoSMS.CANCELADO
        if before is not None and before is not after:
            changes[message.campaign_id, before].append(_change(message, result.outcome, after))
            moved.append(result)
    count_back(connection, moved)
    moves: defaultdict[int, Moves] = defaultdict(Counter)
    for (campaign_id, before), rows in changes.items():
        moves[campaign_id] += move_rows(connection, before, rows)
    give_back(connection, [result.message for result in moved if result.outcome.comes_back])
    return moves


def _goes_no_more(message: Message, number: str | None, campaigns: Mapping[int, EstadoCampana]) -> bool:
    """Return whether its campaign was cancelled, or its person erased, while it was in hand."""
    return campaigns.get(message.campaign_id) is EstadoCampana.CANCELADO or number != message.to


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


def _awaiting(
    connection: Connection, results: Sequence[Result]
) -> dict[tuple[int, str | None], tuple[EstadoSMS, str | None]]:
    """Return state and number of the rows that await a result, by id and attempt, locked until the transaction ends."""
    dialect = connection.dialect.name
    ids = listed_ids([result.message.row_id for result in results], dialect)
    rows = fetch_together(connection, _attempts_listed(dialect), {"ids": ids})
    return {
        (row_id, attempt): (EstadoSMS(state), number) for row_id, attempt, state, number in rows if state in _AWAITING
    }


@cache
def _attempts_listed(dialect: str) -> Select[int, str | None, EstadoSMS, str | None]:
    listed = id_list_named("ids", dialect)
    return (
        select(SMSLog.id, SMSLog.intento, SMSLog.estado, SMSLog.telefono_e164)
        .join(listed, listed.c.value == SMSLog.id)
        .order_by(SMSLog.id)
        .with_for_update(of=SMSLog)
    )


def _stop(connection: Connection, campaign_id: int, fault: Outcome) -> None:
    connection.execute(
        update(CampanaSMS)
        # Where nothing is left to send there is nothing to stop: it ends by itself.
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(RUNNING), CampanaSMS.pendientes > 0)
        .values(
            estado=EstadoCampana.ERROR,
            error_codigo=fault.code,
            error_mensaje=fault.reason or "",
            velocidad=0.0,
            desconcertantes=0,
        )
    )


def _enter_opt_outs(connection: Connection, results: Sequence[Result]) -> None:
    """Enter the numbers of which Twilio says that they opted out."""
    refused = [result.message for result in results if result.outcome.code == OPTED_OUT_CODE]
    for message in refused:
        account = select(CampanaSMS.usuario_id).where(CampanaSMS.id == message.campaign_id)
        add_opt_outs(connection, connection.scalars(account).all(), message.to, OrigenBaja.TWILIO)
