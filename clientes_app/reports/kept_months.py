"""What the last months came to, by the figures that are kept: who looks at Home waits for no counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from ..extensions import db, engine_apart
from ..models.types import utc_now
from ..tenancy import Account
from ..values.days import day_of
from .counted import sums, tallies
from .counted.counting import count_account, is_behind
from .counted.purchases import days_of, takings_in
from .counted.quarters import Span
from .month_report import as_far_before, month_before, opt_outs_in, span_of

MONTHS_SHOWN = 6


@dataclass(frozen=True)
class Figures:
    """Those of a month, or of its first days, that Home shows."""

    messages: int
    delivered: int
    cost: Decimal
    """Of the messages of which it is known."""
    costed: sums.Costed
    sales: int
    opt_outs: int


@dataclass(frozen=True)
class MonthOfMoney:
    """What a month's messages cost, and what was bought after messages in it."""

    first: date
    cost: Decimal
    pesos: Decimal


@dataclass(frozen=True)
class KeptMonths:
    """The present month, and those before."""

    first: date
    figures: Figures
    before: Figures
    """Of the month before, up to the same day."""
    months: Sequence[MonthOfMoney]
    """The latest last."""
    is_behind: bool
    """Whether some of it is to be counted again."""

    @property
    def most(self) -> Decimal:
        """Return the largest amount of a month."""
        return max(max(month.cost, month.pesos) for month in self.months)


def kept_months(account: Account) -> KeptMonths:
    """Return the months as they were counted last."""
    tallies.fold(engine_apart(), account.id)
    session = db.session()
    today = day_of(utc_now(), account.zone).date
    first = today.replace(day=1)
    days = days_of(session, account.id)
    return KeptMonths(
        first,
        _figures(session, account, span_of(first, account), days),
        _figures(session, account, as_far_before(today, account), days),
        _months(session, account, first, days),
        is_behind(engine_apart(), account.id),
    )


def counted_months(account: Account) -> KeptMonths:
    """Return the months once all is counted."""
    count_account(engine_apart(), account.id)
    # What has changed meanwhile is for who looks next: a page that asks again would never end.
    return replace(kept_months(account), is_behind=False)


def _figures(session: Session, account: Account, span: Span, days: int) -> Figures:
    counts = sums.counts_in(session, account.id, span)
    prices = sums.prices_of(session, [count.campana_id for count in counts])
    return Figures(
        sums.sent(counts),
        sums.delivered(counts),
        sums.cost_of(counts, prices),
        sums.costed_of(counts, prices),
        takings_in(session, account.id, span, days).sales,
        opt_outs_in(session, account.id, span),
    )


def _months(session: Session, account: Account, first: date, days: int) -> list[MonthOfMoney]:
    months: list[MonthOfMoney] = []
    for _ in range(MONTHS_SHOWN):
        span = span_of(first, account)
        cost = _cost(session, sums.counts_in(session, account.id, span))
        months.insert(0, MonthOfMoney(first, cost, takings_in(session, account.id, span, days).pesos))
        first = month_before(first)
    return months


def _cost(session: Session, counts: Sequence[sums.Count]) -> Decimal:
    return sums.cost_of(counts, sums.prices_of(session, [count.campana_id for count in counts]))
