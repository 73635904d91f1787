"""Home: what is going on, and the first steps of a new account."""

from flask import Blueprint

bp = Blueprint("home", __name__)

from . import routes  # noqa: E402, F401  (registers the views)
