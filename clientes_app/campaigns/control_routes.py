"""The views behind the buttons of a campaign's page; each answers a browser and a program."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from flask_login import current_user

from ..extensions import db, engine_apart
from ..models import CampanaSMS, EstadoCampana, SMSLog
from ..web.access import Access, access, by_itself
from ..web.actor import current_actor
from ..web.error_pages import speaks_json
from ..web.formatting import number
from ..web.htmx import flash_and_go, page_or_fragment
from . import bp, control, services
from .api import counts
from .law import binding
from .missing import has_missing
from .progress import snapshot


@bp.post("/campanas/<int:pk>/pausar/")
@access(Access.SEND)
def pause(pk: int) -> ResponseReturnValue:
    """Pause a campaign."""
    campaign = control.pause(current_user.account_id, pk, by=current_actor())
    return _done(campaign, gettext("The campaign %(name)s is paused.", name=campaign.nombre))


@bp.post("/campanas/<int:pk>/reanudar/")
@access(Access.SEND)
def resume(pk: int) -> ResponseReturnValue:
    """Let a paused or stopped campaign go on."""
    campaign = control.resume(current_user.account_id, pk, by=current_actor())
    return _done(campaign, gettext("The campaign %(name)s goes on.", name=campaign.nombre))


@bp.get("/campanas/<int:pk>/cancelar/")
@access(Access.SEND)
def confirm_cancellation(pk: int) -> ResponseReturnValue:
    """Ask whether to cancel a campaign."""
    campaign = services.get_campaign(current_user.account_id, pk)
    return page_or_fragment("campaigns/cancel.html", "campaigns/_cancel.html", campaign=campaign)


@bp.post("/campanas/<int:pk>/cancelar/")
@access(Access.SEND)
def cancel(pk: int) -> ResponseReturnValue:
    """Cancel a campaign."""
    campaign = control.cancel(current_user.account_id, pk, by=current_actor())
    return _done(campaign, _cancelled(campaign))


@bp.get("/campanas/<int:pk>/aprobar/")
@access(Access.ADMIN)
def confirm_approval(pk: int) -> ResponseReturnValue:
    """Ask whether to send a campaign that a vendedor asked for."""
    campaign = services.get_campaign(current_user.account_id, pk)
    session = db.session()
    shown = {
        "excepted_by": binding.excepted_by(session, campaign),
        "lifted": binding.lifted_by(session, campaign),
        "opens": binding.opens(session, campaign),
    }
    return page_or_fragment("campaigns/approve.html", "campaigns/_approve.html", campaign=campaign, **shown)


@bp.post("/campanas/<int:pk>/aprobar/")
@access(Access.ADMIN)
def approve(pk: int) -> ResponseReturnValue:
    """Let it be sent."""
    campaign = control.approve(current_user.account_id, pk, request.form.get("hora_vista"), by=current_actor())
    return _done(campaign, _approved(campaign))


@bp.get("/campanas/<int:pk>/rechazar/")
@access(Access.ADMIN)
def confirm_rejection(pk: int) -> ResponseReturnValue:
    """Ask whether to reject a campaign that a vendedor asked for."""
    campaign = services.get_campaign(current_user.account_id, pk)
    return page_or_fragment("campaigns/reject.html", "campaigns/_reject.html", campaign=campaign)


@bp.post("/campanas/<int:pk>/rechazar/")
@access(Access.ADMIN)
def reject(pk: int) -> ResponseReturnValue:
    """End it; nothing is sent."""
    campaign = control.reject(current_user.account_id, pk, by=current_actor())
    return _done(campaign, gettext("The campaign %(name)s is rejected: nothing was sent.", name=campaign.nombre))


@bp.get("/campanas/<int:pk>/acciones/")
@access(Access.STAFF)
@by_itself()
def actions(pk: int) -> ResponseReturnValue:
    """Show the buttons that fit the campaign's state; the page asks for them when the campaign ends."""
    campaign = services.get_campaign(current_user.account_id, pk)
    progress, missing = snapshot(engine_apart(), pk), has_missing(campaign)
    return render_template("campaigns/_actions.html", campaign=campaign, progress=progress, has_missing=missing)


@bp.post("/campanas/<int:pk>/mensajes/<int:row>/llego/")
@access(Access.SEND)
def confirm_arrival(pk: int, row: int) -> ResponseReturnValue:
    """Note that an uncertain message arrived."""
    message = control.confirm_arrival(current_user.account_id, pk, row, by=current_actor())
    return _settled(message, gettext("The message to %(name)s counts as sent.", name=message.nombre))


@bp.get("/campanas/<int:pk>/mensajes/<int:row>/otra-vez/")
@access(Access.ADMIN)
def confirm_sending_again(pk: int, row: int) -> ResponseReturnValue:
    """Warn that a message may arrive twice, and ask."""
    message = control.get_message(current_user.account_id, pk, row)
    return page_or_fragment("campaigns/send_again.html", "campaigns/_send_again.html", message=message)


@bp.post("/campanas/<int:pk>/mensajes/<int:row>/otra-vez/")
@access(Access.ADMIN)
def send_again(pk: int, row: int) -> ResponseReturnValue:
    """Send an uncertain message again."""
    message = control.send_again(current_user.account_id, pk, row)
    return _settled(message, gettext("The message to %(name)s is sent again.", name=message.nombre))


def _cancelled(campaign: CampanaSMS) -> str:
    if campaign.publico is not None and not campaign.total_clientes:
        return str(gettext("The campaign is cancelled: nothing was sent."))
    said = ngettext(
        "The campaign is cancelled: %(count)s message was not sent.",
        "The campaign is cancelled: %(count)s messages were not sent.",
        campaign.cancelados,
        count=number(campaign.cancelados),
    )
    return str(said)


def _approved(campaign: CampanaSMS) -> str:
    said = {
        EstadoCampana.PROGRAMADO: lazy_gettext("The campaign %(name)s is approved and waits for its hour."),
        EstadoCampana.PAUSADO: lazy_gettext("The campaign %(name)s is approved, but its hour has passed: resume it."),
    }
    on_its_way = lazy_gettext("The campaign %(name)s is approved and on its way.")
    return str(said.get(campaign.estado, on_its_way)) % {"name": campaign.nombre}


def _done(campaign: CampanaSMS, message: str) -> ResponseReturnValue:
    if speaks_json():
        return counts(snapshot(engine_apart(), campaign.id))
    return flash_and_go(message, url_for("campaigns.show", pk=campaign.id))


def _settled(message: SMSLog, said: str) -> ResponseReturnValue:
    if speaks_json():
        return {"success": True, "mensaje_id": message.id, "estado": message.estado.value}
    return flash_and_go(said, url_for("campaigns.messages", pk=message.campana_id, estado="incierto"))
