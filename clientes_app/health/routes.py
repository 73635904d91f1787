"""Whether the app is alive, and ready; and its metrics, for whoever has their token."""

from __future__ import annotations

import hmac

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from ..extensions import db
from ..settings import current_settings
from ..web.access import Access, access, machine_view, own_token_view
from . import bp, metrics, services


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


@bp.get("/metrics")
@access(Access.ANYONE)
@machine_view
@own_token_view
def show_metrics() -> ResponseReturnValue:
    """Return the metrics to who sends their token; without the setting there is no such page."""
    wanted = current_settings().metrics_token
    if not wanted:
        abort(404)
    if not hmac.compare_digest(_token().encode(), wanted.encode()):
        return _plain("the token of the metrics is another\n", 401)
    return Response(metrics.render(db.engine), content_type=CONTENT_TYPE_LATEST)


def _token() -> str:
    return (request.authorization and request.authorization.token) or ""


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
