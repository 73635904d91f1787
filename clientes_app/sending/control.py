"""What is decided about a campaign: pause, go on, cancel; approve or reject it; and what comes of its hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal, null, update

from ..database import clock
from ..models import CampanaSMS, EstadoCampana, EstadoSMS, MotivoDePausa, SMSLog
from ..models.types import utc_now
from .ordering.placed import placed
from .states import RUNNING, carry_over, finish_where_done

_RESUMABLE = (EstadoCampana.ERROR, EstadoCampana.PAUSADO)
_WAITING = (EstadoCampana.POR_APROBAR,)
_SCHEDULED = (EstadoCampana.PROGRAMADO,)
_CANCELLABLE = (*RUNNING, *_RESUMABLE, *_WAITING, *_SCHEDULED)


def pause(connection: Connection, campaign_id: int) -> bool:
    """Let the sender claim nothing more of a campaign for now; return whether it was running."""
    return _change_state(connection, campaign_id, RUNNING, EstadoCampana.PAUSADO)


def resume(connection: Connection, campaign_id: int) -> bool:
    """Let a paused or stopped campaign go on; return whether it was one."""
    given = func.coalesce(CampanaSMS.encolada, literal(utc_now(), CampanaSMS.encolada.type))
    resumed = _change_state(connection, campaign_id, _RESUMABLE, EstadoCampana.PROCESANDO, encolada=given)
    hand_over(connection, campaign_id)
    return resumed


def cancel(connection: Connection, campaign_id: int) -> bool:
    """End a campaign: what is not claimed is never sent; return whether it had not ended yet."""
    return _end(connection, campaign_id, _CANCELLABLE)


def approve(connection: Connection, campaign_id: int, admin_id: int | None) -> bool:
    """Take an admin's yes: the sender is given the campaign, or it waits for its hour; past that, it is paused.

    Return whether it was waiting.
    """
    now = clock.corrected(connection, utc_now())
    at_once, in_time = CampanaSMS.programada_para.is_(None), CampanaSMS.programada_para > now
    approved = connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(_WAITING))
        .values(
            estado=case(
                (at_once, _state(EstadoCampana.PENDIENTE)),
                (in_time, _state(EstadoCampana.PROGRAMADO)),
                else_=_state(EstadoCampana.PAUSADO),
            ),
            motivo_pausa=case(
                (at_once | in_time, null()), else_=literal(MotivoDePausa.TARDE, CampanaSMS.motivo_pausa.type)
            ),
            aprobada_por_id=admin_id,
            encolada=case((at_once, literal(now, CampanaSMS.encolada.type)), else_=null()),
        )
    )
    placed(connection, campaign_id)
    return approved.rowcount == 1


def reject(connection: Connection, campaign_id: int) -> bool:
    """End a campaign that waits for an admin, and send nothing of it; return whether it did."""
    return _end(connection, campaign_id, _WAITING)


def start(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Let a campaign run whose hour has come; return whether it was this that started it."""
    started = connection.execute(
        update(CampanaSMS)
        .where(
            CampanaSMS.id == campaign_id,
            CampanaSMS.estado == EstadoCampana.PROGRAMADO,
            CampanaSMS.programada_para <= now,
        )
        .values(estado=EstadoCampana.PENDIENTE, encolada=now)
    )
    return started.rowcount == 1


def hand_over(connection: Connection, campaign_id: int) -> None:
    """Give the sender a campaign that has just been let run; where nothing is to be sent, it is complete."""
    finish_where_done(connection, campaign_id)
    placed(connection, campaign_id)


def hold(connection: Connection, campaign_id: int, reason: MotivoDePausa) -> bool:
    """Pause a campaign that cannot start at its hour, before anything of it was claimed; return whether it was so."""
    before = (*_SCHEDULED, *RUNNING)
    return _change_state(connection, campaign_id, before, EstadoCampana.PAUSADO, motivo_pausa=reason, encolada=None)


def ask_for_approval(connection: Connection, campaign_id: int) -> bool:
    """Let a scheduled campaign wait for an admin; return whether it was scheduled."""
    return _change_state(connection, campaign_id, _SCHEDULED, EstadoCampana.POR_APROBAR, aprobada_por_id=None)


def reschedule(connection: Connection, campaign_id: int, moment: datetime) -> bool:
    """Give a campaign that waits for its hour another one; return whether it still waits."""
    changed = connection.execute(
        update(CampanaSMS)
        .where(
            CampanaSMS.id == campaign_id,
            CampanaSMS.estado.in_((*_SCHEDULED, *_WAITING)),
            CampanaSMS.programada_para.is_not(None),
        )
        .values(programada_para=moment)
    )
    return changed.rowcount == 1


def _end(connection: Connection, campaign_id: int, before: Sequence[EstadoCampana]) -> bool:
    if not _change_state(connection, campaign_id, before, EstadoCampana.CANCELADO):
        return False
    cancelled = connection.execute(
        update(SMSLog)
        .where(SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.PENDIENTE)
        .values(estado=EstadoSMS.CANCELADO, actualizado=utc_now())
    )
    carry_over(connection, campaign_id, Counter({(EstadoSMS.PENDIENTE, EstadoSMS.CANCELADO): cancelled.rowcount}))
    return True


def _change_state(
    connection: Connection, campaign_id: int, before: Sequence[EstadoCampana], after: EstadoCampana, **others: Any
) -> bool:
    cleared = {"error_codigo": None, "error_mensaje": None, "motivo_pausa": None, "velocidad": 0.0}
    changed = connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(before))
        .values(cleared | others | {"estado": after})
    )
    return changed.rowcount == 1


def _state(state: EstadoCampana) -> ColumnElement[EstadoCampana]:
    return literal(state, CampanaSMS.estado.type)
