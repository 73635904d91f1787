"""Clients and the sales to them."""

from flask import Blueprint

bp = Blueprint("clients", __name__, url_prefix="/clientes")

from . import bulk_routes, doubles_routes, own_page, routes, tag_routes  # noqa: E402, F401  (registers the views)
