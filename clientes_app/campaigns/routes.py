"""Campaigns: the views."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from ..security import Access, access
from . import bp


@bp.get("/campanas/")
@access(Access.STAFF)
def index() -> ResponseReturnValue:
    """Show the page."""
    return render_template("home/index.html")
