"""The buttons of a campaign's page that make a draft of it."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..campaigns.missing import missing_of
from ..campaigns.services import get_campaign
from ..models import Borrador
from ..web.access import Access, access
from ..web.htmx import page_or_fragment
from . import bp, copies
from .services import Writer, content_of


@bp.post("/campanas/<int:pk>/duplicar/")
@access(Access.SEND)
def duplicate(pk: int) -> ResponseReturnValue:
    """Make a draft of a campaign."""
    draft = copies.duplicate(Writer.of(current_user), pk)
    if not content_of(draft).client_ids:
        flash(gettext("The text is copied. Choose who gets it."), "success")
    return _go_on(draft)


@bp.get("/campanas/<int:pk>/faltan/")
@access(Access.SEND)
def confirm_missing(pk: int) -> ResponseReturnValue:
    """Say whom a campaign has missed and could reach now, and why."""
    campaign = get_campaign(current_user.account_id, pk)
    missing = missing_of(current_user.account_id, pk)
    return page_or_fragment("drafts/missing.html", "drafts/_missing.html", campaign=campaign, missing=missing)


@bp.post("/campanas/<int:pk>/faltan/")
@access(Access.SEND)
def write_to_missing(pk: int) -> ResponseReturnValue:
    """Make a draft for them."""
    return _go_on(copies.to_missing(Writer.of(current_user), pk))


def _go_on(draft: Borrador) -> ResponseReturnValue:
    return redirect(url_for("drafts.compose", key=draft.clave))
