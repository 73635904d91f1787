"""The hour of a campaign in the browser: changing it, and counting down to it."""

from __future__ import annotations

from datetime import datetime

from flask import get_template_attribute, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..campaigns.forms import ChangeForm
from ..campaigns.law import binding
from ..campaigns.services import get_campaign
from ..extensions import db
from ..models import CampanaSMS, EstadoCampana
from ..web.access import Access, access, by_itself
from ..web.actor import current_actor
from ..web.error_pages import speaks_json
from ..web.formatting import full_moment, local_iso
from ..web.forms import form_from_json, json_object, validated
from ..web.htmx import flash_and_go, form_again, go_to, page_or_fragment, way_back
from ..web.i18n import account_zone
from . import bp, services

_CHANGE = ("schedule/change.html", "schedule/_change.html")


@bp.get("/campanas/<int:pk>/hora/")
@access(Access.SEND)
def edit(pk: int) -> ResponseReturnValue:
    """Ask for another hour."""
    campaign = get_campaign(current_user.account_id, pk)
    local = services.hour_of(campaign).astimezone(account_zone())
    form = ChangeForm(None, dia=local.date().isoformat(), hora=f"{local:%H:%M}")
    return page_or_fragment(*_CHANGE, **_shown(campaign, form))


@bp.post("/campanas/<int:pk>/hora/")
@access(Access.SEND)
def change(pk: int) -> ResponseReturnValue:
    """Let a campaign be sent at another hour; while somebody chooses, only look at it."""
    campaign = get_campaign(current_user.account_id, pk)
    services.hour_of(campaign)
    form = form_from_json(ChangeForm, json_object()) if request.is_json else ChangeForm(request.form)
    if speaks_json():
        validated(form)
    elif "mirar" in request.form or not form.validate():
        return form_again(*_CHANGE, **_shown(campaign, form))
    assert form.settled is not None  # a form that is right has an hour
    campaign = services.change_hour(current_user.account_id, pk, form.settled.moment, by=current_actor())
    if speaks_json():
        hour = local_iso(form.settled.moment, account_zone())
        return {"success": True, "campana_id": pk, "estado": campaign.estado.value, "programada_para": hour}
    return flash_and_go(_changed(campaign, form.settled.moment), url_for("campaigns.show", pk=pk))


@bp.get("/campanas/<int:pk>/cuenta-atras/")
@access(Access.STAFF)
@by_itself()
def countdown(pk: int) -> ResponseReturnValue:
    """Say how long it still is; where the campaign waits for that hour no more, open the page anew."""
    campaign = get_campaign(current_user.account_id, pk)
    hour = campaign.programada_para
    still = hour is not None and local_iso(hour, account_zone()) == request.args.get("hora")
    if campaign.estado is not EstadoCampana.PROGRAMADO or not still:
        return go_to(way_back() or url_for("campaigns.show", pk=pk))
    return render_template("schedule/_countdown.html", campaign=campaign)


def _shown(campaign: CampanaSMS, form: ChangeForm) -> dict[str, object]:
    """Return what the form stands in: when it would really go out at the hour that is typed."""
    settled = form.settled
    openings = binding.opening_if_at(db.session(), campaign, settled.moment) if settled else {}
    return {"campaign": campaign, "form": form, "openings": openings}


def _changed(campaign: CampanaSMS, hour: datetime) -> str:
    """Say what the new hour is, and when it goes out where advertising is closed at that hour."""
    said = str(gettext("The new hour is %(hour)s.", hour=full_moment(hour)))
    openings = binding.opening_if_at(db.session(), campaign, hour)
    if campaign.id not in openings:
        return said
    closed = get_template_attribute("schedule/_planned.html", "closed_words")
    return f"{said} {closed(openings[campaign.id])}"
