"""API tokens for tests."""

from __future__ import annotations

from flask import Flask

from clientes_app.audit_log import Actor
from clientes_app.models import Alcance
from clientes_app.tokens import services


def make_token(app: Flask, account_id: int, *scopes: Alcance, name: str = "Prueba") -> str:
    """Make a token of the account's admin, with the scope to read if no other; answer its secret."""
    with app.app_context():
        return services.create_token(account_id, name, scopes or (Alcance.READ,), by=Actor(account_id)).secret


def bearer(secret: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {secret}"}
