"""What Twilio tells the app by itself: what became of messages, and what people answer to them."""

from flask import Blueprint

from ..extensions import csrf

bp = Blueprint("webhooks", __name__, url_prefix="/twilio")
csrf.exempt(bp)  # the signature stands in for the token

from . import routes  # noqa: E402, F401  (registers the views)
