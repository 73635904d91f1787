"""The second factor: a code from an app, recovery codes, passkeys."""

from flask import Blueprint

bp = Blueprint("second_factor", __name__, url_prefix="/cuenta/segundo-paso")

from . import own_settings, routes  # noqa: E402, F401  (registers the views)
