"""The page for when nothing gets through, and the service worker that keeps it in the browser."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from ..access import Access, access, kept_view
from . import bp

FILES = ("icon.svg", "icons.svg", "theme.js", "vendor/tabler.min.css", "app.css")
"""What the page needs beside itself."""


# At the root: a worker serves only what lies below it.
@bp.get("/offline.js")
@access(Access.ANYONE)
@kept_view
def worker() -> Response:
    """Return the worker; its text changes with the files, so that browsers take the new one."""
    response = make_response(render_template("offline/worker.js", files=FILES))
    response.mimetype = "text/javascript"
    return response


@bp.get("/sin-conexion/")
@access(Access.ANYONE)
@kept_view
def page() -> ResponseReturnValue:
    """Show that nothing gets through, the same to everybody who reads it in one language and theme."""
    return render_template("offline/page.html")
