"""Campaigns that have an hour: starting them when it has come, and changing it before."""

from flask import Blueprint

bp = Blueprint("schedule", __name__, url_prefix="/clientes")

from . import routes  # noqa: E402, F401  (registers the views)
