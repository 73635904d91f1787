"""The page of a message's way out. Programs look at every link, so looking changes nothing.

No other page answers below `/b/`, and none with cookies.
"""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute

from ...settings import current_settings
from ...web import throttling
from ...web.access import Access, access, stranger_view
from . import bp, services

MISSES = RateLimitItemPerMinute(30, 1, "unknown way out")
"""Of one address. Codes that there are do not count: the customers of an operator may share one."""

_MAY_FOLLOW = "/.,;:!?)]}>»”\"' \t\r\n\u00a0"
_ALLOWED = ("GET", "HEAD", "POST")
_REFUSED = ("PUT", "PATCH", "DELETE", "OPTIONS")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


@bp.get("", defaults={"code": ""}, strict_slashes=False, provide_automatic_options=False)
@bp.get("/<rest:code>", provide_automatic_options=False)
@access(Access.ANYONE)
@stranger_view
def show(code: str) -> ResponseReturnValue:
    """Show who writes to whom, and the one button."""
    found = services.find_addressee(_cleaned(code), current_settings().default_region)
    return _missed() if found is None else _page(to=found)


@bp.post("", defaults={"code": ""}, strict_slashes=False, provide_automatic_options=False)
@bp.post("/<rest:code>", provide_automatic_options=False)
@access(Access.ANYONE)
@stranger_view
def press(code: str) -> ResponseReturnValue:
    """Opt out, or undo it, and say how it stands now."""
    code, region = _cleaned(code), current_settings().default_region
    undoes, before = "deshacer" in request.form, None
    if undoes:
        services.undo(code, region)
    else:
        before = services.opt_out(code, region)
    now = services.find_addressee(code, region)
    if now is None:
        return _missed()
    stood_already = undoes or (before is not None and before.origin is not None)
    return _page(to=now, undone=undoes, stood_already=stood_already)


@bp.route("", methods=_REFUSED, defaults={"code": ""}, strict_slashes=False, provide_automatic_options=False)
@bp.route("/<rest:code>", methods=_REFUSED, provide_automatic_options=False)
@access(Access.ANYONE)
@stranger_view
def refuse(**_address: str) -> ResponseReturnValue:
    """Refuse what is neither a look nor a press."""
    response = _failed(405)
    response.headers["Allow"] = ", ".join(_ALLOWED)
    return response


def _cleaned(code: str) -> str:
    """Return a code without what a phone may have taken for a part of the address."""
    return code.rstrip(_MAY_FOLLOW)


def _missed() -> Response:
    address = request.remote_addr or ""
    if throttling.take(MISSES, address):
        return _failed(404)
    response = _failed(429)
    response.headers["Retry-After"] = str(throttling.seconds_left(MISSES, address))
    return response


def _page(**shown: object) -> Response:
    return _with_headers(make_response(render_template("way_out/page.html", **shown)))


def _failed(status: int) -> Response:
    return _with_headers(make_response(render_template("way_out/failed.html", status=status), status))


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
