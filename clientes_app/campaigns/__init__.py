"""Campaigns: composing, reviewing, sending and watching them; in a browser and as JSON."""

from functools import partial

from flask import Blueprint, Flask

from ..auth import sessions
from ..extensions import db
from ..live import streams
from .progress import snapshot_with_dots

LIVE = "campaign"

bp = Blueprint("campaigns", __name__, url_prefix="/clientes")

from . import api, certificate_routes, control_routes, routes  # noqa: E402, F401  (registers the views)
from .dots import routes as dot_routes  # noqa: E402, F401


def init_app(app: Flask) -> None:
    """Register the views and offer their streams."""
    app.register_blueprint(bp)
    with app.app_context():
        read, open_among = partial(snapshot_with_dots, db.engine), partial(sessions.open_among, db.engine)
        streams.offer(app, LIVE, read, "campaigns/_progress.html", open_among)
