"""Whose dot it is: the view behind the field."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ...web.access import Access, access
from .. import bp
from . import services


@bp.get("/campanas/<int:pk>/punto/<int:place>/")
@access(Access.STAFF)
def dot(pk: int, place: int) -> ResponseReturnValue:
    """Say whose message a dot is, and what became of it."""
    return render_template("campaigns/_dot.html", message=services.message_at(current_user.account_id, pk, place))
