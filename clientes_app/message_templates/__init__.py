"""Message templates, and the preview of a message as one client would get it."""

from flask import Blueprint

bp = Blueprint("templates", __name__, url_prefix="/clientes")

from . import routes  # noqa: E402, F401  (registers the views)
