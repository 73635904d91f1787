"""What an account has scheduled: a month of it, day by day, and what comes next."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_

from ..extensions import db
from ..models import CampanaSMS, EstadoCampana
from ..models.types import utc_now
from ..sending.law.hours import holiday_names
from ..shop.advertising.services import own_days, rules_settled
from ..tenancy import Account, owned
from ..values.days import day_after, first_of_next_month, start_of

NEXT = 5
MOST_OF_A_MONTH = 500

_MONDAY_FIRST = calendar.Calendar(firstweekday=calendar.MONDAY)


@dataclass(frozen=True)
class Day:
    """A day of a month, and the campaigns that have an hour on it, the first one first."""

    date: date
    is_today: bool
    in_month: bool
    """The first and the last week reach into other months."""
    campaigns: Sequence[CampanaSMS]
    is_closed: bool
    """Whether no advertising goes out on it."""
    name: str
    """Of the public holiday or the shop's own day that it is; empty where it is none or has none."""


@dataclass(frozen=True)
class Month:
    """A month in whole weeks, which begin on Monday."""

    first: date
    weeks: Sequence[Sequence[Day]]

    @property
    def before(self) -> date:
        """Return the first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """Return the first day of the month after."""
        return first_of_next_month(self.first)

    @property
    def days(self) -> list[Day]:
        """List the days that are shown, those of other months too."""
        return [day for week in self.weeks for day in week]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is scheduled in it."""
        return not any(day.campaigns for day in self.days if day.in_month)


def today_of(account: Account) -> date:
    """Return the day that it is where the account is."""
    return utc_now().astimezone(account.zone).date()


def month_of(account: Account, first: date) -> Month:
    """Return the month that begins on a day, by the account's clock."""
    weeks = _MONDAY_FIRST.monthdatescalendar(first.year, first.month)
    today, by_day = today_of(account), _by_day(account, weeks[0][0], weeks[-1][-1])
    hours = rules_settled(db.session(), account.id).hours
    own_names = {own.dia: own.nombre for own in own_days(account.id)}

    def shown(day: date) -> Day:
        name = holiday_names(day.year).get(day) or own_names.get(day, "")
        campaigns = by_day.get(day, [])
        return Day(day, day == today, day.month == first.month, campaigns, hours.on(day) is None, name)

    return Month(first, [[shown(day) for day in week] for week in weeks])


def next_of(account_id: int) -> Sequence[CampanaSMS]:
    """List the next campaigns that go out at their hour, be it once an admin says yes."""
    ahead = owned(CampanaSMS, account_id).where(_waits_for_its_hour())
    return db.session.scalars(ahead.order_by(CampanaSMS.programada_para, CampanaSMS.id).limit(NEXT)).all()


def _waits_for_its_hour() -> ColumnElement[bool]:
    asked = and_(CampanaSMS.estado == EstadoCampana.POR_APROBAR, CampanaSMS.programada_para > utc_now())
    return or_(CampanaSMS.estado == EstadoCampana.PROGRAMADO, asked)


def _by_day(account: Account, first: date, last: date) -> dict[date, list[CampanaSMS]]:
    begins, ends = start_of(first, account.zone), start_of(day_after(last), account.zone)
    of_weeks = owned(CampanaSMS, account.id).where(
        CampanaSMS.programada_para >= begins,
        CampanaSMS.programada_para < ends,
        CampanaSMS.estado != EstadoCampana.CANCELADO,
    )
    found = db.session.scalars(of_weeks.order_by(CampanaSMS.programada_para, CampanaSMS.id).limit(MOST_OF_A_MONTH))
    by_day: defaultdict[date, list[CampanaSMS]] = defaultdict(list)
    for campaign in found:
        by_day[_day_of(campaign, account.zone)].append(campaign)
    return by_day


def _day_of(campaign: CampanaSMS, zone: ZoneInfo) -> date:
    assert campaign.programada_para is not None  # those without an hour are not asked for
    return campaign.programada_para.astimezone(zone).date()
