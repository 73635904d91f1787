"""Writing a campaign: its page, which keeps itself, and the review, each at an address that can be opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from ..campaigns import services as campaigns
from ..campaigns.forms import ComposeForm
from ..campaigns.law import hours_in_words
from ..campaigns.repeats import form_key
from ..clients.search.selection import Said
from ..clients.segments.services import find_segment
from ..extensions import db
from ..message_templates.preview import preview
from ..messaging.personalization import Recipient
from ..messaging.way_out import ending
from ..models import Borrador, CampanaSMS
from ..settings import current_settings
from ..shop.ways_out import require_way_out
from ..web import kept_forms
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.htmx import form_again, go_to, is_partial, page_or_fragment
from . import bp, composing, handing_over, previewing, saving, services
from .services import Writer
from .typed import Content, Typing

_COMPOSE = ("campaigns/compose.html", "campaigns/_compose.html")
_KEPT = ("campaigns/compose.html", "drafts/_compose_answer.html")


@bp.get("/campanas/nueva/")
@access(Access.SEND)
def begin() -> ResponseReturnValue:
    """Lead to the page of a campaign that nobody has begun: what is typed there is known by its address."""
    asked = urlencode(list(request.args.items(multi=True)))
    address = url_for("drafts.compose", key=uuid4())
    return redirect(f"{address}?{asked}" if asked else address)


@bp.post("/campanas/nueva/")
@access(Access.SEND)
def begin_for_ticked() -> ResponseReturnValue:
    """Begin a campaign for clients who were ticked, or with what else is given."""
    draft = saving.begin(Writer.of(current_user), Content.of_form(ComposeForm(request.form)))
    return redirect(_address(draft))


@bp.get("/campanas/borradores/<uuid:key>/")
@access(Access.SEND)
def compose(key: UUID) -> ResponseReturnValue:
    """Show the page where a campaign is written, with what was written so far; if it was sent, the campaign."""
    if typed := kept_forms.fields():
        return _take_up(key, typed)
    draft = services.find_draft(Writer.of(current_user), key)
    if draft is not None:
        return page_or_fragment(*_COMPOSE, **_context(composing.form_of(draft, request.args), draft))
    if campaign := handing_over.has_become(current_user.account_id, key):
        return redirect(_page_of(campaign))
    form = ComposeForm(request.args)
    composing.take_template(current_user.account_id, form)
    return page_or_fragment(*_COMPOSE, **_context(composing.known_as(form, str(key))))


@bp.post("/campanas/borradores/guardar/")
@access(Access.SEND)
def save() -> ResponseReturnValue:
    """Keep what is typed: by itself while somebody types, or by a button where there are no scripts."""
    form = ComposeForm(request.form)
    if not is_partial():
        return _saved(saving.keep(Writer.of(current_user), Typing.of_form(form)))
    kept = saving.keep_if_typed(Writer.of(current_user), Typing.of_form(form))
    if kept.draft is not None:
        composing.known_as(form, kept.draft.clave)
    return _with_address(render_template("drafts/_status_answer.html", form=form, draft=kept.draft, kept=kept), kept)


@bp.post("/campanas/borradores/elegir/")
@access(Access.SEND)
def choose() -> ResponseReturnValue:
    """Show the page again with what a choice changes: a template, a search, a segment; what is typed is kept."""
    form, writer = ComposeForm(request.form), Writer.of(current_user)
    left = composing.take_template(writer.account_id, form) if "usar_plantilla" in request.form else ""
    form.apply_saving()
    if left:
        saving.keep_beside(writer, Typing.of_form(form), left)
    kept = replace(saving.keep(writer, Typing.of_form(form)), beside=bool(left))
    if kept.draft is None or not is_partial():
        return _lead_to(kept)
    shown = composing.form_of(kept.draft, request.form)
    return _with_address(page_or_fragment(*_KEPT, kept=kept, **_context(shown, kept.draft)), kept)


@bp.post("/campanas/vista-previa/")
@access(Access.SEND)
def show_preview() -> ResponseReturnValue:
    """Show what is being typed as those would get it whom it is for; a text that is made cheaper is kept."""
    form = ComposeForm(request.form)
    writer = Writer.of(current_user)
    ticked = previewing.ticked_of(writer, form)
    form.apply_saving()
    kept = saving.keep(writer, Typing.of_form(form)) if form.abaratar.data else None
    if kept is not None and kept.draft is not None:
        composing.known_as(form, kept.draft.clave)
    context = {**previewing.preview_of(writer.account_id, form, ticked), **_beside_preview(form.problems)}
    draft = kept and kept.draft
    answer = render_template("drafts/_preview_answer.html", form=form, kept=kept, draft=draft, **context)
    return answer if kept is None else _with_address(answer, kept)


@bp.post("/campanas/revisar/")
@access(Access.SEND)
def keep_for_review() -> ResponseReturnValue:
    """Keep what was typed and go to its review; the buttons of the preview come here too where there are no scripts."""
    form = ComposeForm(request.form)
    form.apply_saving()
    kept = saving.keep(Writer.of(current_user), Typing.of_form(form))
    if kept.draft is None or form.asks_preview:
        return _lead_to(kept)
    shown = composing.form_of(kept.draft, request.form)
    if is_partial() and composing.checked(current_user.account_id, shown, shown.said_for_review) is None:
        return _with_address(form_again(*_KEPT, kept=kept, **_context(shown, kept.draft)), kept)
    _tell_if_apart(kept)
    return go_to(url_for("drafts.review", key=kept.draft.clave))


@bp.get("/campanas/borradores/<uuid:key>/revisar/")
@access(Access.SEND)
def review(key: UUID) -> ResponseReturnValue:
    """Show what sending would do, before anything is sent; where it cannot be sent, the page that says why."""
    if typed := kept_forms.fields():
        return _take_up(key, typed)
    draft = handing_over.draft_or_campaign(Writer.of(current_user), key)
    if isinstance(draft, CampanaSMS):
        return redirect(_page_of(draft))
    form = composing.form_of(draft, request.args)
    chosen = composing.checked(current_user.account_id, form, form.said_for_review)
    if chosen is None:
        return page_or_fragment(*_COMPOSE, **_context(form, draft))
    campaigns.require_twilio(current_settings().missing)
    require_way_out(db.session(), draft.usuario_id, form.kind)
    audience = handing_over.still_to_reach(db.session(), draft.usuario_id, chosen, draft.continua_id)
    gone = handing_over.left_out(chosen, audience)
    pace = current_settings().twilio.messages_per_second
    reviewed = campaigns.review(draft.usuario_id, composing.campaign_of(form, audience), pace)
    template = form.template.ended_with(ending(reviewed.foot))
    shown = preview(template, reviewed.totals.longest or Recipient(""))
    waits = campaigns.waits_for_approval(draft.usuario_id, current_user.id)
    rule = hours_in_words.rule_today(reviewed.forecast) if reviewed.is_closed and reviewed.forecast else ""
    said = {"draft": draft, "longest": shown, "waits": waits, "gone": gone, "form": form, "rule": rule}
    segment = find_segment(db.session(), draft.usuario_id, form.said.segment_id)
    return render_template("campaigns/review.html", review=reviewed, segment=segment, **said)


@bp.post("/campanas/enviar/")
@access(Access.SEND)
def send_at_once() -> ResponseReturnValue:
    """Store the campaign that one form asks for, without a draft; the same form sent twice gives one campaign."""
    form = ComposeForm(request.form)
    key = form_key(form.clave.data or "", current_user.id, form.asked())
    campaign = campaigns.earlier_campaign(current_user.account_id, key)
    if campaign is None:
        said = MultiDict(request.values)
        audience = composing.checked(current_user.account_id, form, lambda: Said.in_act(said, form.data))
        if audience is None:
            again = form_again(*_COMPOSE, **_context(form))
            return (again, 400) if form.destino.errors else again
        campaigns.require_twilio(current_settings().missing)
        asked = composing.campaign_of(form, audience)
        campaign = campaigns.create_campaign(current_user.account_id, asked, key, by=current_actor())
    return redirect(_page_of(campaign))


def _context(form: ComposeForm, draft: Borrador | None = None) -> dict[str, object]:
    return {"draft": draft, **composing.context_of(current_user.account_id, form), **_beside_preview()}


def _beside_preview(problems: Sequence[str] = ()) -> dict[str, object]:
    """Return what stands around a preview; a page that comes back with errors says these at their fields."""
    return {"preview_at": url_for("drafts.show_preview"), "problems": problems}


def _address(draft: Borrador) -> str:
    return url_for("drafts.compose", key=draft.clave)


def _page_of(campaign: CampanaSMS) -> str:
    return url_for("campaigns.show", pk=campaign.id)


def _take_up(key: UUID, typed: MultiDict[str, str]) -> ResponseReturnValue:
    """Keep what was sent when the session had ended, now that its person is back."""
    form = ComposeForm(typed)
    form.clave.data = str(key)
    return _lead_to(saving.keep(Writer.of(current_user), Typing.of_form(form)))


def _lead_to(kept: saving.Kept) -> ResponseReturnValue:
    """Lead to where what was typed is now, at an address that can be opened again."""
    if kept.campaign is not None and not kept.apart:
        flash(gettext("This campaign was sent already: here it is."), "success")
        return go_to(_page_of(kept.campaign))
    if kept.draft is None:
        return go_to(url_for("drafts.begin"))
    _tell_if_apart(kept)
    if kept.beside:
        flash(gettext("What you had made of the template is a draft of its own."), "success")
    shown, step = request.form.get("cliente") or None, request.form.get("paso") or None
    return go_to(url_for("drafts.compose", key=kept.draft.clave, cliente=shown, paso=step))


def _saved(kept: saving.Kept) -> ResponseReturnValue:
    if kept.draft is not None and not kept.apart:
        flash(gettext("The draft is saved."), "success")
    return _lead_to(kept)


def _tell_if_apart(kept: saving.Kept) -> None:
    if kept.apart:
        flash(_apart(kept.campaign), "danger")


def _apart(campaign: CampanaSMS | None) -> str:
    """Say that what was typed is a draft of its own, with a link to what was sent elsewhere."""
    if campaign is None:
        return str(gettext("Meanwhile this was changed elsewhere. What you wrote here is a draft of its own."))
    said = gettext("Meanwhile this was sent elsewhere. What you wrote here is a draft of its own.")
    link = Markup('<a class="alert-link" href="{}">{}</a>').format(_page_of(campaign), gettext("See what was sent"))
    return Markup("{} {}").format(said, link)


def _with_address(answer: str | Response, kept: saving.Kept) -> Response:
    """Let the browser's address name the draft that the page writes from now on."""
    response = answer if isinstance(answer, Response) else Response(answer)
    if kept.apart and kept.draft is not None:
        response.headers["HX-Replace-Url"] = _address(kept.draft)
    return response
