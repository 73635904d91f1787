"""Home: the view."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..web.access import Access, access, by_itself
from ..web.htmx import is_partial, page_or_fragment
from . import bp, services


@bp.get("/")
@access(Access.STAFF)
@by_itself(is_partial)
def index() -> ResponseReturnValue:
    """Show the start; the page asks for its list of campaigns again while one of them goes on."""
    overview = services.overview(current_user.account_id)
    return page_or_fragment("home/index.html", "home/_latest_again.html", overview=overview)
