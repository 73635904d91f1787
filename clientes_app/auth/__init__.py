"""Log-in, log-out, and a person's own language and theme."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/cuenta")

from . import routes  # noqa: E402, F401  (registers the views)
