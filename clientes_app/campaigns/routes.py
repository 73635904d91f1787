"""Campaigns in the browser: the list, and the page of one."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..auth.opening import still_open
from ..extensions import db, engine_apart
from ..live import streams
from ..live.feed import news
from ..models import CampanaSMS, EstadoSMS
from ..values.ids import read_id
from ..web.access import Access, access, by_itself, stream_view
from ..web.htmx import is_partial, page_or_fragment, source
from ..web.i18n import language
from . import LIVE, bp, listing, services
from .missing import has_missing
from .progress import snapshot


@bp.get("/campanas/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """List the campaigns."""
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


@bp.get("/campanas/<int:pk>/")
@access(Access.STAFF)
@by_itself(is_partial)
def show(pk: int) -> ResponseReturnValue:
    """Show one campaign: how far it is, and its messages."""
    campaign = services.get_campaign(current_user.account_id, pk)
    if is_partial():
        return _polled_progress(pk)
    context = {"campaign": campaign, "progress": snapshot(engine_apart(), pk), **_messages_context(campaign)}
    response = make_response(render_template("campaigns/show.html", **context))
    response.vary.add("HX-Request")
    return response


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
        progress=snapshot(engine_apart(), pk),
        **_messages_context(campaign),
    )


@bp.get("/campanas/<int:pk>/progreso/")
@access(Access.STAFF)
@stream_view
def progress(pk: int) -> ResponseReturnValue:
    """Stream the campaign's progress; where there are streams enough, answer once and let the page poll."""
    services.get_campaign(current_user.account_id, pk)
    viewer = streams.Viewer(current_user.get_id() if is_partial() else None, language(), still_open())
    stream = streams.stream(LIVE, pk, viewer, request.args.get("fase"))
    if stream is None:
        return _polled_progress(pk)
    db.session.remove()  # the stream outlives this view, and holds no connection
    return stream


def _polled_progress(pk: int) -> Response:
    """Render the progress for a page that has no stream; the events of a stream come along."""
    progress = snapshot(engine_apart(), pk)
    response = make_response(render_template("campaigns/_progress.html", progress=progress, polling=True))
    if told := news(progress, request.args.get("fase")):
        response.headers["HX-Trigger"] = json.dumps({told: {"target": "#live"}})
    return response


def _messages_context(campaign: CampanaSMS) -> dict[str, Any]:
    state = request.args.get("estado", "")
    chosen = EstadoSMS(state) if state in set(EstadoSMS) else None
    page = listing.message_page(campaign.usuario_id, campaign.id, chosen, read_id(request.args.get("despues", "")))
    return {"page": page, "state": chosen, "has_missing": has_missing(campaign)}
