"""The settings of the app that handles the present request or command."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from flask.json.provider import DefaultJSONProvider

from .config import Settings

_KEY = "clientes.settings"


def init_app(app: Flask, settings: Settings) -> None:
    """Keep the settings with the app."""
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.sort_keys = False
    app.config.update(settings.flask_config())
    app.extensions[_KEY] = settings


def current_settings() -> Settings:
    """Return the settings of the present app."""
    return settings_of(current_app)


def settings_of(app: Flask) -> Settings:
    """Return an app's settings."""
    return cast(Settings, app.extensions[_KEY])


def replace_settings(app: Flask, settings: Settings) -> None:
    """Put other settings in place of the app's; only before it serves."""
    app.extensions[_KEY] = settings
