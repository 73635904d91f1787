"""Requests that come with `Authorization: Bearer`: whose token it is, and whether it opens what is called.

Beside a token the session of a cookie counts for nothing: what such a request does, it does by the token alone.
"""

from __future__ import annotations

from flask import Flask, Request, Response, current_app, g, make_response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from limits import RateLimitItemPerMinute

from ..extensions import login_manager
from ..models import Alcance, TokenDeApi, Usuario
from ..settings import current_settings
from ..web import throttling
from ..web.access import Access
from ..web.actor import sends_token
from ..web.error_pages import answer
from . import services

FAILURES = RateLimitItemPerMinute(60, 1, "failed token")

# What a token needs for a view. No token opens what is not named here, such as an admin's work.
SCOPES = {
    Access.STAFF: Alcance.READ,
    Access.EDIT_CLIENTS: Alcance.CLIENTS,
    Access.SELL: Alcance.SALES,
    Access.SEND: Alcance.SEND,
}


class BrowserSessions(SecureCookieSessionInterface):
    """Sessions for requests without a token; one with a token has none, neither to read nor to write."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, or None."""
        return None if sends_token() else super().open_session(app, request)


def init_app(app: Flask) -> None:
    """Look at the token of each request that has one, before anybody asks who calls."""
    app.session_interface = BrowserSessions()
    login_manager.request_loader(load_maker)
    app.before_request(_use_token)
    app.after_request(_keep_from_caches)
    app.after_request(_ask_for_token)


def load_maker(_request: Request) -> Usuario | None:
    """Return the admin who made the token of the present request."""
    token: TokenDeApi | None = g.get("api_token")
    return token.creado_por if token else None


def _use_token() -> ResponseReturnValue | None:
    if not sends_token() or _has_own_token():
        return None
    secret = (request.authorization and request.authorization.token) or ""
    token = services.find_working(secret, sample_people=current_settings().simulated)
    if token is None:
        return _refuse_token()
    g.api_token, g.api_token_name = token, token.nombre
    return _refuse_view(token) if request.endpoint else None


def _has_own_token() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "own_token", False)


def _refuse_token() -> ResponseReturnValue:
    # Only failures count: nobody keeps others at the same address out by sending rubbish.
    if not throttling.take(FAILURES, request.remote_addr or ""):
        return _refusal(429, gettext("Too many requests with a token that is not valid. Wait a minute."))
    return _refusal(401, gettext("This token is not valid: it is unknown or revoked."), 'error="invalid_token"')


def _refuse_view(token: TokenDeApi) -> ResponseReturnValue | None:
    """Return a refusal where the token does not open the view that is called; else note that it was used."""
    view = current_app.view_functions[request.endpoint or ""]
    if not getattr(view, "for_programs", False):
        return _refusal(403, gettext("A token opens the endpoints of the API only; this is none of them."))
    who = getattr(view, "access", None)
    needed = SCOPES.get(who) if who else None
    if who is not Access.ANYONE and needed is None:
        return _refusal(403, gettext("No token may do this."))
    if needed and needed not in token.alcances.split():
        said = gettext("This needs a token with the scope %(scope)s.", scope=needed.value)
        return _refusal(403, said, f'error="insufficient_scope", scope="{needed.value}"')
    services.note_use(token)
    return None


def _refusal(status: int, message: str, challenge: str = "") -> ResponseReturnValue:
    response = make_response(answer(status, message))
    if challenge:
        response.headers["WWW-Authenticate"] = f"Bearer {challenge}"
    if status == 429:
        response.headers["Retry-After"] = str(FAILURES.get_expiry())
    return response


def _keep_from_caches(response: Response) -> Response:
    if sends_token():
        response.vary.update(("Authorization", "Cookie"))
        response.headers["Cache-Control"] = "no-store"
    return response


def _ask_for_token(response: Response) -> Response:
    if response.status_code == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response
