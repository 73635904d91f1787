"""Campaigns in the browser: the list, and the page of one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..auth.opening import present_session_id
from ..database.paging import Page
from ..extensions import db, engine_apart
from ..models import CampanaSMS, EstadoSMS, SMSLog
from ..values.ids import read_id
from ..web.access import Access, access, by_itself, stream_view
from ..web.filters import cannot_be_read, in_words, one_of, read_filters
from ..web.htmx import go_to, is_partial, page_or_fragment, source, way_back
from ..web.live_progress import streamed_progress
from . import LIVE, bp, control, listing, services
from .law import binding
from .missing import has_missing
from .progress import snapshot, snapshot_with_dots
from .storing import segment_of


@bp.get("/campanas/")
@access(Access.STAFF)
@by_itself(is_partial)
def index() -> ResponseReturnValue:
    """List the campaigns; the page asks for its list again while one of them is not at its end."""
    page = listing.list_page(current_user.account_id, read_id(request.args.get("antes", "")))
    running = listing.running(current_user.account_id)
    waiting = listing.waiting(current_user.account_id)
    waits = listing.waits_of(page.rows)
    return render_template("campaigns/index.html", page=page, running=running, waiting=waiting, waits=waits)


@bp.get("/campanas/en-curso/")
@access(Access.STAFF)
@by_itself()
def running() -> ResponseReturnValue:
    """Show what is running now; the page asks for this again and again while something is."""
    return render_template("campaigns/_running.html", running=listing.running(current_user.account_id))


@bp.get("/campanas/por-aprobar/")
@access(Access.STAFF)
@by_itself()
def waiting() -> ResponseReturnValue:
    """Show what waits for an admin; the page asks for this again and again while something does."""
    account_id = current_user.account_id
    lists = {"waiting": listing.waiting(account_id), "running": listing.running(account_id)}
    return render_template("campaigns/_waiting_again.html", **lists)


@bp.get("/campanas/<int:pk>/")
@access(Access.STAFF)
def show(pk: int) -> ResponseReturnValue:
    """Show one campaign: how far it is, and its messages."""
    campaign = services.get_campaign(current_user.account_id, pk)
    context = {"campaign": campaign, "progress": snapshot_with_dots(engine_apart(), pk), **_messages_context(campaign)}
    return render_template("campaigns/show.html", **context)


@bp.get("/campanas/<int:pk>/mensajes/")
@access(Access.STAFF)
@by_itself(lambda: source() == "section#messages")  # at the end of the stream, not when somebody filters
def messages(pk: int) -> ResponseReturnValue:
    """Show the campaign's messages, filtered by state."""
    campaign = services.get_campaign(current_user.account_id, pk)
    return page_or_fragment(
        "campaigns/show.html",
        "campaigns/_messages.html",
        campaign=campaign,
        progress=snapshot_with_dots(engine_apart(), pk),
        **_messages_context(campaign),
    )


@bp.get("/campanas/<int:pk>/decidida/")
@access(Access.STAFF)
@by_itself()
def decided(pk: int) -> ResponseReturnValue:
    """Open the page anew where the campaign no longer waits for a person; the page asks for this again and again."""
    services.get_campaign(current_user.account_id, pk)
    if snapshot(engine_apart(), pk).phase == request.args.get("fase"):
        return "", 204
    return go_to(way_back() or url_for("campaigns.show", pk=pk))


@bp.get("/campanas/<int:pk>/progreso/")
@access(Access.STAFF)
@stream_view
def progress(pk: int) -> ResponseReturnValue:
    """Stream the campaign's progress; where there are streams enough, say how it is and when to come back."""
    services.get_campaign(current_user.account_id, pk)
    return streamed_progress(LIVE, pk, present_session_id())


def _messages_context(campaign: CampanaSMS) -> dict[str, Any]:
    read = read_filters(request.args, {"estado": one_of(EstadoSMS)})
    state, after = read.values.get("estado"), read_id(request.args.get("despues", ""))
    nothing: Page[SMSLog] = Page([], None)
    page = nothing if read.unread else listing.message_page(campaign.usuario_id, campaign.id, state, after)
    problems = [cannot_be_read(gettext("State"), given, in_words(EstadoSMS)) for _name, given in read.unread]
    beside = {
        "has_missing": has_missing(campaign),
        "segment": segment_of(db.session(), campaign),
        "excepted_by": binding.excepted_by(db.session(), campaign),
        "lifted": binding.lifted_by(db.session(), campaign),
        "approved_by": control.approved_by(campaign),
        "openings": binding.openings_of(db.session(), campaign.usuario_id, [campaign]),
    }
    return {"page": page, "state": state, "problems": problems, **beside}
