"""The lawful hours in words: when advertising goes out, and why it does not on a day."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from flask_babel import get_locale, gettext

from ...models.types import utc_now
from ...sending.law.hours import USUAL, Hours, Opening, holiday_names
from ...web.formatting import clock_time, day_and_month
from .forecast import Forecast


def rule(hours: Hours) -> str:
    """Say when advertising goes out at all."""
    return str(gettext("%(rule)s.", rule=_rule(hours)))


def rule_today(forecast: Forecast) -> str:
    """Say when advertising goes out, and why it does not at the moment of a forecast."""
    today = why_closed(forecast.hours, forecast.moment, forecast.zone)
    return str(gettext("%(rule)s; %(today)s.", rule=_rule(forecast.hours), today=today))


def _rule(hours: Hours) -> str:
    if (hours.weekdays, hours.saturdays, hours.holidays) == (USUAL.weekdays, USUAL.saturdays, USUAL.holidays):
        return str(
            gettext(
                "In Colombia advertising by SMS goes out only from Monday to Friday from 8 a.m. to 7 p.m., and on "
                "Saturdays from 8 a.m. to 3 p.m."
            )
        )
    spoken = [
        gettext("from Monday to Friday %(hours)s", hours=_spoken(hours.weekdays)),
        gettext("on Saturdays %(hours)s", hours=_spoken(hours.saturdays)),
        gettext("on Sundays and holidays %(hours)s", hours=_spoken(hours.holidays)),
    ]
    return str(gettext("Your shop sends advertising only in its hours: %(hours)s", hours="; ".join(spoken)))


def why_closed(hours: Hours, moment: datetime, zone: tzinfo) -> str:
    """Say what of a moment is outside the hours: its day, else its hour."""
    local = moment.astimezone(zone)
    day, name = local.date(), holiday_names(local.year).get(local.date())
    if hours.on(day) is not None:
        return str(gettext("%(hour)s is outside of that", hour=clock_time(local.hour * 60 + local.minute)))
    if day == utc_now().astimezone(zone).date():
        return _why_today(day, name, hours)
    if name:
        return str(gettext("%(day)s is a holiday (%(name)s)", day=day_and_month(day), name=name))
    if day in hours.own_days:
        return str(gettext("the shop keeps %(day)s free of it", day=day_and_month(day)))
    return str(gettext("%(day)s is a %(weekday)s", day=day_and_month(day), weekday=_weekday(day)))


def _why_today(day: date, name: str | None, hours: Hours) -> str:
    if name:
        return str(gettext("today is a holiday (%(name)s)", name=name))
    if day in hours.own_days:
        return str(gettext("the shop keeps today free of it"))
    return str(gettext("today is %(weekday)s", weekday=_weekday(day)))


def _weekday(day: date) -> str:
    return str(get_locale().days["stand-alone"]["wide"][day.weekday()])


def _spoken(opening: Opening | None) -> str:
    if opening is None:
        return str(gettext("never"))
    return str(gettext("%(opens)s to %(closes)s", opens=clock_time(opening.opens), closes=clock_time(opening.closes)))
