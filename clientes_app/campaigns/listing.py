"""Lists of campaigns, and of a campaign's messages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ..database.paging import Page, newest_first, page_of
from ..extensions import db, engine_apart
from ..models import AT_REST, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog, Usuario
from ..sending.waiting import Wait, standings
from ..tenancy import get_owned, owned
from .progress import Progress, snapshot

CAMPAIGNS_A_PAGE = 30
MESSAGES_A_PAGE = 50
RUNNING_SHOWN = 20
WAITING_SHOWN = 20
HELD_SHOWN = 20


def list_page(account_id: int, before: int | None) -> Page[CampanaSMS]:
    """List a page of campaigns, newest first: those older than the id `before`."""
    newest = newest_first(owned(CampanaSMS, account_id), CampanaSMS.id, before, CAMPAIGNS_A_PAGE)
    return page_of(db.session.scalars(newest).all(), CAMPAIGNS_A_PAGE)


def running(account_id: int) -> list[tuple[CampanaSMS, Progress]]:
    """List the campaigns that go on, newest first, and how far each is; those that are held need a hand."""
    going = CampanaSMS.estado.not_in(AT_REST), CampanaSMS.motivo_pausa.is_(None)
    running = owned(CampanaSMS, account_id).where(*going)
    newest = db.session.scalars(running.order_by(CampanaSMS.id.desc()).limit(RUNNING_SHOWN)).all()
    return [(campaign, snapshot(engine_apart(), campaign.id)) for campaign in newest]


def waiting(account_id: int) -> list[tuple[CampanaSMS, Usuario]]:
    """List the campaigns that wait for an admin, oldest first, and who asked for each."""
    waiting = owned(CampanaSMS, account_id).where(CampanaSMS.estado == EstadoCampana.POR_APROBAR)
    asked = waiting.join(Usuario, Usuario.id == CampanaSMS.enviada_por_id).add_columns(Usuario)
    oldest = db.session.execute(asked.order_by(CampanaSMS.id).limit(WAITING_SHOWN))
    return [(campaign, person) for campaign, person in oldest]


def held(account_id: int) -> Sequence[CampanaSMS]:
    """List the campaigns that could not be kept at their hour and wait for a person, newest first."""
    paused = owned(CampanaSMS, account_id).where(CampanaSMS.motivo_pausa.is_not(None))
    return db.session.scalars(paused.order_by(CampanaSMS.id.desc()).limit(HELD_SHOWN)).all()


def waits_of(campaigns: Sequence[CampanaSMS]) -> dict[int, Wait]:
    """Return why those of the campaigns wait that wait for a limit and have nothing on its way, by their ids."""
    resting = [campaign.id for campaign in campaigns if campaign.pendientes and not campaign.enviando]
    if not resting:
        return {}
    found = standings(db.session.connection(), resting)
    return {campaign_id: standing.wait for campaign_id, standing in found.items() if standing.wait}


def message_page(
    account_id: int, campaign_id: int, state: EstadoSMS | None, after: int | None, size: int = MESSAGES_A_PAGE
) -> Page[SMSLog]:
    """List a page of a campaign's messages in sending order: those after the row `after`.

    Raises NotFound.
    """
    campaign = get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    rows = select(SMSLog).where(SMSLog.campana_id == campaign.id).order_by(SMSLog.id)
    if state is not None:
        rows = rows.where(SMSLog.estado == state)
    if after is not None:
        rows = rows.where(SMSLog.id > after)
    return page_of(db.session.scalars(rows.limit(size + 1)).all(), size)
