"""What happens to a campaign when its hour has come: it starts, once, or it is paused with the reason.

Any number of processes look; whose UPDATE finds it scheduled starts it, in one transaction with the rows of those whom
it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..audit_log import NOBODY, Thing, record
from ..campaigns import limits, storing
from ..campaigns.law import binding
from ..campaigns.services import waits_for_approval
from ..clients.search.selection import Selection, Unreadable
from ..database import clock
from ..extensions import unit_of_work
from ..models import Accion, CampanaSMS, Cuenta, EstadoCampana, MotivoDePausa, Usuario
from ..models.types import utc_now
from ..sending import control, outbox
from ..sending.ordering.notifier import bell
from ..sending.states import lock_campaigns
from ..shop.services import lock_account
from ..shop.ways_out import foot_for
from ..web.i18n import by_the_clock_of

LATEST = timedelta(minutes=60)
"""Past its hour by more than this, a campaign waits for somebody to say that it is still wanted."""

_DUE = select(CampanaSMS.id).where(CampanaSMS.estado == EstadoCampana.PROGRAMADO)


class Hindrance(Exception):
    """What was scheduled cannot be kept."""

    def __init__(self, reason: MotivoDePausa) -> None:
        super().__init__(reason)
        self.reason = reason


def due_now(engine: Engine) -> tuple[datetime, Sequence[int]]:
    """Return the present moment, by the clock that decides what is due, and the campaigns whose hour has come."""
    with engine.connect() as connection:
        now = clock.corrected(connection, utc_now())
        due = _DUE.where(CampanaSMS.programada_para <= now).order_by(CampanaSMS.programada_para, CampanaSMS.id)
        return now, connection.scalars(due).all()


def start(campaign_id: int, now: datetime) -> None:
    """Start a campaign whose hour has come, or pause it where what was scheduled cannot be kept.

    Nothing happens where somebody else has started, changed or cancelled it meanwhile.
    """
    with unit_of_work() as session:
        campaign = _lock(session, campaign_id)
        if campaign is None or not _is_due(campaign, now):
            return
        with by_the_clock_of(session.get(Cuenta, campaign.usuario_id)):
            _start_or_hold(session, campaign, now)
    bell.ring()


def _start_or_hold(session: Session, campaign: CampanaSMS, now: datetime) -> None:
    try:
        audience = _still_meant(session, campaign, now)
    except Hindrance as hindrance:
        _hold(session, campaign, hindrance.reason)
        return
    if campaign.aprobada_por_id is None and waits_for_approval(campaign.usuario_id, campaign.enviada_por_id):
        control.ask_for_approval(session.connection(), campaign.id)
        return
    _start(session, campaign, audience, now)


def _lock(session: Session, campaign_id: int) -> CampanaSMS | None:
    """Return the campaign as it is now; nobody else changes it, or its account's limits, until the transaction ends."""
    account_id = session.scalar(select(CampanaSMS.usuario_id).where(CampanaSMS.id == campaign_id))
    if account_id is None:
        return None
    lock_account(session, account_id)
    lock_campaigns(session.connection(), [campaign_id])
    return session.get_one(CampanaSMS, campaign_id, populate_existing=True)


def _is_due(campaign: CampanaSMS, now: datetime) -> bool:
    hour = campaign.programada_para
    return campaign.estado is EstadoCampana.PROGRAMADO and hour is not None and hour <= now


def _still_meant(session: Session, campaign: CampanaSMS, now: datetime) -> Selection | None:
    """Return who is meant now; None where that was settled as the campaign was scheduled.

    Raises Hindrance.
    """
    if campaign.programada_para is not None and now - campaign.programada_para > LATEST:
        raise Hindrance(MotivoDePausa.TARDE)
    author = session.get_one(Usuario, campaign.enviada_por_id)
    if not (author.activo and author.may_send):
        raise Hindrance(MotivoDePausa.AUTOR)
    if campaign.publico is None:
        return None
    try:
        audience = storing.audience_of(campaign)
    except Unreadable as unreadable:
        raise Hindrance(MotivoDePausa.PUBLICO) from unreadable
    if storing.is_unfillable(session, campaign):
        raise Hindrance(MotivoDePausa.TEXTO)
    if not storing.is_anybody(session, campaign.usuario_id, audience):
        raise Hindrance(MotivoDePausa.NADIE)
    return audience


def _start(session: Session, campaign: CampanaSMS, audience: Selection | None, now: datetime) -> None:
    connection = session.connection()
    room = limits.room_of(session, campaign.usuario_id)
    if not control.start(connection, campaign.id, now):
        return
    if campaign.pie is None:
        # The shop may want a way out by now that it did not want when this was scheduled.
        campaign.pie = foot_for(session, campaign.usuario_id, campaign.tipo)
    if audience is None:
        outbox.leave_out_no_longer_meant(connection, campaign.id, campaign.usuario_id)
        session.refresh(campaign)
        limits.note_expense(session, campaign)
        session.flush()
    else:
        storing.store_rows(session, campaign, audience)
    if room.refusal(campaign.pendientes, campaign.costo):
        _hold(session, campaign, MotivoDePausa.LIMITE)
        return
    control.hand_over(connection, campaign.id)
    told = binding.audited(session, campaign)
    record(session, NOBODY, Accion.CAMPAIGN_SENT, _thing(campaign), mensajes=campaign.total_clientes, **told)


def _hold(session: Session, campaign: CampanaSMS, reason: MotivoDePausa) -> None:
    control.hold(session.connection(), campaign.id, reason)
    record(session, NOBODY, Accion.CAMPAIGN_PAUSED, _thing(campaign), motivo=reason.value)


def _thing(campaign: CampanaSMS) -> Thing:
    return Thing("campana_sms", campaign.id, campaign.nombre, account_id=campaign.usuario_id)
