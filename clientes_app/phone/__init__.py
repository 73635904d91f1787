"""Simulated phone."""

from flask import Blueprint

bp = Blueprint("phone", __name__, url_prefix="/telefono")

from . import routes  # noqa: E402, F401  (registers the views)
