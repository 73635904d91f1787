"""Commands of `flask --app wsgi`."""

from __future__ import annotations

from flask import Flask

from . import users


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(users.group)
