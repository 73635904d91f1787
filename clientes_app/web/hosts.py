"""Which host names the app answers to, and whose word counts about where a request comes from."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from ..config import Settings
from ..settings import current_settings

_HOME = (".localhost", ".local")


def init_app(app: Flask, settings: Settings) -> None:
    """Refuse other host names before anything else is done, and believe as many proxies as are said to be there."""
    app.before_request(_refuse_strange_host)
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]


def is_allowed(host: str, settings: Settings) -> bool:
    """Return whether the app answers to a host name, given with or without a port."""
    if host_is_trusted(host, settings.hosts):
        return True
    # In simulated mode a phone in the same network may look at the app by the machine's address. A page of
    # an attacker's cannot get there by a name of its own (DNS rebinding): only addresses and local names pass.
    return settings.simulated and (_is_private_address(host) or host_is_trusted(host, _HOME))


def _is_private_address(host: str) -> bool:
    try:
        address = ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return address.is_private or address.is_loopback


def _refuse_strange_host() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    # What watches the app calls it by an address; it gets no page, no link and no cookie.
    if getattr(view, "for_machines", False) or is_allowed(request.host, current_settings()):
        return None
    response = make_response("This host name is not allowed. ALLOWED_HOSTS names those that are.\n", 400)
    response.mimetype = "text/plain"
    return response
