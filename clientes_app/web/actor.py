"""Who acts at this moment, from where, and for which account."""

from __future__ import annotations

from flask import g, request
from flask_login import current_user

from ..audit_log import Actor
from ..settings import current_settings
from ..tenancy import Account
from .i18n import account_zone


def sends_token() -> bool:
    """Return whether the present request comes with an API token, be it a good one or not."""
    return request.authorization is not None and request.authorization.type == "bearer"


def acts_by_token() -> bool:
    """Return whether the present request acts by an API token that was found good, and by nothing else."""
    return "api_token_name" in g


def current_actor() -> Actor:
    """Return who makes the present request."""
    somebody = Actor(token=g.get("api_token_name", ""), address=(request.remote_addr or "")[:45])
    return somebody.known_as(current_user if current_user.is_authenticated else None)


def current_account() -> Account:
    """Return the account of the person who makes the present request."""
    return Account(current_user.account_id, account_zone(), current_settings().default_region)
