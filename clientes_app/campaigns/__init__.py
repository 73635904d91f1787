"""Campaigns: composing, reviewing, sending and watching them; in a browser and as JSON."""

from flask import Blueprint

bp = Blueprint("campaigns", __name__, url_prefix="/clientes")

from . import api, control_routes, routes  # noqa: E402, F401  (registers the views)
