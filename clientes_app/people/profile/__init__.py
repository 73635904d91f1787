"""A person's own account: name, password, language, theme, sessions."""

from flask import Blueprint

bp = Blueprint("own", __name__, url_prefix="/cuenta/yo")

from . import routes  # noqa: E402, F401  (registers the views)
