"""The settings of the app that handles the present request or command."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app
from flask.json.provider import DefaultJSONProvider

from .config import MAX_BODY_BYTES, Settings

_KEY = "clientes.settings"

COUNTS = "counts"
"""Names the engine that counts tries, where the database does."""


def init_app(app: Flask, settings: Settings) -> None:
    """Keep the settings with the app."""
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.sort_keys = False
    app.config.update(flask_config(settings))
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


def flask_config(settings: Settings) -> dict[str, object]:
    """Return the keys that Flask and its extensions read."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.secret_key_fallbacks),
        # Signed with the last, read with each: a page that was open when the key changed can still be sent.
        "WTF_CSRF_SECRET_KEY": [*settings.secret_key_fallbacks, settings.secret_key],
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SQLALCHEMY_BINDS": _counting(settings) if settings.counts_at == settings.database_url else {},
        "MAX_CONTENT_LENGTH": MAX_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY_BYTES // 2,
        "SESSION_COOKIE_NAME": "sessionid",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": not settings.simulated,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,  # web/access.py checks it itself: an API token needs no proof beside it
        "BABEL_DEFAULT_LOCALE": "es_CO",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "COMPRESS_MIMETYPES": ["text/html", "application/json", "text/css", "text/javascript", "image/svg+xml"],
        "COMPRESS_ALGORITHM": ["zstd", "br", "gzip"],
        "COMPRESS_LEVEL": 5,
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_STREAMS": False,
        "COMPRESS_REGISTER": False,  # web/compression.py asks for it
        "SEND_FILE_MAX_AGE_DEFAULT": 0,
    }


def _engine_options(settings: Settings) -> dict[str, object]:
    # The engine carries the zone to where the web is not known: `database.zone_of` reads it.
    # What statements are given, names and numbers among it, is nothing for the log that their errors come into.
    options: dict[str, object] = {"execution_options": {"zone": settings.timezone}, "hide_parameters": True}
    if settings.database_url in ("sqlite://", "sqlite:///:memory:"):  # one connection, no pool
        return options
    options |= {"pool_size": 20, "max_overflow": 20, "pool_timeout": 10}
    if settings.database_url.startswith("sqlite"):
        # What is attached may be named by an address, which says that it is only read.
        return options | {"connect_args": {"uri": True}}
    # Nobody is to meet a connection that died while nobody used it, as when the server was restarted. And who asks for
    # a page while the server is out of reach waits for five seconds, and holds a thread.
    return options | {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}


def _counting(settings: Settings) -> dict[str, dict[str, object]]:
    apart = {"isolation_level": "AUTOCOMMIT", "pool_size": 4, "max_overflow": 0}
    return {COUNTS: {"url": settings.counts_at, **_engine_options(settings), **apart}}
