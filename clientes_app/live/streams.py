"""What holds a thread for long: live streams and requests that wait; how many there may be, and the streams' end."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from flask import Flask, Response, current_app, make_response, render_template

from ..settings import current_settings
from . import sse
from .feed import END_EVENT, Feeds, Read, news

_KEY = "clientes.live"

# A browser opens six connections to a host (HTTP/1.1): streams must leave some for its clicks.
STREAMS_OF_A_VIEWER = 4
SESSION_CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class Kind:
    """A kind of progress: how its snapshot is read, the fragment that shows it, and its feeds."""

    read: Read
    template: str
    feeds: Feeds


class Live:
    """The kinds of progress of one app, and who may watch them."""

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self._lock = threading.Lock()
        self._streams: Counter[str | None] = Counter()

    def enter(self, viewer: str | None, most: int) -> bool:
        """Count one more; return whether it is allowed, for a browser's viewer and of `most` in all."""
        with self._lock:
            if self._streams.total() >= most:
                return False
            if viewer is not None and self._streams[viewer] >= STREAMS_OF_A_VIEWER:
                return False
            self._streams[viewer] += 1
            return True

    def leave(self, viewer: str | None) -> None:
        """Count one stream less."""
        with self._lock:
            self._streams[viewer] -= 1
            if not self._streams[viewer]:
                del self._streams[viewer]


@dataclass(frozen=True)
class Viewer:
    """Who watches a stream."""

    log_in: str | None
    """Names the log-in of a browser; a program has none, and no limit of its own."""
    language: str
    still_open: Callable[[], bool]
    """Tells whether the session goes on that the stream was asked for with; the stream ends soon after it."""


def stream(kind: str, watched_id: int, viewer: Viewer, phase: str | None = None) -> Response | None:
    """Return the progress of one of a kind as it happens, or None where there are streams enough.

    `phase` is the one that the page shows.
    """
    live = _live(current_app)
    if not live.enter(viewer.log_in, current_settings().max_streams):
        return None
    events = live.kinds[kind].feeds.events(watched_id, viewer.language, phase)
    response = sse.stream(_while_open(events, viewer.still_open))
    response.call_on_close(partial(live.leave, viewer.log_in))
    return response


def polled(kind: str, watched_id: int, phase: str | None = None) -> Response:
    """Return the progress of one of a kind at this moment, for a page that has no stream and polls.

    The event that a stream would send comes along as htmx's trigger; `phase` is the one that the page shows.
    """
    shown = _live(current_app).kinds[kind]
    progress = shown.read(watched_id)
    response = make_response(render_template(shown.template, progress=progress, polling=True))
    if told := news(progress, phase):
        response.headers["HX-Trigger"] = json.dumps({told: {"target": "#live"}})
    return response


@contextmanager
def waiting() -> Iterator[bool]:
    """Count a request that waits among the streams while it does; give whether there is room for it to wait at all."""
    live = _live(current_app)
    room = live.enter(None, current_settings().max_streams)
    try:
        yield room
    finally:
        if room:
            live.leave(None)


def offer(app: Flask, kind: str, read: Read, template: str) -> None:
    """Offer the progress of a kind: how a snapshot is read, and the fragment that shows it as `progress`."""
    _live(app).kinds[kind] = Kind(read, template, Feeds(read, partial(_render, app, template)))


def close(app: Flask) -> None:
    """End the app's streams: it is about to stop."""
    for kind in _live(app).kinds.values():
        kind.feeds.close()


def _while_open(events: Generator[str], still_open: Callable[[], bool]) -> Iterator[str]:
    """Pass on the events, of which there is one at each heartbeat at least, until the session has ended."""
    looked = time.monotonic()
    with closing(events):
        for event in events:
            yield event
            if time.monotonic() - looked < SESSION_CHECK_SECONDS:
                continue
            if not still_open():
                # The page looks again at what it watched, and is led to the log-in.
                yield sse.event("", END_EVENT)
                return
            looked = time.monotonic()


def _live(app: Flask) -> Live:
    return cast(Live, app.extensions.setdefault(_KEY, Live()))


def _render(app: Flask, template: str, progress: object, language: str) -> str:
    # A request of nobody's: the fragment holds nothing of its viewer but the language.
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template(template, progress=progress, polling=False)
