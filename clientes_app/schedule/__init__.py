"""Campaigns that have an hour: starting them when it has come, changing it before, the calendar."""

from flask import Blueprint

bp = Blueprint("schedule", __name__, url_prefix="/clientes")

from . import calendar_routes, routes  # noqa: E402, F401  (registers the views)
