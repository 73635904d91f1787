"""An account's own fields: what there are, what they say of each client, and asking for it."""

from flask import Blueprint

bp = Blueprint("fields", __name__, url_prefix="/ajustes/campos")

from . import routes  # noqa: E402, F401  (registers the views)
