"""The wire format of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

HEARTBEAT = b":\n\n"


def event(data: str, name: str | None = None, *, last_id: str | None = None) -> bytes:
    """Write one event; who comes back after it says the `last_id`."""
    fields = "".join(f"{field}: {value}\n" for field, value in (("event", name), ("id", last_id)) if value)
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"{fields}{lines}\n".encode()


def retry(seconds: float) -> bytes:
    """Write a field that begins an event: so long after the end a page connects anew."""
    return f"retry: {seconds * 1_000:.0f}\n".encode()


def stream(events: Iterable[bytes]) -> Response:
    """Return events as they come; nothing on the way may hold them back."""
    response = Response(events, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store, no-transform"
    response.headers["X-Accel-Buffering"] = "no"
    return response
