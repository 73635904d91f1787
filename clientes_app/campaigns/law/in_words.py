"""The lawful hours in words: when advertising goes out, and why it does not on a day."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

import holidays
from babel.dates import format_time
from flask_babel import get_locale, gettext

from ...sending.law.hours import USUAL, Hours, Opening
from ...web.formatting import clock_time
from .forecast import Forecast


def rule(hours: Hours) -> str:
    """Say when advertising goes out at all."""
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
    return str(gettext("Your shop sends advertising only in its hours: %(hours)s.", hours="; ".join(spoken)))


def rule_today(forecast: Forecast) -> str:
    """Say when advertising goes out, and why it does not at the moment of a forecast."""
    rule_of_shop = rule(forecast.hours).rstrip(".")
    today = why_closed(forecast.hours, forecast.moment, forecast.zone)
    return f"{rule_of_shop}; {today}."


def why_closed(hours: Hours, moment: datetime, zone: tzinfo) -> str:
    """Say what of a moment is outside the hours: its day, else its hour."""
    local = moment.astimezone(zone)
    weekday = get_locale().days["stand-alone"]["wide"][local.weekday()]
    if local.date() in hours.own_days:
        return str(gettext("%(weekday)s is a day that the shop keeps free", weekday=weekday))
    if name := holiday_names(local.year).get(local.date()):
        return str(gettext("%(weekday)s is a holiday (%(name)s)", weekday=weekday, name=name))
    if hours.on(local.date()) is None:
        return str(gettext("it would be on a %(weekday)s", weekday=weekday))
    hour = format_time(local.time(), "h:mm a", locale=get_locale())
    return str(gettext("it would be on %(weekday)s at %(hour)s", weekday=weekday, hour=hour))


def holiday_names(year: int) -> dict[date, str]:
    """Return Colombia's public holidays of a year by their Spanish names, in the calendar's order."""
    return dict(sorted(holidays.country_holidays("CO", years=year, language="es").items()))


def _spoken(opening: Opening | None) -> str:
    if opening is None:
        return str(gettext("never"))
    return str(gettext("%(opens)s to %(closes)s", opens=clock_time(opening.opens), closes=clock_time(opening.closes)))
