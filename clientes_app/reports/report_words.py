"""How reports call the bands of clients, and the days and hours of a week."""

from __future__ import annotations

from datetime import date, time

from babel.dates import format_time, get_day_names
from flask_babel import get_locale, gettext, ngettext

from ..web.formatting import number
from .clients_report import FREQUENCY, RECENCY
from .hours_report import Slot


def recency_in_words(place: int) -> str:
    """Say how long ago those of a band bought last."""
    if place == 0:
        return str(gettext("In the last %(days)s days", days=RECENCY[0]))
    if place == len(RECENCY):
        return str(gettext("More than %(days)s days ago", days=RECENCY[-1]))
    return str(gettext("%(least)s to %(most)s days ago", least=RECENCY[place - 1] + 1, most=RECENCY[place]))


def often_in_words(place: int) -> str:
    """Say how often those of a band have bought."""
    least, most = FREQUENCY[place]
    if most is None:
        return str(gettext("%(count)s purchases or more", count=number(least)))
    if least == most:
        return str(ngettext("%(count)s purchase", "%(count)s purchases", least, count=number(least)))
    return str(gettext("%(least)s to %(most)s purchases", least=number(least), most=number(most)))


def weekday_in_words(weekday: int) -> str:
    """Name a day of the week; Monday is 0."""
    return str(get_day_names("wide", locale=get_locale())[weekday])


def hour_in_words(hour: int) -> str:
    """Write an hour of the day."""
    return str(format_time(time(hour), "h a", locale=get_locale()))


def slot_in_words(slot: Slot) -> str:
    """Say in which hour of the week it is."""
    return str(
        gettext(
            "%(weekday)s, from %(first)s to %(last)s",
            weekday=weekday_in_words(slot.weekday),
            first=hour_in_words(slot.hour),
            last=hour_in_words((slot.hour + 1) % 24),
        )
    )


def proposal_in_words(slot: Slot) -> str:
    """Say for which hour of the week a campaign is to be scheduled."""
    return str(
        ngettext(
            "Schedule for %(weekday)s at %(hour)s",
            "Schedule for %(weekday)s at %(hour)s",
            slot.hour % 12 or 12,
            weekday=weekday_in_words(slot.weekday),
            hour=format_time(time(slot.hour), "short", locale=get_locale()),
        )
    )


def month_in_address(first: date) -> str:
    """Write a month as addresses have it."""
    return f"{first:%Y-%m}"
