"""The hour of a campaign in the browser: changing it, and counting down to it."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..campaigns.forms import HourForm
from ..campaigns.services import get_campaign
from ..models import EstadoCampana
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
    form = HourForm(None, dia=local.date().isoformat(), hora=f"{local:%H:%M}")
    return page_or_fragment(*_CHANGE, campaign=campaign, form=form)


@bp.post("/campanas/<int:pk>/hora/")
@access(Access.SEND)
def change(pk: int) -> ResponseReturnValue:
    """Let a campaign be sent at another hour."""
    campaign = get_campaign(current_user.account_id, pk)
    services.hour_of(campaign)
    form = form_from_json(HourForm, json_object()) if request.is_json else HourForm(request.form)
    if speaks_json():
        validated(form)
    elif not form.validate():
        return form_again(*_CHANGE, campaign=campaign, form=form)
    assert form.settled is not None  # a form that is right has an hour
    campaign = services.change_hour(current_user.account_id, pk, form.settled.moment, by=current_actor())
    if speaks_json():
        hour = local_iso(form.settled.moment, account_zone())
        return {"success": True, "campana_id": pk, "estado": campaign.estado.value, "programada_para": hour}
    said = gettext("The new hour is %(hour)s.", hour=full_moment(form.settled.moment))
    return flash_and_go(said, url_for("campaigns.show", pk=pk))


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
