"""The progress of what goes on by itself, for the page that shows it: streamed, or polled where there is no stream."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from flask_login import current_user

from ..extensions import db
from ..live import streams
from .htmx import is_partial
from .i18n import language


def streamed_progress(kind: str, watched_id: int, still_open: Callable[[], bool]) -> Response:
    """Stream the progress of one of a kind; where there are streams enough, answer once and let the page poll."""
    viewer = streams.Viewer(current_user.get_id() if is_partial() else None, language(), still_open)
    stream = streams.stream(kind, watched_id, viewer, _shown_phase())
    if stream is None:
        return polled_progress(kind, watched_id)
    db.session.remove()  # the stream outlives this view, and holds no connection
    return stream


def polled_progress(kind: str, watched_id: int) -> Response:
    """Return the progress of one of a kind at this moment; the events of a stream come along."""
    db.session.commit()  # the snapshot is read on a connection of its own, and a thread never holds two
    return streams.polled(kind, watched_id, _shown_phase())


def _shown_phase() -> str | None:
    """Return the phase that the page says it shows, where it says one."""
    return request.args.get("fase")
