"""Campaigns while they are written: kept as they are typed, reviewed at an address of their own, and sent once."""

from flask import Blueprint

bp = Blueprint("drafts", __name__, url_prefix="/clientes")

from . import composing_routes, copy_routes, routes, sending_routes, trying_routes  # noqa: E402, F401  (registers the views)
