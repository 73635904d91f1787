"""Clientes: a shop's clients, its SMS templates, and campaigns sent through Twilio and watched live."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; without settings it reads them from the environment, and raises SettingsError."""
    # Imported here, because the simulated Twilio is a program of its own that needs none of it.
    from flask import Flask

    from . import blueprints, cli
    from . import settings as app_settings
    from .config import INSTANCE_PATH, read_settings
    from .engine import placing
    from .extensions import db, login_manager, migrate
    from .serving import logs
    from .tokens import bearer
    from .web import access as access_rules
    from .web import assets, compression, error_pages, front_door, hosts, i18n, icons, navigation, throttling

    logs.mask_numbers()
    settings = settings or read_settings()
    app = Flask(__name__, instance_path=str(INSTANCE_PATH))
    app.jinja_options = {"lstrip_blocks": True}
    app_settings.init_app(app, settings)
    front_door.init_app(app)
    hosts.init_app(app, settings)
    db.init_app(app)
    throttling.init_app(app, settings)
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)
    login_manager.init_app(app)
    compression.init_app(app)
    i18n.init_app(app)
    assets.init_app(app)
    icons.init_app(app)
    error_pages.init_app(app)
    navigation.init_app(app)
    bearer.init_app(app)  # before the rules: they ask who it is that calls
    access_rules.init_app(app)
    blueprints.init_app(app)
    cli.init_app(app)
    if settings.distributed:
        placing.init_app(app)
    return app
