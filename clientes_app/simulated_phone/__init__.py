"""The simulated phone: what the simulated Twilio delivered, as the clients' phones would show it."""

from flask import Blueprint

bp = Blueprint("phone", __name__, url_prefix="/telefono")

from . import routes  # noqa: E402, F401  (registers the views)
