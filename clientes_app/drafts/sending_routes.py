"""The buttons of a review: send it, schedule it, send an advertisement as an exception."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ..campaigns import services as campaigns
from ..campaigns.forms import SendForm
from ..campaigns.law import binding, hours_in_words
from ..campaigns.storing import HourPassed, Schedule
from ..extensions import db
from ..models import Borrador, CampanaSMS, TipoDeCampana
from ..models.types import utc_now
from ..settings import current_settings
from ..values.ids import read_id
from ..web.access import Access, access
from ..web.actor import current_actor
from ..web.forms import validated
from ..web.htmx import form_again, go_to, page_or_fragment
from . import bp, composing, handing_over
from .handing_over import MoreThanReviewed, Reviewed
from .services import Writer

_EXCEPTING = ("drafts/excepting.html", "drafts/_excepting.html")


@bp.post("/campanas/borradores/<uuid:key>/enviar/")
@access(Access.SEND)
def send(key: UUID) -> ResponseReturnValue:
    """Send a draft as it was reviewed; sent twice it is one campaign, and one that was changed is shown again."""
    return _hand_over(key, validated(SendForm(request.form)))


@bp.get("/campanas/borradores/<uuid:key>/exceptuar/")
@access(Access.SEND)
def confirm_excepting(key: UUID) -> ResponseReturnValue:
    """Say what the law says, and ask whether to send an advertisement anyway."""
    return _ask_to_except(key, SendForm(request.args))


@bp.post("/campanas/borradores/<uuid:key>/exceptuar/")
@access(Access.SEND)
def send_excepted(key: UUID) -> ResponseReturnValue:
    """Send it whatever the hours say, where its author has said that they know what the law says."""
    form = SendForm(request.form)
    binding.require_exceptable(binding.law_of(db.session(), current_user.account_id))
    if not form.acepto.data:
        form.acepto.errors = [gettext("Tick the box to send it anyway.")]
        return _ask_to_except(key, form)
    return _hand_over(key, validated(form), excepted=True)


def _hand_over(key: UUID, sent: SendForm, *, excepted: bool = False) -> ResponseReturnValue:
    draft = handing_over.draft_or_campaign(Writer.of(current_user), key)
    if isinstance(draft, CampanaSMS):
        return go_to(_page_of(draft))
    seen = Reviewed(sent.huella.data or "", read_id(sent.mensajes.data or "") or 0)
    form = composing.form_of(draft, MultiDict())
    audience = composing.checked(draft.usuario_id, form, form.said_for_review)
    if draft.huella != seen.mark or audience is None:
        return _look_again(key, str(next(iter(form.hora.errors), _changed())))
    campaigns.require_twilio(current_settings().missing)
    asked = _as_pressed(composing.campaign_of(form, audience, draft.continua_id), sent, excepted=excepted)
    if _has_closed(draft, asked):
        return _look_again(key, gettext("Meanwhile the hours of advertising are over, so nothing was sent."))
    try:
        campaign = handing_over.send(Writer.of(current_user), key, seen, asked, by=current_actor())
    except (MoreThanReviewed, HourPassed) as refusal:
        return _look_again(key, refusal.message)
    return _look_again(key, _changed()) if campaign is None else go_to(_page_of(campaign))


def _as_pressed(asked: campaigns.Draft, sent: SendForm, *, excepted: bool) -> campaigns.Draft:
    """Return a campaign as the button that was pressed says: at another hour, or outside the hours."""
    if sent.moment is not None:
        asked = replace(asked, schedule=Schedule(sent.moment, asked.schedule.said if asked.schedule else None))
    return replace(asked, exceptuada=excepted and asked.tipo is TipoDeCampana.PUBLICIDAD)


def _has_closed(draft: Borrador, asked: campaigns.Draft) -> bool:
    """Return whether the hours are over that a review took to be open."""
    if asked.schedule or asked.exceptuada or asked.tipo is not TipoDeCampana.PUBLICIDAD:
        return False
    return binding.is_closed_now(db.session(), draft.usuario_id)


def _ask_to_except(key: UUID, form: SendForm) -> ResponseReturnValue:
    """Show the question.

    Raises NoExceptions where the shop lets nobody.
    """
    draft = handing_over.draft_or_campaign(Writer.of(current_user), key)
    if isinstance(draft, CampanaSMS):
        return go_to(_page_of(draft))
    law = binding.law_of(db.session(), draft.usuario_id)
    binding.require_exceptable(law)
    composed = composing.form_of(draft, MultiDict())
    waits = campaigns.waits_for_approval(draft.usuario_id, current_user.id)
    hour = composed.settled.moment if composed.asks_hour and composed.settled else None
    shown = {
        "draft": draft,
        "form": form,
        "rule": hours_in_words.rule(law.hours),
        "closer": law.closed_by(hour or utc_now()),
        "waits": waits,
        "hour": hour,
    }
    return form_again(*_EXCEPTING, **shown) if form.acepto.errors else page_or_fragment(*_EXCEPTING, **shown)


def _page_of(campaign: CampanaSMS) -> str:
    return url_for("campaigns.show", pk=campaign.id)


def _changed() -> str:
    return str(gettext("The draft was changed meanwhile, so nothing was sent."))


def _look_again(key: UUID, why: str) -> ResponseReturnValue:
    flash(gettext("%(why)s This is how it is now: look at it once more.", why=why), "danger")
    return go_to(url_for("drafts.review", key=key))
