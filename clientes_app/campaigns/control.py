"""What people decide about campaigns that exist: pause, resume, cancel, approve, settle a doubt, send again."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ..audit_log import Thing, record
from ..errors import Conflict, Forbidden, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from ..sending import control, evidence
from ..shop.services import lock_account
from ..tenancy import get_owned
from ..values.pseudonym import is_pseudonym
from . import limits


def pause(account_id: int, campaign_id: int) -> CampanaSMS:
    """Let nothing more of a campaign be claimed for now.

    Raises NotFound, or Conflict where it does not run.
    """
    return _change(
        account_id, campaign_id, control.pause, Accion.CAMPAIGN_PAUSED, gettext("This campaign is not running.")
    )


def resume(account_id: int, campaign_id: int) -> CampanaSMS:
    """Let a paused or stopped campaign go on.

    Raises NotFound, or Conflict where it is neither.
    """
    return _change(
        account_id,
        campaign_id,
        control.resume,
        Accion.CAMPAIGN_RESUMED,
        gettext("This campaign is neither paused nor stopped."),
    )


def cancel(account_id: int, campaign_id: int, person_id: int) -> CampanaSMS:
    """End a campaign: what is not claimed is never sent.

    Raises NotFound, Conflict where it has ended, or Forbidden where it waits for an admin and is somebody else's.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    if not _may_cancel(campaign, person_id):
        raise Forbidden(gettext("Only who asked for this campaign or an administrator may cancel it."))
    return _change(
        account_id, campaign_id, control.cancel, Accion.CAMPAIGN_CANCELLED, gettext("This campaign has already ended.")
    )


def approve(account_id: int, campaign_id: int, admin_id: int) -> CampanaSMS:
    """Let a campaign be sent that waited for an admin, as far as the limits of this day allow.

    Raises NotFound, or Conflict where it does not wait any more, or would pass a limit.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        campaign = _waiting(session, account_id, campaign_id)
        limits.require_room(session, account_id, campaign.pendientes, campaign.costo)
        if not control.approve(session.connection(), campaign_id, admin_id):
            raise Conflict(gettext("This campaign is not waiting any more."))
        record(session, Accion.CAMPAIGN_APPROVED, _thing(campaign), mensajes=campaign.pendientes)
        session.refresh(campaign)
    return campaign


def reject(account_id: int, campaign_id: int) -> CampanaSMS:
    """End a campaign that waits for an admin; nothing of it is sent.

    Raises NotFound, or Conflict where it does not wait any more.
    """
    with unit_of_work() as session:
        campaign = _waiting(session, account_id, campaign_id)
        if not control.reject(session.connection(), campaign_id):
            raise Conflict(gettext("This campaign is not waiting any more."))
        record(session, Accion.CAMPAIGN_REJECTED, _thing(campaign), mensajes=campaign.pendientes)
        session.refresh(campaign)
    return campaign


def confirm_arrival(account_id: int, campaign_id: int, row_id: int, person_id: int) -> SMSLog:
    """Take a person's word that an uncertain message arrived.

    Raises NotFound, or Conflict where it is no longer uncertain.
    """
    with unit_of_work() as session:
        get_owned(session, CampanaSMS, account_id, campaign_id)
        row = _message(campaign_id, row_id)
        if not evidence.confirm(session.connection(), campaign_id, row_id, person_id):
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
        row = _message(campaign_id, row_id)
        if row.estado is not EstadoSMS.INCIERTO or is_pseudonym(row.telefono_e164 or ""):
            raise _certain()
        limits.require_room_again(session, campaign, row)
        if not evidence.send_again(session.connection(), campaign_id, row_id):
            raise _certain()
        limits.count_again(session, campaign, row)
        session.refresh(row)
    return row


def get_message(account_id: int, campaign_id: int, row_id: int) -> SMSLog:
    """Return a message of the account's campaign.

    Raises NotFound.
    """
    get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    return _message(campaign_id, row_id)


def _change(
    account_id: int, campaign_id: int, change: Callable[[Connection, int], bool], act: Accion, refusal: str
) -> CampanaSMS:
    with unit_of_work() as session:
        campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
        if not change(session.connection(), campaign_id):
            raise Conflict(refusal)
        record(session, act, Thing("campana_sms", campaign_id, campaign.nombre))
        session.refresh(campaign)
    return campaign


def _may_cancel(campaign: CampanaSMS, person_id: int) -> bool:
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        return True
    return person_id in (campaign.usuario_id, campaign.enviada_por_id)


def _waiting(session: Session, account_id: int, campaign_id: int) -> CampanaSMS:
    campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
    if campaign.estado is not EstadoCampana.POR_APROBAR:
        raise Conflict(gettext("This campaign is not waiting any more."))
    return campaign


def _thing(campaign: CampanaSMS) -> Thing:
    return Thing("campana_sms", campaign.id, campaign.nombre)


def _certain() -> Conflict:
    return Conflict(gettext("This message is no longer uncertain."))


def _message(campaign_id: int, row_id: int) -> SMSLog:
    row = db.session.get(SMSLog, row_id)
    if row is None or row.campana_id != campaign_id:
        raise NotFound
    return row
