"""The list of drafts, and deleting one."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from ..values.ids import read_id
from ..web.access import Access, access
from ..web.htmx import done, page_or_fragment
from . import bp, services
from .saving import MOST_DRAFTS
from .services import Writer


@bp.get("/campanas/borradores/")
@access(Access.SEND)
def index() -> ResponseReturnValue:
    """List the drafts."""
    page = services.list_page(Writer.of(current_user), read_id(request.args.get("antes", "")))
    authors = services.authors_of(page.rows)
    return render_template("drafts/index.html", page=page, authors=authors, most=MOST_DRAFTS)


@bp.get("/campanas/borradores/<uuid:key>/eliminar/")
@access(Access.SEND)
def confirm_deletion(key: UUID) -> ResponseReturnValue:
    """Ask whether to delete a draft."""
    draft = services.get_draft(Writer.of(current_user), key)
    return page_or_fragment("drafts/delete.html", "drafts/_delete.html", draft=draft)


@bp.post("/campanas/borradores/<uuid:key>/eliminar/")
@access(Access.SEND)
def delete(key: UUID) -> ResponseReturnValue:
    """Delete a draft."""
    draft = services.delete_draft(Writer.of(current_user), key)
    gone = render_template("drafts/_gone_partial.html", draft_id=draft.id)
    return done(gettext("The draft is deleted."), url_for("drafts.index"), gone)
