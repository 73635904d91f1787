"""Who did what, when and from where."""

from flask import Blueprint

bp = Blueprint("audit", __name__, url_prefix="/auditoria")

from . import routes  # noqa: E402, F401  (registers the views)
