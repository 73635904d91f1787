"""What people decide about a campaign: pause, go on, cancel; approve or reject it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, update

from ..models import CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from ..models.types import utc_now
from .ordering.placed import placed
from .states import RUNNING, carry_over, finish_where_done

_RESUMABLE = (EstadoCampana.ERROR, EstadoCampana.PAUSADO)
_WAITING = (EstadoCampana.POR_APROBAR,)
_CANCELLABLE = (*RUNNING, *_RESUMABLE, *_WAITING)


def pause(connection: Connection, campaign_id: int) -> bool:
    """Let the sender claim nothing more of a campaign for now; return whether it was running."""
    return _change_state(connection, campaign_id, RUNNING, EstadoCampana.PAUSADO)


def resume(connection: Connection, campaign_id: int) -> bool:
    """Let a paused or stopped campaign go on; return whether it was one."""
    resumed = _change_state(connection, campaign_id, _RESUMABLE, EstadoCampana.PROCESANDO)
    finish_where_done(connection, campaign_id)
    placed(connection, campaign_id)
    return resumed


def cancel(connection: Connection, campaign_id: int) -> bool:
    """End a campaign: what is not claimed is never sent; return whether it had not ended yet."""
    return _end(connection, campaign_id, _CANCELLABLE)


def approve(connection: Connection, campaign_id: int, admin_id: int | None) -> bool:
    """Give the sender a campaign that waits for an admin; return whether it did."""
    approved = connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(_WAITING))
        .values(estado=EstadoCampana.PENDIENTE, aprobada_por_id=admin_id, encolada=utc_now())
    )
    placed(connection, campaign_id)
    return approved.rowcount == 1


def reject(connection: Connection, campaign_id: int) -> bool:
    """End a campaign that waits for an admin, and send nothing of it; return whether it did."""
    return _end(connection, campaign_id, _WAITING)


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
    connection: Connection, campaign_id: int, before: Sequence[EstadoCampana], after: EstadoCampana
) -> bool:
    changed = connection.execute(
        update(CampanaSMS)
        .where(CampanaSMS.id == campaign_id, CampanaSMS.estado.in_(before))
        .values(estado=after, error_codigo=None, error_mensaje=None, velocidad=0.0)
    )
    return changed.rowcount == 1
