"""Who may call a view, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, flash, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import ValidationError

from ..extensions import db
from ..live import sse
from ..live.feed import END_EVENT
from ..models import Usuario
from . import kept_forms
from .actor import acts_by_token, sends_token
from .csrf import csrf
from .error_pages import answer, despite_outage, speaks_json
from .htmx import is_by_htmx, is_partial, leave_for, way_back

View = TypeVar("View", bound=Callable[..., object])

CSRF_COOKIE = "csrftoken"
# Flask-Login's own note; it stays in the cookie when the session has ended, until that was said once.
_WHO_LOGGED_IN = "_user_id"

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Access(Enum):
    """Who may call a view."""

    ANYONE = "anyone"
    STAFF = "staff"
    SEND = "send"
    SELL = "sell"
    EDIT_CLIENTS = "edit_clients"
    ADMIN = "admin"


def access(who: Access) -> Callable[[View], View]:
    """Declare who may call the view; a view that declares nothing is refused to everybody."""
    return _declaring(access=who)


def json_view(view: View) -> View:
    """Declare that the view speaks JSON, its errors included."""
    return _declaring(speaks_json=True)(view)


def program_view(view: View) -> View:
    """Declare that the view is one of the API: it speaks JSON, and API tokens open it."""
    return json_view(_declaring(for_programs=True)(view))


def form_and_program_view(view: View) -> View:
    """Declare that programs call the view as forms do: API tokens open it, and who sends JSON is answered in JSON."""
    return _declaring(for_programs=True)(view)


def machine_view(view: View) -> View:
    """Declare that no browser calls the view: its answers carry no cookies."""
    return _declaring(for_machines=True, without_cookies=True)(view)


def own_token_view(view: View) -> View:
    """Declare that the view has a token of its own, which is none of the API's: it looks at that itself."""
    return _declaring(own_token=True)(view)


def kept_view(view: View) -> View:
    """Declare that browsers fetch the view to keep it: a cookie would come from before what people do meanwhile."""
    return _declaring(without_cookies=True)(view)


def stranger_view(view: View) -> View:
    """Declare that the view is for people who are no users: it neither reads a cookie nor sets one."""
    return _declaring(for_strangers=True, without_cookies=True)(view)


def by_itself(when: Callable[[], bool] = lambda: True) -> Callable[[View], View]:
    """Declare that pages fetch the view by themselves, always or in the cases said: nobody did that."""
    return _declaring(by_itself=when)


def stream_view(view: View) -> View:
    """Declare that the view streams what happens; pages fetch it by themselves."""
    return by_itself()(_declaring(streams=True)(view))


def leads_on(way: Callable[[], str | None]) -> Callable[[View], View]:
    """Declare that the view logs somebody in, and where to go instead with a token from before a log-in elsewhere."""
    return _declaring(way_on=way)


def secret_view(view: View) -> View:
    """Declare that the view shows a secret, such as a link or a code: its answers are not compressed."""
    return _declaring(shows_secret=True)(view)


def takes_uploads(most: int) -> Callable[[View], View]:
    """Declare that the view takes bodies of up to `most` bytes from those who may call it."""
    return _declaring(most_bytes=most)


def _declaring(**declared: object) -> Callable[[View], View]:
    """Return a decorator that leaves its declarations at the view, where each request looks for them."""

    def declare(view: View) -> View:
        vars(view).update(declared)
        return view

    return declare


def init_app(app: Flask) -> None:
    """Check access before each request and set the headers after it."""
    # First: looking for the token reads the whole body.
    app.before_request(_allow_upload)
    csrf.init_app(app)
    app.register_error_handler(CSRFError, despite_outage(_answer_csrf_error))
    app.before_request(_check_csrf)
    access(Access.ANYONE)(app.view_functions["static"])
    app.before_request(_check_access)
    app.after_request(_set_headers)
    app.after_request(_offer_csrf_token)


def is_safe_next(target: str) -> bool:
    """Return whether a `next` stays on this site."""
    # Browsers take a backslash for a slash, and leave out what cannot be seen.
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def _allow_upload() -> None:
    most = getattr(current_app.view_functions.get(request.endpoint or ""), "most_bytes", None)
    if most and current_user.is_authenticated and _declared_access() in _allowed_to(current_user):
        request.max_content_length = most


