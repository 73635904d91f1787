"""What a browser shows in place of a server that it cannot reach."""

from flask import Blueprint

bp = Blueprint("offline", __name__)

from . import routes  # noqa: E402, F401  (registers the views)
