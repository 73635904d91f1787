"""The calendar of what is scheduled, a month at a time."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from ..campaigns.law import binding
from ..errors import DomainError
from ..extensions import db
from ..values.days import read_day
from ..web.access import Access, access
from ..web.actor import current_account
from . import bp, planned


@bp.get("/campanas/calendario/")
@access(Access.STAFF)
def calendar() -> ResponseReturnValue:
    """Show what is scheduled in a month: the present one, if the address names no other."""
    account = current_account()
    month = planned.month_of(account, _asked_month() or planned.today_of(account).replace(day=1))
    weekdays = [get_locale().days["stand-alone"]["abbreviated"][day] for day in range(7)]
    coming = planned.next_of(account.id) if month.is_empty else ()
    openings = binding.openings_of(db.session(), account.id, [each for day in month.days for each in day.campaigns])
    shown = {"weekdays": weekdays, "coming": coming, "openings": openings}
    return render_template("schedule/calendar.html", month=month, **shown)


def _asked_month() -> date | None:
    """Return the first day of the month that the address names; None where it names none.

    Raises DomainError where what it names is no month.
    """
    text = request.args.get("mes", "")
    first = read_day(f"{text}-01")
    if text and first is None:
        raise DomainError(gettext("A month is written like 2026-11."))
    return first
