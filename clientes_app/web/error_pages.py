"""The one place that turns an error into a page, a fragment or JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError, RequestTimeout

from ..database import outage
from ..errors import DiskFull, DomainError, FieldErrors, NotFound, ServiceUnavailable
from ..extensions import db, login_manager
from ..files import disk
from .actor import sends_token
from .htmx import is_by_htmx, way_back
from .kept_forms import resendable

log = logging.getLogger(__name__)

Error = TypeVar("Error", bound=Exception)
Handler = Callable[[Error], ResponseReturnValue]


class DatabaseAway(ServiceUnavailable):
    """The database does not answer, or takes nothing."""

    retry_after = outage.RETRY_SECONDS

    def __init__(self) -> None:
        sentences = [gettext("The database does not answer at this moment.")]
        if request.method not in ("GET", "HEAD"):
            sentences.append(gettext("What you sent may not be saved: look before you send it again."))
        super().__init__(" ".join(sentences))


# What each status says to a person: a title, and what to do next.
_EXPLANATIONS = {
    400: (lazy_gettext("That did not work"), lazy_gettext("Go back, reload the page and try again.")),
    401: (lazy_gettext("Log in first"), lazy_gettext("Your session has ended. Log in and try again.")),
    403: (lazy_gettext("You may not do this"), lazy_gettext("Ask the shop's administrator to do it.")),
    404: (
        lazy_gettext("We cannot find this page"),
        lazy_gettext("It may have been deleted. Check the address, or go to the start."),
    ),
    405: (lazy_gettext("That did not work"), lazy_gettext("Go back, reload the page and try again.")),
    408: (lazy_gettext("That took too long"), lazy_gettext("The connection is slow or broken. Try again.")),
    409: (lazy_gettext("That is not possible now"), lazy_gettext("Go back and look at what has changed.")),
    410: (lazy_gettext("This no longer works"), lazy_gettext("Ask the shop's administrator for another one.")),
    413: (
        lazy_gettext("Too much at once"),
        lazy_gettext("Send at most 1 MB at a time, 2 MB as JSON, or 100 MB as a list to import."),
    ),
    414: (lazy_gettext("Too much at once"), lazy_gettext("The address is too long. Choose less at a time.")),
    429: (lazy_gettext("Too many requests"), lazy_gettext("Wait a while and try again.")),
    431: (
        lazy_gettext("Too much at once"),
        lazy_gettext("Your browser sends too much. Delete its cookies and try again."),
    ),
    500: (
        lazy_gettext("Something broke"),
        lazy_gettext("It is our fault and has been noted. Try again in a minute."),
    ),
    503: (
        lazy_gettext("Not available now"),
        lazy_gettext("Try again in a minute, or tell the administrator."),
    ),
    507: (
        lazy_gettext("Not available now"),
        lazy_gettext("Try again in a minute, or tell the administrator."),
    ),
}


_MAY_PASS = (429, 500, 503, 507)
"""With these a page offers to send the same form again: nobody types it twice."""


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, despite_outage(_answer_domain_error))
    app.register_error_handler(FieldErrors, _answer_field_errors)
    for late in (StaleDataError, ObjectDeletedError):
        app.register_error_handler(late, despite_outage(_answer_late_change))
    app.register_error_handler(HTTPException, despite_outage(_answer_http_error))
    app.register_error_handler(ClientDisconnected, despite_outage(_answer_cut_off))
    app.register_error_handler(OSError, despite_outage(_answer_os_error))
    app.register_error_handler(Exception, despite_outage(_answer_crash))
    for database_error in outage.DATABASE_ERRORS:
        app.register_error_handler(database_error, _answer_database_error)


def speaks_json() -> bool:
    """Return whether the caller is a program: it has an API token, sent JSON, asks for it, or called a JSON view."""
    if _declares("speaks_json") or request.is_json or sends_token():
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def despite_outage(handler: Handler[Error]) -> Handler[Error]:
    """Let a handler of errors ask the database: where it is away, that is what is answered."""

    @wraps(handler)
    def answer_anyway(error: Error) -> ResponseReturnValue:
        try:
            return handler(error)
        except outage.DATABASE_ERRORS as outer:
            return _answer_database_error(outer)

    return answer_anyway


def answer(status: int, message: str, back: str | None = None) -> Response:
    """Return an error in the form that the caller reads; the frame of a page asks the database who that is.

    A page leads `back` to where the request came from, if to nowhere else.
    """
    if speaks_json():
        return make_response({"success": False, "error": message}, status)
    if _declares("for_machines"):
        return make_response("", status)
    return _fragment(status, message) if is_by_htmx() else _page(status, message, back or way_back())


def _declares(name: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, name, False))


def _fragment(status: int, message: str) -> Response:
    # The fragment goes to the frame's live region, so what was typed stays where it is.
    fragment = make_response(render_template("_flash.html", messages=[("danger", message)]), status)
    fragment.headers["HX-Retarget"] = "#flashes"
    fragment.headers["HX-Reswap"] = "innerHTML"
    fragment.headers["HX-Reselect"] = ".flashes"  # in place of the part that was asked for
    return fragment


def _page(status: int, message: str, back: str) -> Response:
    title, advice = _EXPLANATIONS.get(status, _EXPLANATIONS[400])
    again = resendable() if status in _MAY_PASS else None
    # Of a page that is not there nothing more is known.
    told = title if status == 404 else message
    said = {"title": title, "message": told, "advice": advice, "back": back, "again": again}
    return make_response(render_template("error.html", status=status, **said), status)


def _answer_database_error(error: Exception) -> Response:
    """Return an outage without asking the database anything more; any other error of it is our fault."""
    if not outage.is_outage(error):
        return _answer_crash(error)
    outage.note(error)
    _draw_for_nobody()
    return _answer_domain_error(DatabaseAway())


def _draw_for_nobody() -> None:
    """Let the frame be drawn as for somebody who is not logged in; the browser's session stays as it is."""
    db.session.rollback()
    g._login_user = login_manager.anonymous_user()  # Flask-Login's own note of who it is


def _answer_domain_error(error: DomainError) -> Response:
    response = answer(error.status, error.message)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _answer_field_errors(error: FieldErrors) -> ResponseReturnValue:
    return {"success": False, "errors": error.errors}, error.status


def _answer_late_change(_error: StaleDataError) -> ResponseReturnValue:
    """Refuse to change a row that somebody else deleted after it was read."""
    return _answer_domain_error(NotFound())


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    return error if error.code is None or error.code < 400 else _explain(error)


def _explain(error: HTTPException) -> Response:
    status = error.code or 500
    title, advice = _EXPLANATIONS.get(status, _EXPLANATIONS[400])
    response = answer(status, f"{title}. {advice}" if speaks_json() or is_by_htmx() else str(title))
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _answer_cut_off(_error: ClientDisconnected) -> ResponseReturnValue:
    return _answer_http_error(RequestTimeout())


def _answer_os_error(error: OSError) -> ResponseReturnValue:
    if not disk.is_full(error):
        return _answer_crash(error)
    log.error("the disk is full: %s %s", request.method, request.url_rule)
    return _answer_domain_error(DiskFull(gettext(disk.DISK_FULL)))


def _answer_crash(_error: Exception) -> Response:
    log.exception("request failed: %s %s", request.method, request.url_rule)
    db.session.rollback()
    return _explain(InternalServerError())
