"""The opt-out list: numbers that asked an account for no more messages."""

from flask import Blueprint

bp = Blueprint("opt_outs", __name__, url_prefix="/clientes/bajas")

from . import origins, routes  # noqa: E402, F401  (registers the views and a filter)
