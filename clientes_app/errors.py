"""Domain errors, and the one place that turns an error into a page, a fragment or JSON."""

from __future__ import annotations

import logging

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import ClientDisconnected, HTTPException, InternalServerError, RequestTimeout

from . import disk
from .actor import sends_token
from .extensions import db
from .htmx import is_partial, way_back

log = logging.getLogger(__name__)


class DomainError(Exception):
    """What a service refuses, said in a sentence for the person who asked."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FieldErrors(DomainError):
    """Fields of a JSON request have values that they do not take."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(gettext("Some fields are not right."))
        self.errors = errors


class Forbidden(DomainError):
    """Somebody else may do it."""

    status = 403


class NotFound(DomainError):
    """The row does not exist, or belongs to another account: nobody learns which."""

    status = 404

    def __init__(self) -> None:
        super().__init__(gettext("This does not exist, or no longer does."))


class Conflict(DomainError):
    """The state of things does not allow it."""

    status = 409


class Gone(DomainError):
    """What was here once is used up."""

    status = 410


class ServiceUnavailable(DomainError):
    """Something that the operator must set up is missing."""

    status = 503


class DiskFull(DomainError):
    """The disk takes no more."""

    status = 507


# What each status says to a person: a title, and what to do next.
_EXPLANATIONS = {
    400: (lazy_gettext("That did not work"), lazy_gettext("Go back, reload the page and try again.")),
    401: (lazy_gettext("Log in first"), lazy_gettext("Your session has ended. Log in and try again.")),
    403: (lazy_gettext("You may not do this"), lazy_gettext("Ask the shop's administrator to do it.")),
    404: (
        lazy_gettext("Not found"),
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
    429: (lazy_gettext("Too many requests"), lazy_gettext("Wait a minute and try again.")),
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


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(DomainError, _answer_domain_error)
    app.register_error_handler(FieldErrors, _answer_field_errors)
    app.register_error_handler(StaleDataError, _answer_late_change)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(ClientDisconnected, _answer_cut_off)
    app.register_error_handler(OSError, _answer_os_error)
    app.register_error_handler(Exception, _answer_crash)


def speaks_json() -> bool:
    """Tell whether the caller is a program: it has an API token, sent JSON, asks for it, or called a JSON view."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "speaks_json", False) or request.is_json or sends_token():
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def answer(status: int, message: str) -> ResponseReturnValue:
    """Answer an error in the form that the caller reads."""
    if speaks_json():
        return {"success": False, "error": message}, status
    if is_partial():
        # The fragment goes to the frame's live region, so what was typed stays where it is.
        fragment = make_response(render_template("_flash.html", messages=[("danger", message)]), status)
        fragment.headers["HX-Retarget"] = "#flashes"
        fragment.headers["HX-Reswap"] = "innerHTML"
        return fragment
    title, advice = _EXPLANATIONS.get(status, _EXPLANATIONS[400])
    said = {"title": title, "message": message, "advice": advice, "back": way_back()}
    return render_template("error.html", status=status, **said), status


def _answer_domain_error(error: DomainError) -> ResponseReturnValue:
    return answer(error.status, error.message)


def _answer_field_errors(error: FieldErrors) -> ResponseReturnValue:
    return {"success": False, "errors": error.errors}, error.status


def _answer_late_change(_error: StaleDataError) -> ResponseReturnValue:
    """Refuse to change a row that somebody else deleted after it was read."""
    return _answer_domain_error(NotFound())


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    title, advice = _EXPLANATIONS.get(error.code, _EXPLANATIONS[400])
    response = make_response(answer(error.code, f"{title}. {advice}" if speaks_json() or is_partial() else str(title)))
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


def _answer_crash(_error: Exception) -> ResponseReturnValue:
    log.exception("request failed: %s %s", request.method, request.url_rule)
    db.session.rollback()
    return _answer_http_error(InternalServerError())
