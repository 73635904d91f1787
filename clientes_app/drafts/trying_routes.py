"""Trying a campaign first: the text that the preview shows, sent to the person's own number."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..campaigns.forms import ComposeForm
from ..campaigns.services import require_twilio
from ..errors import DomainError
from ..messaging.way_out import ending
from ..settings import current_settings
from ..web.access import Access, access, by_itself
from ..web.actor import current_actor
from ..web.htmx import is_partial, page_or_fragment
from . import bp, previewing, saving
from .own_numbers import services as own_numbers
from .own_numbers import trying
from .own_numbers.asked import Asked
from .own_numbers.forms import CodeForm, NumberForm
from .services import Writer
from .typed import Typing

_ANSWER = "drafts/_trial_answer.html"


@bp.post("/campanas/pruebas/")
@access(Access.SEND)
def try_first() -> ResponseReturnValue:
    """Send the text that the preview shows to the person's own number, or ask for that number first."""
    form = ComposeForm(request.form)
    back = "" if is_partial() else _kept_at(form)
    try:
        text, foot = _text_of(form)
        trial = trying.send(current_user.account_id, text, form.prueba.data or "", foot, by=current_actor())
    except trying.NoOwnNumber as refusal:
        return _ask_number(form, refusal.message, back)
    except DomainError as refusal:
        return _refuse(form, refusal, back)
    if back:
        return redirect(url_for("drafts.show_trial", trial_id=trial.sent.id, borrador=form.clave.data))
    form.prueba.data = str(uuid4())
    return render_template(_ANSWER, form=form, trial=trial)


@bp.get("/campanas/pruebas/<int:trial_id>/")
@access(Access.SEND)
@by_itself(is_partial)
def show_trial(trial_id: int) -> ResponseReturnValue:
    """Show how a test fares; the page asks for this again until it is known."""
    trial = trying.get(current_user.account_id, current_user.id, trial_id)
    back = _page_of(request.args.get("borrador", ""))
    return page_or_fragment("drafts/trial.html", "drafts/_trial_state.html", trial=trial, back=back)


def _text_of(form: ComposeForm) -> tuple[str, str | None]:
    """Return the text as the client gets it whom the preview shows, and what it ends with.

    Raises ServiceUnavailable where nothing can be sent, and DomainError that says what is wrong with the text.
    """
    require_twilio(current_settings().missing)
    seen = previewing.preview_of(current_user.account_id, form, _ticked(form))
    shown, foot = seen["preview"], seen["foot"]
    text = shown.text.removesuffix(ending(foot))
    if not text.strip():
        raise DomainError(gettext("Write the message first."))
    if form.problems:
        raise DomainError(" ".join(form.problems))
    if shown.too_long:
        raise DomainError(gettext("With this name the text is too long to be sent."))
    return text, foot


def _ticked(form: ComposeForm) -> tuple[int, ...]:
    return previewing.ticked_of(Writer.of(current_user), form)


def _kept_at(form: ComposeForm) -> str:
    """Keep what a page without scripts sends, which is left now; return the address where it is."""
    kept = saving.keep(Writer.of(current_user), Typing.of_form(form))
    if kept.draft is None:
        return url_for("drafts.begin")
    form.clave.data = kept.draft.clave
    return url_for("drafts.compose", key=kept.draft.clave, cliente=form.cliente.data or None)


def _ask_number(form: ComposeForm, why: str, back: str) -> ResponseReturnValue:
    if back:
        flash(why, "warning")
        return redirect(url_for("own_numbers.show", next=back))
    asked = Asked(own_numbers.find(current_user.id), NumberForm(None), CodeForm(None))
    return render_template(_ANSWER, form=form, asked=asked)


def _refuse(form: ComposeForm, refusal: DomainError, back: str) -> ResponseReturnValue:
    if back:
        flash(refusal.message, "danger")
        return redirect(back)
    return render_template(_ANSWER, form=form, refusal=refusal.message), refusal.status


def _page_of(key: str) -> str:
    try:
        return url_for("drafts.compose", key=UUID(key))
    except ValueError:
        return ""
