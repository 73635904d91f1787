"""The wire format of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

HEARTBEAT = ":\n\n"


def event(data: str, name: str | None = None) -> str:
    """Write one event."""
    named = f"event: {name}\n" if name else ""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"{named}{lines}\n"


def stream(events: Iterator[str]) -> Response:
    """Return events as they come; nothing on the way may hold them back."""
    response = Response(events, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response
