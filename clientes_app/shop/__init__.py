"""What a shop settles for itself: rules, limits, prices."""

from flask import Blueprint

bp = Blueprint("shop", __name__, url_prefix="/ajustes")

from . import routes  # noqa: E402, F401  (registers the views)
