"""The people of a shop, and what each may do."""

from flask import Blueprint

bp = Blueprint("people", __name__)

from . import link_routes, routes  # noqa: E402, F401  (registers the views)
