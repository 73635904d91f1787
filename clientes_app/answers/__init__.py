"""What people write back: kept, shown, and acted upon."""

from flask import Blueprint

bp = Blueprint("answers", __name__, url_prefix="/clientes")

from . import routes  # noqa: E402, F401  (registers the views)
