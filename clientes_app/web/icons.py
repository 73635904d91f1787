"""The icons of the interface: inline pictures that carry no meaning of their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

_FOLDER = Path(__file__).parents[1] / "templates" / "icons"
_PICTURE = Markup(
    '<svg class="icon {css_class}" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{lines}</svg>'
)


def init_app(app: Flask) -> None:
    """Register `icon()` for templates."""
    app.jinja_env.globals["icon"] = icon


@cache
def icon(name: str, css_class: str = "") -> Markup:
    """Draw an icon of `templates/icons`."""
    lines = (_FOLDER / f"{name}.svg").read_text()
    # Only files of our own are drawn.
    return _PICTURE.format(css_class=css_class, lines=Markup(lines))  # noqa: S704
