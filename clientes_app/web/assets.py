"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

_FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Register `asset()` for templates and the caching of what it names."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_cache_hashed_files)


def asset(filename: str) -> str:
    """Return the address of a static file, with the hash of its content."""
    return url_for("static", filename=filename, v=_version(filename))


def _version(filename: str) -> str:
    return _content_hash(Path(str(current_app.static_folder)) / filename)


@cache
def _content_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _cache_hashed_files(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and _has_the_version_asked_for():
        response.headers["Cache-Control"] = _FOR_EVER
    return response


def _has_the_version_asked_for() -> bool:
    # Another machine, which has a newer program by now or none yet, may have written the page that asks.
    return "v" in request.args and request.args["v"] == _version((request.view_args or {})["filename"])
