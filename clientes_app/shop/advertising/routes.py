"""How a shop keeps the law of advertising: the views."""

from __future__ import annotations

from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ...errors import Conflict, NotFound
from ...extensions import db
from ...models.types import utc_now
from ...sending.law.hours import holiday_names
from ...values.days import read_day
from ...web.access import Access, access
from ...web.actor import current_actor
from ...web.formatting import day_and_month
from ...web.htmx import done, flash_and_go, form_again, is_partial, page_or_fragment
from ...web.i18n import account_zone
from . import bp, services
from .forms import AdvertisingForm, OwnDayForm

HOLIDAYS_SHOWN = 18
_PAGES = ("advertising/index.html", "advertising/_form.html")
_DAYS = ("advertising/index.html", "advertising/_days.html")


@bp.get("/")
@access(Access.ADMIN)
def index() -> ResponseReturnValue:
    """Show what the shop has settled of advertising."""
    return page_or_fragment(*_PAGES, **_context(_form()))


@bp.post("/")
@access(Access.ADMIN)
def save() -> ResponseReturnValue:
    """Store what is named of it; while somebody chooses, only look at it."""
    form = AdvertisingForm.of(_settled(), request.form)
    if "mirar" in request.form or not form.validate():
        return form_again(*_PAGES, **_context(form))
    try:
        services.save_rules(current_user.account_id, form.rules, by=current_actor())
    except services.NoWayOut as refusal:
        form.exigir.errors = [refusal.message]
        return form_again(*_PAGES, **_context(form))
    if form.never:
        said = gettext("The settings are saved. All days are closed: no advertising ever goes out.")
        return flash_and_go(said, url_for("advertising.index"), "warning")
    return flash_and_go(gettext("The settings are saved."), url_for("advertising.index"))


@bp.post("/dias/")
@access(Access.ADMIN)
def add_day() -> ResponseReturnValue:
    """Keep a day free of advertising."""
    form = OwnDayForm(request.form)
    if not form.validate() or form.day is None:
        return form_again(*_DAYS, **_context(_form(), form))
    try:
        services.add_own_day(current_user.account_id, form.day, form.nombre.data or "", by=current_actor())
    except Conflict as refusal:
        form.dia.errors = [refusal.message]
        return form_again(*_DAYS, **_context(_form(), form))
    return _days_done(_kept(form.day))


@bp.post("/dias/<day>/quitar/")
@access(Access.ADMIN)
def remove_day(day: str) -> ResponseReturnValue:
    """Let advertising go out on it again."""
    read = read_day(day)
    if read is None:
        raise NotFound
    services.remove_own_day(current_user.account_id, read, by=current_actor())
    return _days_done(gettext("The day is taken out."))


def _form() -> AdvertisingForm:
    return AdvertisingForm.of(_settled())


def _settled() -> services.AdvertisingRules:
    return services.rules_settled(db.session(), current_user.account_id)


def _kept(day: date) -> str:
    """Say what a day of the shop's own means: it has the hours of Sundays and holidays, if those have any."""
    if _settled().hours.holidays is None:
        return str(gettext("No advertising goes out on %(day)s.", day=day_and_month(day)))
    return str(gettext("On %(day)s advertising keeps to the hours of Sundays and holidays.", day=day_and_month(day)))


def _days_done(said: str) -> ResponseReturnValue:
    """Show the days anew, and only them: what is typed beside them is not saved yet."""
    days = render_template("advertising/_days.html", **_context(_form())) if is_partial() else ""
    return done(said, url_for("advertising.index", _anchor="own-days"), days)


def _context(form: AdvertisingForm, day_form: OwnDayForm | None = None) -> dict[str, object]:
    today = utc_now().astimezone(account_zone()).date()
    return {
        "form": form,
        "day_form": day_form or OwnDayForm(None),
        "own_days": services.own_days(current_user.account_id),
        "today": today,
        "holidays": _coming_holidays(today),
    }


def _coming_holidays(today: date) -> list[tuple[date, str]]:
    """List the public holidays of about a year to come."""
    named = [*holiday_names(today.year).items(), *holiday_names(today.year + 1).items()]
    return [(day, name) for day, name in named if day >= today][:HOLIDAYS_SHOWN]
