"""The hours of a week in which advertising may go out, and the next of those in which people buy most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ..extensions import db
from ..models.types import utc_now
from ..sending.law.rules import rules_of
from ..tenancy import Account
from ..values.days import day_of, settle
from .counted.quarters import days_between
from .hours_report import HoursReport, Slot

LOOKED_AHEAD = timedelta(days=28)
"""Long enough for each weekday to come once without a holiday."""


@dataclass(frozen=True)
class GoodHours:
    """When advertising may go out to Colombian numbers, by the account's clock."""

    openings: Mapping[Slot, datetime]
    """The next moment of each hour of the week that is open at all, by the account's clock."""
    best: Slot | None
    """That in which most is bought; None where there are too few sales."""

    @property
    def moment(self) -> datetime | None:
        """Return when that is next."""
        return self.openings[self.best] if self.best else None


def good_hours(account: Account, report: HoursReport) -> GoodHours:
    """Return when an account's advertising may go out, and which of these hours to propose."""
    openings = _openings(account)
    return GoodHours(openings, report.best_of(openings.keys()))


def _openings(account: Account) -> dict[Slot, datetime]:
    rules, now = rules_of(db.session().connection(), account.id), utc_now()
    today = day_of(now, account.zone).date
    openings: dict[Slot, datetime] = {}
    for day in days_between(today, today + LOOKED_AHEAD):
        for hour in range(24):
            moment = settle(day, time(hour), account.zone).moment
            if moment > now and rules.in_colombia(moment).is_open:
                openings.setdefault(Slot(day.weekday(), hour), moment.astimezone(account.zone))
    return openings
