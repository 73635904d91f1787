"""Browsers in which somebody has logged in before: a signed cookie says so, and gives no access."""

from __future__ import annotations

import secrets

from flask import Request, Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..settings import current_settings
from ..values.log_in_names import key_of

_COOKIE = "conocido"
_A_YEAR = 365 * 24 * 3600


def identify(request: Request, name: str) -> str | None:
    """Return the mark of a browser in which the person called `name` has logged in, or None."""
    try:
        return str(_signer(name).loads(request.cookies.get(_COOKIE, "")))
    except BadSignature:
        return None


def mark(response: Response, name: str) -> Response:
    """Let a browser be recognized when the same person comes back."""
    value = _signer(name).dumps(secrets.token_urlsafe(16))
    response.set_cookie(
        _COOKIE,
        str(value),
        max_age=_A_YEAR,
        path="/cuenta/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _signer(name: str) -> URLSafeSerializer:
    settings = current_settings()
    return URLSafeSerializer(
        [*settings.secret_key_fallbacks, settings.secret_key], salt=f"known browser of {key_of(name)}"
    )
