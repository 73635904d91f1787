"""What a person does keeps the session awake; what a page fetches by itself does not."""

from __future__ import annotations

from flask import current_app, request
from flask_login import current_user

from ..database import outage
from ..web.access import Access
from . import bp, sessions
from .opening import present_session


@bp.before_app_request
def notice_person() -> None:
    """Note that somebody is there, where the request says so."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "access", Access.ANYONE) is Access.ANYONE:
        return
    by_itself = getattr(view, "by_itself", None)
    if by_itself is not None and by_itself():
        return
    present = present_session()
    if present is None:
        return
    # On a full disk pages can be read, though nothing can be noted.
    with outage.overlooked():
        sessions.keep_awake(current_user.id, present)
