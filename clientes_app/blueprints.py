"""The blueprints, in the order in which they are registered."""

from __future__ import annotations

from flask import Flask

from . import (
    answers,
    api,
    audit,
    auth,
    campaigns,
    clients,
    drafts,
    fields,
    health,
    home,
    importing,
    message_templates,
    opt_outs,
    people,
    privacy,
    reports,
    schedule,
    shop,
    simulated_phone,
    tokens,
    webhooks,
)
from .auth import second_factor
from .clients import segments
from .drafts import own_numbers
from .opt_outs import by_link
from .people import profile
from .shop import advertising
from .web import offline

_PACKAGES = (
    home,
    auth,
    second_factor,
    profile,
    own_numbers,
    clients,
    privacy,
    opt_outs,
    by_link,
    answers,
    segments,
    message_templates,
    schedule,
    drafts,
    reports,
    simulated_phone,
    people,
    shop,
    advertising,
    fields,
    tokens,
    audit,
    api,
    health,
    offline,
)


def init_app(app: Flask) -> None:
    """Register the views."""
    for package in _PACKAGES:
        app.register_blueprint(package.bp)
    campaigns.init_app(app)
    importing.init_app(app)
    webhooks.init_app(app)
