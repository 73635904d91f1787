"""How reports call the bands of clients, the days and hours of a week, and shares."""

from __future__ import annotations

from datetime import date, time

from babel.dates import format_time, get_day_names
from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext

from ..web.formatting import number
from .clients_report import FREQUENCY, RECENCY
from .hours_report import MOST_ALIKE, HoursReport, Slot


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
        return str(ngettext("%(count)s purchase or more", "%(count)s purchases or more", least, count=number(least)))
    if least == most:
        return str(ngettext("%(count)s purchase", "%(count)s purchases", least, count=number(least)))
    return str(gettext("%(least)s to %(most)s purchases", least=number(least), most=number(most)))


def share_in_words(part: int, whole: int) -> str:
    """Write how much of a whole a part is; all and nothing are said of all and nothing only."""
    percent = 100 * part / whole if whole else 0
    said = round(percent)
    if not 0 < part < whole or 0 < said < 100:
        return f"{number(said)} %"
    finer = round(percent, 1)
    if finer == 0:
        return str(gettext("less than %(percent)s %%", percent=number(0.1)))
    return str(gettext("more than %(percent)s %%", percent=number(99.9))) if finer == 100 else f"{number(finer)} %"


def weekday_in_words(weekday: int) -> str:
    """Name a day of the week; Monday is 0."""
    return str(get_day_names("wide", locale=get_locale())[weekday])


def weekday_in_short(weekday: int) -> str:
    """Name a day of the week where there is little room: `sáb`."""
    return str(get_day_names("abbreviated", locale=get_locale())[weekday])


def hour_in_words(hour: int) -> str:
    """Write an hour of the day."""
    return str(format_time(time(hour), "h a", locale=get_locale()))


def slot_in_words(slot: Slot) -> str:
    """Say in which hour of the week it is."""
    return f"{weekday_in_words(slot.weekday)} {hour_in_words(slot.hour)}"


def best_in_words(report: HoursReport) -> str:
    """Say when people buy most, and which hours are much like that one; or that it is too early to tell."""
    if report.best is None:
        return str(gettext("It is too early to tell when people buy most: no hour stands out yet."))
    said = gettext(
        "%(slot)s is when people buy most (%(sales)s of %(total)s purchases)",
        slot=slot_in_words(report.best),
        sales=number(report.sales_in(report.best)),
        total=number(report.total),
    )
    if not report.alike:
        return f"{_begun_large(said)}."
    alike = format_list([slot_in_words(slot) for slot in report.alike[:MOST_ALIKE]], locale=get_locale())
    return _begun_large(str(gettext("%(most)s; much like it: %(slots)s.", most=said, slots=alike)))


def _begun_large(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


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