def _check_csrf() -> None:
    # It may take minutes until the body is here: the database's connections are few, and none is held meanwhile.
    db.session.commit()
    # No browser adds an API token by itself, and beside one the session of a cookie counts for nothing.
    if not acts_by_token():
        csrf.protect(apply_exemptions=True)


def _answer_csrf_error(_error: CSRFError) -> ResponseReturnValue:
    if way := _way_on():
        return leave_for(way)
    # With the session its token has ended as well; and who never had one is asked to log in before all else.
    if not (current_user.is_authenticated or _declared_access() is Access.ANYONE):
        return _ask_to_log_in()
    # It was opened before a log-in in another tab.
    if current_user.is_authenticated and (page := kept_forms.keep()):
        return answer(
            400, gettext("This page is from before you logged in. What you typed is kept: go back to it."), page
        )
    return answer(400, gettext("This page is out of date. Reload it and try again."))


def _way_on() -> str | None:
    """Return where a log-in leads whose token is old, because somebody has logged in meanwhile in another tab."""
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
    view = current_app.view_functions.get(request.endpoint or "")
    way: Callable[[], str | None] | None = getattr(view, "way_on", None)
    return way() if way and given and not speaks_json() else None


def _check_access() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # the routing error follows
    who = _declared_access()
    if who is Access.ANYONE:
        return None
    if not current_user.is_authenticated:
        return _ask_to_log_in()
    return None if who in _allowed_to(current_user) else abort(403)


def _declared_access() -> Access | None:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)


def _allowed_to(person: Usuario) -> set[Access]:
    rights = {
        Access.STAFF: True,
        Access.SEND: person.may_send,
        Access.SELL: person.may_sell,
        Access.EDIT_CLIENTS: person.may_edit_clients,
        Access.ADMIN: person.is_admin,
    }
    return {right for right, given in rights.items() if given}


def _ask_to_log_in() -> ResponseReturnValue:
    if speaks_json():
        return answer(401, gettext("Log in first."))
    if is_partial() and _declares("streams"):
        # A stream that comes back too late ends at once: the page then looks at what it watched, as below.
        return sse.stream(iter([sse.event("", END_EVENT)]))
    if request.method != "GET" and is_by_htmx():
        return answer(401, _log_in_beside())
    if request.method != "GET":
        return _log_in_with_what_was_typed()
    if session.pop(_WHO_LOGGED_IN, None):
        flash(gettext("Your session has ended. Log in again."), "danger")
    return leave_for(url_for("auth.log_in", next=_present_page() or None))


def _log_in_with_what_was_typed() -> ResponseReturnValue:
    page = kept_forms.keep()
    said = gettext("Your session has ended, and this was not done. Log in again.")
    if page:
        said = gettext("Your session has ended, and this was not done. What you typed comes back when you log in.")
    flash(said, "danger")
    return leave_for(url_for("auth.log_in", next=page or _present_page() or None))


def _log_in_beside() -> str:
    """Say how to go on beside what was typed, which stays: it can be sent again after a log-in in another tab."""
    said = gettext("Your session has ended, and this was not done. Log in in another tab, then try again here.")
    link = Markup('<a class="alert-link" href="{}" target="_blank">{}</a>')
    return Markup("{} {}").format(said, link.format(url_for("auth.log_in"), gettext("Log in")))


def _present_page() -> str:
    """Return the address of the page that the person sees or asks for; empty where it cannot be opened again."""
    if request.method == "GET" and not is_by_htmx():
        return request.full_path.rstrip("?")
    return way_back()


def _set_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    if not current_app.config["SESSION_COOKIE_SECURE"]:
        return response
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _offer_csrf_token(response: Response) -> Response:
    """Keep the readable cookie with a token that fits the session."""
    if request.endpoint == "static" or response.mimetype == "text/event-stream" or _declares("without_cookies"):
        return response
    if sends_token():
        return response
    if _token_is_valid(request.cookies.get(CSRF_COOKIE)):
        return response
    response.set_cookie(
        CSRF_COOKIE, generate_csrf(), samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    return response


def _declares(name: str) -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), name, False)


def _token_is_valid(token: str | None) -> bool:
    try:
        validate_csrf(token)
    except ValidationError:
        return False
    return True
