"""Tokens with which programs call the JSON endpoints."""

from flask import Blueprint

bp = Blueprint("tokens", __name__, url_prefix="/ajustes/tokens")

from . import routes  # noqa: E402, F401  (registers the views)
