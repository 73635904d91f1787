"""Segments: searches that the account has given a name, to look at and to send to."""

from flask import Blueprint

bp = Blueprint("segments", __name__, url_prefix="/clientes/segmentos")

from . import routes  # noqa: E402, F401  (registers the views)
