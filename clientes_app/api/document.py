"""The description of the JSON endpoints (OpenAPI 3.1)."""

from __future__ import annotations

from ..models import Alcance
from ..values.text import translatable
from .answers import SHARED
from .operations import CSRF, PATHS, SESSION, TOKEN
from .report_operations import SCHEMAS as REPORTS
from .schemas import SCHEMAS
from .shapes import Json

SCOPES = {
    Alcance.READ: translatable(
        "read the templates, how campaigns are going, and what people write back; find clients by filters"
    ),
    Alcance.CLIENTS: translatable("create clients"),
    Alcance.SALES: translatable("record sales"),
    Alcance.SEND: translatable("send campaigns"),
}

_ABOUT = translatable(
    "What a program can do with a shop's clients and campaigns. It sends an API token, which an admin of the shop "
    "makes under Ajustes, and acts for that admin. Everything is JSON in UTF-8; names are Spanish, "
    "sentences in errors Spanish or English."
)
_SCOPES = "; ".join(f"{scope}: {meaning}" for scope, meaning in SCOPES.items())

_SECURITY_SCHEMES: Json = {
    TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": f"An API token. Each endpoint needs one of its scopes. {_SCOPES}.",
    },
    SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": translatable(
            "The session of a person who has logged in; it does not count where a token is sent."
        ),
    },
    CSRF: {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": translatable("Beside a session, for what changes something: the value of the cookie csrftoken."),
    },
}


def describe() -> Json:
    """Return the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Clientes", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": PATHS,
        "components": {"securitySchemes": _SECURITY_SCHEMES, "schemas": SCHEMAS | REPORTS, "responses": SHARED},
    }
