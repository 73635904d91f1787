"""What a view asks of, and tells, htmx 4 through its headers."""

from __future__ import annotations

import json
from urllib.parse import SplitResult, urlsplit

from flask import Response, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue


def is_by_htmx() -> bool:
    """Return whether htmx asks, for a fragment or for a page of which it shows a part: a page of errors has no such."""
    if request.headers.get("HX-History-Restore-Request") == "true":
        return False
    return request.headers.get("HX-Request") == "true"


def is_partial() -> bool:
    """Return whether htmx asks for a fragment rather than a page."""
    return is_by_htmx() and request.headers.get("HX-Request-Type") != "full"


def source() -> str:
    """Return which element htmx asks for, such as `section#messages`; empty where it is not htmx."""
    return request.headers.get("HX-Source", "")


def is_for_dialog() -> bool:
    """Return whether htmx asks for what a dialog shows, over a page that may have the same form."""
    return is_partial() and request.headers.get("HX-Target", "").endswith("#dialog")


def came_from() -> SplitResult:
    """Return the address of the page of ours that the request comes from; an empty one where that is not known."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return urlsplit("")
    return page if page.netloc == request.host else urlsplit("")


def way_back() -> str:
    """Return the address of the page of ours that the request comes from; empty where it cannot be opened again."""
    page, addresses = came_from(), current_app.create_url_adapter(request)
    if addresses is None or not addresses.test(page.path, "GET"):
        return ""
    return page._replace(scheme="", netloc="", fragment="").geturl()


def go_to(location: str) -> ResponseReturnValue:
    """Send the browser to another page: a redirect, or `HX-Redirect` for htmx."""
    return leave_for(location) if is_partial() else redirect(location)


def leave_for(location: str) -> ResponseReturnValue:
    """Send the browser itself to another page, whatever part of a page htmx asked for."""
    if not is_by_htmx():
        return redirect(location)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = location
    return response


def flash_and_go(message: str, location: str, category: str = "success") -> ResponseReturnValue:
    """Send the browser to another page, which says the message."""
    flash(message, category)
    return go_to(location)


def done(message: str, location: str, *fragments: str, level: str = "success") -> ResponseReturnValue:
    """Return a change that is made: a flash and a redirect, or for htmx the fragments that show it.

    Each fragment says where it goes by `<hx-partial hx-target=…>`; htmx's answer closes the dialog as well. `level` is
    how the message looks: `success`, or `warning` where something about the change is to be looked at.
    """
    if not is_partial():
        return flash_and_go(message, location, level)
    said = render_template("_flash_partial.html", messages=[(level, message)])
    response = make_response("".join(fragments) + said)
    response.headers["HX-Trigger"] = json.dumps({"dialog:close": {"target": "body"}})
    return response


def page_or_fragment(page: str, fragment: str, status: int = 200, /, **context: object) -> Response:
    """Render the fragment for htmx, or the page that includes it."""
    response = make_response(render_template(fragment if is_partial() else page, **context), status)
    response.vary.add("HX-Request")
    return response


def form_again(page: str, fragment: str, /, **context: object) -> Response:
    """Render a form with its errors: 422 for htmx, 200 for a browser and for the specification's clients."""
    return page_or_fragment(page, fragment, 422 if is_partial() else 200, **context)
