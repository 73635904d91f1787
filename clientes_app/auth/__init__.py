"""Log-in, log-out, the first admin, and a person's own language and theme."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/cuenta")

from . import first_run_routes, presence, routes  # noqa: E402, F401  (registers the views, and what comes before)
