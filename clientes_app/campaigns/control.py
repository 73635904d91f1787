"""What people decide about campaigns that exist: pause, resume, cancel, approve, settle a doubt, send again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext
from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..errors import Conflict, Forbidden, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from ..sending import control, evidence
from ..sending.faults import FAULTS
from ..shop.services import lock_account
from ..tenancy import get_owned
from ..values.pseudonym import is_pseudonym
from . import limits

_RETRYABLE = [code for code, fault in FAULTS.items() if fault.retryable]


@dataclass(frozen=True)
class _Decision:
    """What changes a campaign's state: how, what the audit calls it, and what is said where it cannot be."""

    change: Callable[[Connection, int], bool]
    act: Accion
    refusal: LazyString


_PAUSE = _Decision(control.pause, Accion.CAMPAIGN_PAUSED, lazy_gettext("This campaign is not running."))
_RESUME = _Decision(
    control.resume, Accion.CAMPAIGN_RESUMED, lazy_gettext("This campaign is neither paused nor stopped.")
)
_CANCEL = _Decision(control.cancel, Accion.CAMPAIGN_CANCELLED, lazy_gettext("This campaign has already ended."))


def pause(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """Let nothing more of a campaign be claimed for now.

    Raises NotFound, or Conflict where it does not run.
    """
    return _do(_PAUSE, account_id, campaign_id, by)


def resume(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """Let a paused or stopped campaign go on.

    Raises NotFound, or Conflict where it is neither.
    """
    return _do(_RESUME, account_id, campaign_id, by)


def cancel(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """End a campaign: what is not claimed is never sent.

    Raises NotFound, Conflict where it has ended, or Forbidden where it waits for an admin and is somebody else's.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    if not _may_cancel(campaign, by):
        raise Forbidden(gettext("Only who asked for this campaign or an administrator may cancel it."))
    return _do(_CANCEL, account_id, campaign_id, by)


def approve(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """Let a campaign be sent that waited for an admin, as far as the limits of this day allow.

    Raises NotFound, or Conflict where it does not wait any more, or would pass a limit.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        campaign = _waiting(session, account_id, campaign_id)
        limits.require_room(session, account_id, campaign.pendientes, campaign.costo)
        if not control.approve(session.connection(), campaign_id, by.person_id):
            raise Conflict(gettext("This campaign is not waiting any more."))
        record(session, by, Accion.CAMPAIGN_APPROVED, _thing(campaign), mensajes=campaign.pendientes)
        session.refresh(campaign)
    return campaign


def reject(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """End a campaign that waits for an admin; nothing of it is sent.

    Raises NotFound, or Conflict where it does not wait any more.
    """
    with unit_of_work() as session:
        campaign = _waiting(session, account_id, campaign_id)
        if not control.reject(session.connection(), campaign_id):
            raise Conflict(gettext("This campaign is not waiting any more."))
        record(session, by, Accion.CAMPAIGN_REJECTED, _thing(campaign), mensajes=campaign.pendientes)
        session.refresh(campaign)
    return campaign


def confirm_arrival(account_id: int, campaign_id: int, row_id: int, *, by: Actor) -> SMSLog:
    """Take a person's word that an uncertain message arrived.

    Raises NotFound, or Conflict where it is no longer uncertain.
    """
    with unit_of_work() as session:
        get_owned(session, CampanaSMS, account_id, campaign_id)
        row = _message(session, campaign_id, row_id)
        if not evidence.confirm(session.connection(), campaign_id, row_id, by.person_id):
            raise _certain()
        session.refresh(row)
    return row


def send_again(account_id: int, campaign_id: int, row_id: int) -> SMSLog:
    """Send an uncertain message again, although it may arrive twice.

    Raises NotFound, or Conflict where it is no longer uncertain, its campaign was cancelled, or a limit would be
    passed.
    """
    with unit_of_work() as session:
        campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
        if campaign.estado is EstadoCampana.CANCELADO:
            raise Conflict(gettext("This campaign was cancelled."))
        row = _message(session, campaign_id, row_id)
        if row.estado is not EstadoSMS.INCIERTO or is_pseudonym(row.telefono_e164 or ""):
            raise _certain()
        limits.require_room_again(session, campaign, row)
        if not evidence.send_again(session.connection(), campaign_id, row_id):
            raise _certain()
        limits.count_again(session, campaign, row)
        session.refresh(row)
    return row


def clients_to_retry(account_id: int, campaign_id: int) -> tuple[int, ...]:
    """List the clients whose message failed for a reason that may pass.

    Raises NotFound.
    """
    get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    failed = db.session.scalars(_failed_for_now(campaign_id).order_by(SMSLog.id))
    return tuple(client_id for client_id in failed if client_id is not None)


def can_retry(campaign_id: int) -> bool:
    """Return whether any message failed for a reason that may pass; the caller has checked whose campaign it is."""
    return db.session.scalar(_failed_for_now(campaign_id).limit(1)) is not None


def get_message(account_id: int, campaign_id: int, row_id: int) -> SMSLog:
    """Return a message of the account's campaign.

    Raises NotFound.
    """
    session = db.session()
    get_owned(session, CampanaSMS, account_id, campaign_id)
    return _message(session, campaign_id, row_id)


def _failed_for_now(campaign_id: int) -> Select[int | None]:
    return (
        select(SMSLog.cliente_id)
        .where(SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.FALLIDO)
        .where(SMSLog.error_codigo.in_(_RETRYABLE), SMSLog.cliente_id.is_not(None))
    )


def _do(decision: _Decision, account_id: int, campaign_id: int, by: Actor) -> CampanaSMS:
    with unit_of_work() as session:
        campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
        if not decision.change(session.connection(), campaign_id):
            raise Conflict(str(decision.refusal))
        record(session, by, decision.act, _thing(campaign))
        session.refresh(campaign)
    return campaign


def _may_cancel(campaign: CampanaSMS, by: Actor) -> bool:
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        return True
    return by.person_id in (campaign.usuario_id, campaign.enviada_por_id)


def _waiting(session: Session, account_id: int, campaign_id: int) -> CampanaSMS:
    campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        raise Conflict(gettext("This campaign is not waiting any more."))
    return campaign


def _thing(campaign: CampanaSMS) -> Thing:
    return Thing("campana_sms", campaign.id, campaign.nombre)


def _certain() -> Conflict:
    return Conflict(gettext("This message is no longer uncertain."))


def _message(session: Session, campaign_id: int, row_id: int) -> SMSLog:
    row = session.get(SMSLog, row_id)
    if row is None or row.campana_id != campaign_id:
        raise NotFound
    return row
