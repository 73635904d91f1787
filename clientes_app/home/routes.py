"""Home: the view."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..reports.kept_months import counted_months, kept_months
from ..web.access import Access, access, by_itself
from ..web.actor import current_account
from ..web.htmx import is_partial, page_or_fragment
from . import bp, services


@bp.get("/")
@access(Access.STAFF)
@by_itself(is_partial)
def index() -> ResponseReturnValue:
    """Show the start; the page asks for its list of campaigns again while one of them goes on."""
    overview = services.overview(current_user.account_id)
    # A new account has its first steps instead, and the list alone needs no figures.
    kept = None if is_partial() or overview.first_steps else kept_months(current_account())
    return page_or_fragment("home/index.html", "home/_latest_again.html", overview=overview, kept=kept)


@bp.get("/inicio/cifras/")
@access(Access.STAFF)
@by_itself()
def figures() -> ResponseReturnValue:
    """Show the month's figures once all is counted: Home asks for them where those that are kept are behind."""
    if not is_partial():
        return redirect(url_for("home.index"))
    return render_template("home/_months.html", kept=counted_months(current_account()))
