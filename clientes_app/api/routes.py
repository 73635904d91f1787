"""The description of the JSON endpoints: as a document for programs, and as a page."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ..web.access import Access, access, program_view
from . import bp
from .document import SCOPES, describe
from .page import operations


@bp.get("/openapi.json")
@program_view
@access(Access.ANYONE)
def openapi() -> ResponseReturnValue:
    """Return the description as an OpenAPI document; it holds nobody's data."""
    return describe()


@bp.get("/docs/")
@access(Access.ANYONE)
def docs() -> ResponseReturnValue:
    """Show the description."""
    document = describe()
    listed = operations(document, request.host_url.rstrip("/"))
    return render_template("api/docs.html", about=document["info"]["description"], operations=listed, scopes=SCOPES)
