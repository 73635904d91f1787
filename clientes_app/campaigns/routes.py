"""Campaigns in the browser: the list, composing, reviewing, sending, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ..auth.opening import still_open
from ..clients.search import listing as client_listing
from ..clients.search.chips import chips_of
from ..clients.search.choice import selection_of
from ..clients.search.criteria import Search
from ..clients.search.selection import Said, Selection, Unreadable
from ..clients.tags.services import tag_names
from ..database.paging import Page
from ..extensions import engine_apart
from ..message_templates import services as template_services
from ..message_templates.preview import preview
from ..models import EstadoSMS
from ..segments import services as segments
from ..settings import current_settings
from ..values.ids import read_id
from ..web.access import Access, access, by_itself, stream_view
from ..web.actor import current_actor
from ..web.filters import cannot_be_read, in_words, one_of, read_filters
from ..web.htmx import form_again, is_partial, page_or_fragment, source
from ..web.live_progress import polled_progress, streamed_progress
from . import LIVE, bp, control, listing, services
from .forms import ComposeForm
from .progress import snapshot
from .repeats import form_key

_COMPOSE = ("campaigns/compose.html", "campaigns/_compose.html")


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


@bp.get("/campanas/nueva/")
@access(Access.SEND)
def compose() -> ResponseReturnValue:
    """Show the page where a campaign is written."""
    form = ComposeForm(request.args)
    _take_template(form)
    return page_or_fragment(*_COMPOSE, **_compose_context(form))


@bp.post("/campanas/nueva/")
@access(Access.SEND)
def compose_for_ticked() -> ResponseReturnValue:
    """Show the same page for ticked clients, or again with what was written so far; this changes nothing."""
    form = ComposeForm(request.form)
    if "usar_plantilla" in request.form:
        _take_template(form)
    form.apply_saving()
    return page_or_fragment(*_COMPOSE, **_compose_context(form))


@bp.post("/campanas/revisar/")
@access(Access.SEND)
def review() -> ResponseReturnValue:
    """Show what sending would do, before anything is sent."""
    form = ComposeForm(request.form)
    audience = None if form.asks_preview else _checked(form, form.said_for_review)
    if audience is None:
        form.apply_saving()
        return form_again(*_COMPOSE, **_compose_context(form))
    services.require_twilio(current_settings().missing)
    reviewed = services.review(current_user.account_id, _draft(form, audience))
    shown = preview(form.mensaje.data or "", reviewed.totals.longest_name or "")
    waits = services.waits_for_approval(current_user.account_id, current_user.id)
    return render_template("campaigns/review.html", form=form, review=reviewed, longest=shown, waits=waits)


@bp.post("/campanas/enviar/")
@access(Access.SEND)
def send() -> ResponseReturnValue:
    """Store the campaign for the sender and show its page; the same form sent twice gives one campaign."""
    form = ComposeForm(request.form)
    key = form_key(form.clave.data or "", current_user.id, form.asked())
    campaign = services.earlier_campaign(current_user.account_id, key)
    if campaign is None:
        audience = _checked(form, lambda: Said.in_act(MultiDict(request.values), form.data))
        if audience is None:
            again = form_again(*_COMPOSE, **_compose_context(form))
            return (again, 400) if form.destino.errors else again
        services.require_twilio(current_settings().missing)
        draft = _draft(form, audience)
        campaign = services.create_campaign(current_user.account_id, draft, key, by=current_actor())
    return redirect(url_for("campaigns.show", pk=campaign.id))


@bp.get("/campanas/<int:pk>/")
@access(Access.STAFF)
@by_itself(is_partial)
def show(pk: int) -> ResponseReturnValue:
    """Show one campaign: how far it is, and its messages."""
    campaign = services.get_campaign(current_user.account_id, pk)
    if is_partial():
        return polled_progress(LIVE, pk)
    context = {"campaign": campaign, "progress": snapshot(engine_apart(), pk), **_messages_context(pk)}
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
        **_messages_context(pk),
    )


@bp.get("/campanas/<int:pk>/progreso/")
@access(Access.STAFF)
@stream_view
def progress(pk: int) -> ResponseReturnValue:
    """Stream the campaign's progress; where there are streams enough, answer once and let the page poll."""
    services.get_campaign(current_user.account_id, pk)
    return streamed_progress(LIVE, pk, still_open())


def _checked(form: ComposeForm, said: Callable[[], Said]) -> Selection | None:
    """Return whom the form is for where all of it is right; None where it is not, and the form says why."""
    valid = form.validate()
    try:
        audience = selection_of(current_user.account_id, said())
    except Unreadable as refusal:
        form.destino.errors = [refusal.message]
        return None
    return audience if valid else None


def _draft(form: ComposeForm, audience: Selection) -> services.Draft:
    return services.Draft(audience, form.mensaje.data or "", form.nombre.data or "", form.template_id)


def _take_template(form: ComposeForm) -> None:
    """Put the chosen template's text in place of what was written, which "my own text" brings back."""
    templates = {template.mensaje for template in template_services.list_active(current_user.account_id)}
    if form.mensaje.data and form.mensaje.data not in templates:
        form.propio.data = form.mensaje.data
    if form.template_id is not None:
        form.mensaje.data = template_services.get_template(current_user.account_id, form.template_id).mensaje
    elif form.propio.data:
        form.mensaje.data = form.propio.data


def _compose_context(form: ComposeForm) -> dict[str, Any]:
    account_id = current_user.account_id
    shown = form.client_id or next(iter(form.said.client_ids), None)
    listed = segments.list_segments(account_id)
    chosen = next((segments.search_of(each) for each in listed if each.id == form.said.segment_id), None)
    recipient = template_services.choose_recipient(account_id, shown, form.step)
    return {
        "form": form,
        "templates": template_services.list_active(account_id),
        "segments": listed,
        "chips": chips_of(form.said.search, tag_names(account_id)),
        "all_count": client_listing.count(account_id, Search()),
        "found_count": client_listing.count(account_id, form.said.search),
        "segment_count": chosen and client_listing.count(account_id, chosen),
        "recipient": recipient,
        "preview": preview(form.mensaje.data or "", recipient.nombre),
        "problems": [],
    }


def _messages_context(pk: int) -> dict[str, Any]:
    read = read_filters(request.args, {"estado": one_of(EstadoSMS)})
    state, after = read.values.get("estado"), read_id(request.args.get("despues", ""))
    page = Page([], None) if read.unread else listing.message_page(current_user.account_id, pk, state, after)
    problems = [cannot_be_read(gettext("State"), given, in_words(EstadoSMS)) for _name, given in read.unread]
    return {"page": page, "state": state, "problems": problems, "can_retry": control.can_retry(pk)}
