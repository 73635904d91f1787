"""The icons of the interface: small pictures that carry no meaning of their own, all in one file that browsers keep."""

from __future__ import annotations

from functools import cache, partial

from flask import Flask
from markupsafe import Markup

from .assets import asset

FILE = "icons.svg"
_PICTURE = Markup('<svg class="icon{}{}" aria-hidden="true"><use href="{}#{}"/></svg>')


def init_app(app: Flask) -> None:
    """Register `icon()` for templates."""
    with app.test_request_context():
        address = asset(FILE)
    app.jinja_env.globals["icon"] = partial(icon, address)


@cache
def icon(address: str, name: str, css_class: str = "") -> Markup:
    """Draw an icon of the file at the address."""
    return _PICTURE.format(" " if css_class else "", css_class, address, name)
