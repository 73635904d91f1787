"""Reports: what messages and sales came to, from sums that are kept and not from looking through everything."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from . import json_routes, routes  # noqa: E402, F401  (registers the views)
from .behind import routes as behind_routes  # noqa: E402, F401  (registers the views)
