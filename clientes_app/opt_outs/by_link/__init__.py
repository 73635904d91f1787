"""The way out of a message: its page, where a person presses one button and gets no more of them."""

from flask import Blueprint

from ...messaging.way_out import PATH
from ...web.csrf import csrf

bp = Blueprint("way_out", __name__, url_prefix=PATH.rstrip("/"))
csrf.exempt(bp)  # who has the code may do it, and there is no session to ride on

from . import routes  # noqa: E402, F401  (registers the views)
