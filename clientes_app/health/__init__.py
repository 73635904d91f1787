"""Whether the app is alive, and ready."""

from flask import Blueprint

bp = Blueprint("health", __name__)

from . import routes  # noqa: E402, F401  (registers the views)
