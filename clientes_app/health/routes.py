"""Whether the app is alive, and ready."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from ..extensions import db
from ..web.access import Access, access, machine_view
from . import bp, services


@bp.get("/healthz")
@access(Access.ANYONE)
@machine_view
def alive() -> ResponseReturnValue:
    """Return that the process serves."""
    return _plain("ok\n", 200)


@bp.get("/readyz")
@access(Access.ANYONE)
@machine_view
def ready() -> ResponseReturnValue:
    """Return whether it can work; not what is missing, which only the operator need know."""
    return _plain("ready\n", 200) if services.is_ready(db.engine) else _plain("not ready\n", 503)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
