"""What Twilio tells the app by itself: what became of messages, and what people answer to them."""

from flask import Blueprint, Flask

from ..web.csrf import csrf

bp = Blueprint("webhooks", __name__, url_prefix="/twilio")
csrf.exempt(bp)  # the signature stands in for the token

from . import routes  # noqa: E402, F401  (registers the views)
from .fast_path import ShortWay  # noqa: E402


def init_app(app: Flask) -> None:
    """Register the views, and the short way to one of them."""
    app.register_blueprint(bp)
    app.wsgi_app = ShortWay(app, app.wsgi_app)  # type: ignore[method-assign]
