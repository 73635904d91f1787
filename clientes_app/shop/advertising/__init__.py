"""How a shop keeps the law of advertising: its hours, its own days, how strictly, how often."""

from flask import Blueprint

bp = Blueprint("advertising", __name__, url_prefix="/ajustes/publicidad")

from . import routes  # noqa: E402, F401  (registers the views)
