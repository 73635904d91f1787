"""The report of a month: what was sent, what it cost and what was bought after, beside the month before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..extensions import db, engine_apart
from ..models import Baja, CampanaSMS
from ..models.types import utc_now
from ..tenancy import Account, owned
from ..values.days import day_after, day_of, first_of_next_month, start_of
from .behind.lists import What
from .counted import sums
from .counted.counting import count_account
from .counted.purchases import NOTHING, Purchases, by_campaign, days_of, purchases_in
from .counted.quarters import Span
from .ends import ends_of
from .reasons import Kind, Reason, reasons_in

CAMPAIGNS_SHOWN = 20
_FAILURES = (Kind.REFUSED, Kind.NOT_DELIVERED)


@dataclass(frozen=True)
class Figures:
    """What a month comes to."""

    messages: int
    """Those that Twilio accepted."""
    delivered: int
    failed: int
    """Those that were refused or not delivered."""
    ends: Mapping[What, int]
    cost: Decimal
    """Of those of which it is known."""
    costed: sums.Costed
    purchases: Purchases
    opt_outs: int
    """Numbers that came into the list in that month, and still stand in it."""

    @property
    def per_peso(self) -> Decimal | None:
        """Return the pesos bought for each peso spent; None where nothing was, or not all of it is known."""
        return self.purchases.per_peso(self.cost) if self.costed.is_whole else None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing at all happened."""
        return not (any(self.ends.values()) or self.purchases.sales or self.opt_outs)


@dataclass(frozen=True)
class CampaignOfMonth:
    """What a campaign did in a month."""

    id: int
    name: str
    messages: int
    cost: Decimal
    costed: sums.Costed
    purchases: Purchases

    @property
    def per_peso(self) -> Decimal | None:
        """Return the pesos bought for each peso spent; None where nothing was, or it is not known."""
        return self.purchases.per_peso(self.cost) if self.costed.is_whole else None


@dataclass(frozen=True)
class MonthReport:
    """A month beside the month before."""

    first: date
    figures: Figures
    before: Figures
    before_so_far: Figures | None
    """Of the month before up to the same day, where the month is not over."""
    reasons: Sequence[Reason]
    reasons_before: Mapping[tuple[Kind, int | None, str], int]
    campaigns: Sequence[CampaignOfMonth]
    """Those after whose messages most was bought, then those that sent most."""
    days: int
    """So many days after a message a purchase counts."""
    is_last: bool
    """Whether the month after has not begun."""

    @property
    def best(self) -> CampaignOfMonth | None:
        """Return the campaign after whose messages most was bought."""
        return self.campaigns[0] if self.campaigns and self.campaigns[0].purchases.sales else None

    @property
    def month_before(self) -> date:
        """Return the first day of the month before."""
        return month_before(self.first)

    @property
    def month_after(self) -> date | None:
        """Return the first day of the month after; None where that has not begun."""
        return None if self.is_last else first_of_next_month(self.first)


def present_month(account: Account) -> date:
    """Return the first day of the month that it is for an account."""
    return day_of(utc_now(), account.zone).date.replace(day=1)


def month_before(first: date) -> date:
    """Return the first day of the month before a month."""
    return (first - timedelta(days=1)).replace(day=1)


def span_of(first: date, account: Account) -> Span:
    """Return a month by an account's clock."""
    return Span(start_of(first, account.zone), start_of(first_of_next_month(first), account.zone))


def as_far_before(today: date, account: Account) -> Span:
    """Return the month before up to the same day of it."""
    first = today.replace(day=1)
    before = month_before(first)
    end = min(first, day_after(before + timedelta(days=today.day - 1)))
    return Span(start_of(before, account.zone), start_of(end, account.zone))


def month_report(account: Account, first: date) -> MonthReport:
    """Return the report of a month of an account, given by its first day."""
    count_account(engine_apart(), account.id)
    session = db.session()
    span, span_before = span_of(first, account), span_of(month_before(first), account)
    counts, counts_before = (sums.counts_in(session, account.id, each) for each in (span, span_before))
    bought = by_campaign(session, account.id, span)
    prices = sums.prices_of(session, [*(count.campana_id for count in (*counts, *counts_before)), *bought])
    reasons_before = reasons_in(counts_before, _FAILURES)
    is_last = first >= present_month(account)
    return MonthReport(
        first,
        _figures(session, account, span, counts, prices),
        _figures(session, account, span_before, counts_before, prices),
        _so_far(session, account, prices) if is_last else None,
        reasons_in(counts, _FAILURES),
        {(each.kind, each.code, each.sentence): each.messages for each in reasons_before},
        _campaigns(session, counts, prices, bought),
        days_of(session, account.id),
        is_last,
    )


def opt_outs_in(session: Session, account_id: int, span: Span) -> int:
    """Return how many numbers came into the list in some time, and still stand in it."""
    entered = owned(Baja, account_id).where(Baja.creado >= span.begins, Baja.creado < span.ends)
    return session.scalar(entered.with_only_columns(func.count())) or 0


def _so_far(session: Session, account: Account, prices: Mapping[int, Decimal]) -> Figures:
    span = as_far_before(day_of(utc_now(), account.zone).date, account)
    return _figures(session, account, span, sums.counts_in(session, account.id, span), prices)


def _figures(
    session: Session, account: Account, span: Span, counts: Sequence[sums.Count], prices: Mapping[int, Decimal]
) -> Figures:
    return Figures(
        sums.sent(counts),
        sums.delivered(counts),
        sum(reason.messages for reason in reasons_in(counts, _FAILURES)),
        ends_of(counts),
        sums.cost_of(counts, prices),
        sums.costed_of(counts, prices),
        purchases_in(session, account.id, span),
        opt_outs_in(session, account.id, span),
    )


def _campaigns(
    session: Session,
    counts: Sequence[sums.Count],
    prices: Mapping[int, Decimal],
    bought: Mapping[int, Purchases],
) -> list[CampaignOfMonth]:
    of_campaign: dict[int, list[sums.Count]] = {}
    for count in counts:
        of_campaign.setdefault(count.campana_id, []).append(count)
    messages = {campaign_id: sums.sent(its) for campaign_id, its in of_campaign.items()}
    concerned = {campaign_id for campaign_id, number in messages.items() if number} | set(bought)
    order = sorted(concerned, key=lambda each: (-bought.get(each, NOTHING).pesos, -messages.get(each, 0), -each))[
        :CAMPAIGNS_SHOWN
    ]
    names = dict(session.execute(select(CampanaSMS.id, CampanaSMS.nombre).where(CampanaSMS.id.in_(order))).all())
    return [
        CampaignOfMonth(
            each,
            names[each],
            messages.get(each, 0),
            sums.cost_of(of_campaign.get(each, ()), prices),
            sums.costed_of(of_campaign.get(each, ()), prices),
            bought.get(each, NOTHING),
        )
        for each in order
    ]
