"""Everything about one client: handed out, or erased."""

from flask import Blueprint

bp = Blueprint("privacy", __name__, url_prefix="/clientes")

from . import routes  # noqa: E402, F401  (registers the views)
