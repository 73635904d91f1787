"""Clients and the sales to them."""

from flask import Blueprint

bp = Blueprint("clients", __name__, url_prefix="/clientes")

from . import client_page, program_routes, routes  # noqa: E402, F401  (registers the views)
from .dead_numbers import routes as dead_numbers_routes  # noqa: E402, F401
from .duplicates import routes as duplicates_routes  # noqa: E402, F401
from .many import routes as many_routes  # noqa: E402, F401
from .sales import routes as sales_routes  # noqa: E402, F401
from .tags import routes as tags_routes  # noqa: E402, F401
