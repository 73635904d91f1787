"""Importing a shop's client list: upload, columns, a dry run, apply, undo."""

from functools import partial

from flask import Blueprint, Flask

from ..auth import sessions
from ..extensions import db
from ..live import streams
from .progress import snapshot

LIVE = "import"

bp = Blueprint("importing", __name__, url_prefix="/clientes/importar")

from . import routes  # noqa: E402, F401  (registers the views)
from .first_step import routes as first_step_routes  # noqa: E402, F401
from .staging import routes as staging_routes  # noqa: E402, F401


def init_app(app: Flask) -> None:
    """Register the views and offer their streams."""
    app.register_blueprint(bp)
    with app.app_context():
        read, open_among = partial(snapshot, db.engine), partial(sessions.open_among, db.engine)
        streams.offer(app, LIVE, read, "importing/_progress.html", open_among)
