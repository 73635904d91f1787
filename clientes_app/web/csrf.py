"""CSRF tokens in pages are masked anew for each answer, so that compressed pages do not give them away (BREACH).

How well a page is compressed depends on what is in it twice. Whoever can put text into somebody's page again and again,
and see its length, finds a token that stays the same letter by letter. A masked one is a random pad and the token
combined with it: no two answers have it in common.

The token of a session that a person has opened names the person: so a page tells whose it was when it was made.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from flask import Flask, current_app, g, session
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

LONGEST_TOKEN = 1_000


class MaskedCSRF(CSRFProtect):
    """Takes tokens masked, as pages hold them, and as they are, as the cookie `csrftoken` holds them."""

    def init_app(self, app: Flask) -> None:
        """Let templates have the masked token."""
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return token and unmask(token)


csrf = MaskedCSRF()


def masked_token() -> str:
    """Return the token of the present session, with one mask for all the forms of an answer."""
    if "masked_csrf_token" not in g:
        g.masked_csrf_token = mask(generate_csrf())
    return str(g.masked_csrf_token)


def begin_token(person_id: int) -> None:
    """Give a session that begins its token, which names the person."""
    session[current_app.config["WTF_CSRF_FIELD_NAME"]] = f"{secrets.token_hex(20)}-{person_id}"


def whose(token: str) -> str:
    """Return the id of the person in whose session this site made the token; empty where it did not, or for nobody."""
    signer = URLSafeTimedSerializer(current_app.config["WTF_CSRF_SECRET_KEY"], salt="wtf-csrf-token")
    try:
        return str(signer.loads(unmask(token))).partition("-")[2]
    except BadData:
        return ""


def mask(token: str) -> str:
    """Return the token under a new mask."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + _combined(pad, plain)).decode()


def unmask(token: str) -> str:
    """Return the token under a mask; what has none, or makes no sense, as it is."""
    # A token of its own has dots, which a mask never has.
    if "." in token or len(token) > LONGEST_TOKEN:
        return token
    try:
        masked = base64.b64decode(token, altchars=b"-_", validate=True)
        half = len(masked) // 2
        return _combined(masked[:half], masked[half:]).decode()
    except (binascii.Error, ValueError):
        return token


def _combined(pad: bytes, data: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(pad, data, strict=True))
