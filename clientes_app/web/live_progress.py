"""The progress of what goes on by itself, for the page that shows it."""

from __future__ import annotations

from flask import Response, request

from ..extensions import db
from ..live import streams
from .htmx import is_partial
from .i18n import language


def streamed_progress(kind: str, watched_id: int, session_id: int | None) -> Response:
    """Stream the progress of one of a kind to the session that the request came with."""
    shown = request.args.get("fase")
    # Who comes back says what the last event was of, which is what the page shows by now.
    last = request.headers.get("Last-Event-ID")
    browser = session_id if is_partial() else None
    watcher = streams.Watcher(browser, language(), session_id, shown and (last or shown), comes_back=bool(last))
    db.session.remove()  # the stream outlives this view, and holds no connection
    return streams.stream(kind, watched_id, watcher)
