"""A person's own number, proven by a code, and the messages that they send to it."""

from flask import Blueprint

bp = Blueprint("own_numbers", __name__, url_prefix="/cuenta/yo/numero")

from . import routes  # noqa: E402, F401  (registers the views)
