"""Who acts at this moment, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, has_request_context, request
from flask_login import current_user

from ..models import Usuario


@dataclass(frozen=True)
class Actor:
    """Who acts; nobody we know where the command line does."""

    person: Usuario | None = None
    address: str = ""
    token: str = ""
    """The name of the API token, where a program acts with one."""


def sends_token() -> bool:
    """Return whether the present request comes with an API token, be it a good one or not."""
    return request.authorization is not None and request.authorization.type == "bearer"


def acts_by_token() -> bool:
    """Return whether the present request acts by an API token that was found good, and by nothing else."""
    return "api_token_name" in g


def current_actor() -> Actor:
    """Return who makes the present request."""
    if not has_request_context():
        return Actor()
    person = current_user if current_user.is_authenticated else None
    return Actor(person, (request.remote_addr or "")[:45], g.get("api_token_name", ""))
