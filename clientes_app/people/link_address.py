"""The address of a one-time link, for the page and for the command line."""

from __future__ import annotations

from flask import current_app, has_request_context, request, url_for

from ..settings import current_settings


def link_address(secret: str) -> str:
    """Return the whole address of a link: where the site says that it is, else where this request found it."""
    if not has_request_context():
        return _local_address(secret)
    site = current_settings().public_base_url or request.host_url.rstrip("/")
    return site + url_for("people.show_link", secret=secret)


def _local_address(secret: str) -> str:
    local = f"http://127.0.0.1:{current_settings().port}"
    with current_app.test_request_context(base_url=local):
        return link_address(secret)
