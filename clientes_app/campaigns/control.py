"""What people decide about campaigns that exist: pause, resume, cancel, approve, settle a doubt, send again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..errors import Conflict, Forbidden, NotFound
from ..extensions import db, unit_of_work
from ..models import Accion, CampanaSMS, Cuenta, EstadoCampana, EstadoSMS, SMSLog, Usuario
from ..sending import control, evidence, outbox
from ..shop.services import lock_account
from ..tenancy import get_owned, lock_owned
from ..values.pseudonym import is_pseudonym
from ..web.i18n import by_the_clock_of
from . import limits, storing
from .law import binding
from .services import waits_for_approval


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
    """Let a paused or stopped campaign go on; one that could not start at its hour is sent now.

    Raises NotFound, Conflict where it is neither, Unreadable or DomainError where nobody can be found who is meant, or
    Forbidden where an admin must say yes first.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        campaign = lock_owned(session, CampanaSMS, account_id, campaign_id)
        _make_up_for_the_hour(session, campaign, by)
        return _changed(session, _RESUME, campaign, by)


def cancel(account_id: int, campaign_id: int, *, by: Actor) -> CampanaSMS:
    """End a campaign: what is not claimed is never sent.

    Raises NotFound, Conflict where it has ended, or Forbidden where it waits for an admin and is somebody else's.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    if not _may_cancel(campaign, by):
        raise Forbidden(gettext("Only who asked for this campaign or an administrator may cancel it."))
    return _do(_CANCEL, account_id, campaign_id, by)


def approve(account_id: int, campaign_id: int, seen_hour: str | None = None, *, by: Actor) -> CampanaSMS:
    """Let a campaign be sent that waited for an admin, as far as the limits of this day allow.

    `seen_hour` is the one that the admin saw, in ISO 8601, or "" for none. Raises NotFound, or Conflict where it does
    not wait any more, has another hour by now, would pass a limit, or is excepted in a shop that has become strict.
    """
    with unit_of_work() as session:
        lock_account(session, account_id)
        lock_owned(session, CampanaSMS, account_id, campaign_id)
        campaign = _waiting(session, account_id, campaign_id)
        hour = campaign.programada_para.isoformat() if campaign.programada_para else ""
        if seen_hour is not None and seen_hour != hour:
            raise Conflict(gettext("Its hour has changed meanwhile: look at it again."))
        if campaign.exceptuada_por_id is not None:
            binding.require_exceptable(binding.law_of(session, account_id))
        if campaign.programada_para is None:
            limits.require_room(session, account_id, campaign.pendientes, campaign.costo)
        if not control.approve(session.connection(), campaign_id, by.person_id):
            raise Conflict(gettext("This campaign is not waiting any more."))
        told = binding.audited(session, campaign)
        record(session, by, Accion.CAMPAIGN_APPROVED, _thing(campaign), mensajes=campaign.pendientes, **told)
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


def get_message(account_id: int, campaign_id: int, row_id: int) -> SMSLog:
    """Return a message of the account's campaign.

    Raises NotFound.
    """
    session = db.session()
    get_owned(session, CampanaSMS, account_id, campaign_id)
    return _message(session, campaign_id, row_id)


def _do(decision: _Decision, account_id: int, campaign_id: int, by: Actor) -> CampanaSMS:
    with unit_of_work() as session:
        return _changed(session, decision, get_owned(session, CampanaSMS, account_id, campaign_id), by)


def _changed(session: Session, decision: _Decision, campaign: CampanaSMS, by: Actor) -> CampanaSMS:
    if not decision.change(session.connection(), campaign.id):
        raise Conflict(str(decision.refusal))
    record(session, by, decision.act, _thing(campaign))
    session.refresh(campaign)
    return campaign


def _make_up_for_the_hour(session: Session, campaign: CampanaSMS, by: Actor) -> None:
    """Do for a campaign that was paused before the sender was given it what else is done at its hour."""
    if campaign.estado is not EstadoCampana.PAUSADO or campaign.encolada is not None:
        return
    person_id = by.person_id or campaign.usuario_id  # the command line acts in the admin's name
    if campaign.aprobada_por_id is None and waits_for_approval(campaign.usuario_id, person_id):
        raise Forbidden(gettext("An administrator must resume this campaign: nobody has approved it yet."))
    if storing.lacks_rows(campaign):
        # Also where no request says whose days are meant, as on the command line.
        with by_the_clock_of(session.get(Cuenta, campaign.usuario_id)):
            storing.store_rows(session, campaign, storing.audience_of(campaign))
    else:
        outbox.leave_out_no_longer_meant(session.connection(), campaign.id, campaign.usuario_id)


def approved_by(campaign: CampanaSMS) -> str | None:
    """Return the name of the admin who let a campaign be sent; None where nobody had to."""
    admin_id = campaign.aprobada_por_id
    return None if admin_id is None else db.session.get_one(Usuario, admin_id).display_name


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
