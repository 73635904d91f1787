"""What a search asks of purchases and of creation, said to a person."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date, gettext, ngettext

from ...web.formatting import money, number
from .criteria import Search


def bought(search: Search) -> str:
    """Say that they bought, since a day or for an amount."""
    day, amount = search.bought_since, search.bought_for
    if amount is None:
        return str(gettext("Bought since %(day)s", day=_day(day))) if day else ""
    if day is None:
        alone = search.bought_within is None
        return str(gettext("Bought for %(amount)s or more", amount=money(amount))) if alone else ""
    return str(gettext("Bought for %(amount)s or more since %(day)s", amount=money(amount), day=_day(day)))


def bought_within(search: Search) -> str:
    """Say that they bought in the last days."""
    days, amount = search.bought_within, search.bought_for
    if days is None:
        return ""
    if amount is None:
        return str(ngettext("Bought in the last day", "Bought in the last %(count)s days", days, count=number(days)))
    return str(
        ngettext(
            "Bought for %(amount)s or more in the last day",
            "Bought for %(amount)s or more in the last %(count)s days",
            days,
            amount=money(amount),
            count=number(days),
        )
    )


def not_bought(search: Search) -> str:
    """Say that they did not buy, since a day or for an amount."""
    day, amount = search.not_bought_since, search.not_bought_for
    if amount is None:
        return str(gettext("Has not bought since %(day)s", day=_day(day))) if day else ""
    if day is None:
        alone = search.not_bought_within is None
        return str(gettext("Bought for less than %(amount)s, or nothing", amount=money(amount))) if alone else ""
    return str(
        gettext("Bought for less than %(amount)s since %(day)s, or nothing", amount=money(amount), day=_day(day))
    )


def not_bought_within(search: Search) -> str:
    """Say that they did not buy in the last days."""
    days, amount = search.not_bought_within, search.not_bought_for
    if days is None:
        return ""
    if amount is None:
        return str(
            ngettext(
                "Has not bought in the last day", "Has not bought in the last %(count)s days", days, count=number(days)
            )
        )
    return str(
        ngettext(
            "Bought for less than %(amount)s in the last day, or nothing",
            "Bought for less than %(amount)s in the last %(count)s days, or nothing",
            days,
            amount=money(amount),
            count=number(days),
        )
    )


def purchases(least: int | None, most: int | None) -> str:
    """Say how often they bought."""
    if most == 0:
        return str(gettext("Never bought"))
    if least is not None and least == most:
        return str(ngettext("%(count)s purchase", "%(count)s purchases", least, count=number(least)))
    if least is not None and most is not None:
        return str(gettext("%(least)s to %(most)s purchases", least=number(least), most=number(most)))
    if least is not None:
        return str(ngettext("%(count)s purchase or more", "%(count)s purchases or more", least, count=number(least)))
    return str(gettext("At most %(count)s purchases", count=number(most))) if most is not None else ""


def created(search: Search) -> str:
    """Say when they became clients."""
    first, last = search.created_from, search.created_to
    if first and last:
        return str(gettext("Created from %(first)s to %(last)s", first=_day(first), last=_day(last)))
    if first:
        return str(gettext("Created from %(day)s", day=_day(first)))
    return str(gettext("Created up to %(day)s", day=_day(last))) if last else ""


def not_created(search: Search) -> str:
    """Say when they did not become clients."""
    first, last = search.not_created_from, search.not_created_to
    if first and last:
        return str(gettext("Not created from %(first)s to %(last)s", first=_day(first), last=_day(last)))
    if first:
        return str(gettext("Created before %(day)s", day=_day(first)))
    return str(gettext("Created after %(day)s", day=_day(last))) if last else ""


def _day(day: date) -> str:
    return str(format_date(day, "d MMM y"))
