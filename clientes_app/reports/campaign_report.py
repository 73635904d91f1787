"""The report of a campaign: how many of the chosen it reached and when, why not, its cost, what was bought after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..campaigns.missing import has_missing
from ..extensions import db, engine_apart
from ..models import CampanaSMS, EntregasContadas, EstadoSMS, MensajesContados
from ..tenancy import Account, get_owned
from .behind.lists import What
from .counted import sums
from .counted.counting import count_campaign
from .counted.purchases import Purchases, days_of, purchases_of
from .counted.quarters import moment_of
from .ends import ends_of
from .reasons import Reason, reasons_in

MOST_STEPS = 48
"""So many rows of its course are shown at the most: of a longer one each stands for more than an hour."""


@dataclass(frozen=True)
class Step:
    """What went out and arrived in one part of a campaign's course."""

    begins: datetime
    sent: int
    delivered: int


@dataclass(frozen=True)
class CampaignReport:
    """A campaign, and what it came to."""

    campaign: CampanaSMS
    chosen: int
    sent: int
    delivered: int
    purchases: Purchases
    cost: Decimal
    costed: sums.Costed
    ends: Mapping[What, int]
    has_missing: bool
    """Whether it has missed somebody who can be reached now."""
    reasons: Sequence[Reason]
    steps: Sequence[Step]
    step_minutes: int
    """How long each of the steps is."""
    days: int
    """So many days after a message a purchase counts."""

    @property
    def all_arrived(self) -> bool:
        """Return whether every message arrived, or is still on its way."""
        return not self.reasons and self.sent == sum(self.ends.values()) > 0

    @property
    def per_peso(self) -> Decimal | None:
        """Return the pesos bought for each peso spent; None where nothing was, or it is not known."""
        return self.purchases.per_peso(self.cost) if self.costed.is_whole else None


def campaign_report(account: Account, campaign_id: int) -> CampaignReport:
    """Return the report of a campaign.

    Raises NotFound.
    """
    account_id = account.id
    get_owned(db.session(), CampanaSMS, account_id, campaign_id)
    count_campaign(engine_apart(), campaign_id)
    session = db.session()
    campaign = get_owned(session, CampanaSMS, account_id, campaign_id)
    counts = sums.counts_of(session, campaign_id)
    reasons = reasons_in(counts)
    steps, minutes = _steps(session, campaign_id, account.zone)
    prices = sums.prices_of(session, [campaign_id])
    return CampaignReport(
        campaign,
        campaign.total_clientes,
        sums.sent(counts),
        sums.delivered(counts),
        purchases_of(session, account_id, campaign_id),
        sums.cost_of(counts, prices),
        sums.costed_of(counts, prices),
        ends_of(counts),
        any(each.may_be_sent_again for each in reasons) and has_missing(campaign),
        reasons,
        steps,
        minutes,
        days_of(session, account_id),
    )


def campaign_of(account_id: int, campaign_id: int | None) -> CampanaSMS | None:
    """Return the campaign that is asked about, if one is.

    Raises NotFound.
    """
    return None if campaign_id is None else get_owned(db.session(), CampanaSMS, account_id, campaign_id)


def _steps(session: Session, campaign_id: int, zone: tzinfo) -> tuple[list[Step], int]:
    went_out = select(MensajesContados.cuarto, func.sum(MensajesContados.mensajes)).where(
        MensajesContados.campana_id == campaign_id, MensajesContados.estado == EstadoSMS.ENVIADO
    )
    sent = dict(session.execute(went_out.group_by(MensajesContados.cuarto)).all())
    arrived = select(EntregasContadas.cuarto, EntregasContadas.mensajes)
    delivered = dict(session.execute(arrived.where(EntregasContadas.campana_id == campaign_id)).all())
    quarters = {*sent, *delivered}
    if not quarters:
        return [], 0
    hours = 1
    while len({_begin_of(quarter, hours, zone) for quarter in quarters}) > MOST_STEPS:
        hours *= 2
    steps: dict[datetime, list[int]] = {}
    for place, counts in enumerate((sent, delivered)):
        for quarter, messages in counts.items():
            steps.setdefault(_begin_of(quarter, hours, zone), [0, 0])[place] += messages
    return [Step(begins, *steps[begins]) for begins in sorted(steps)], hours * 60


def _begin_of(quarter: int, hours: int, zone: tzinfo) -> datetime:
    """Return when so many whole hours of a zone's clock begin among which a quarter lies."""
    moment = moment_of(quarter)
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    seconds = hours * 3600
    past = (int(moment.timestamp()) + int(offset.total_seconds())) % seconds
    return moment - timedelta(seconds=past)
