"""Who watches: streams of what is watched, how many there may be, and what those get for whom there is none."""

from __future__ import annotations

import resource
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import cast

from flask import Flask, Response, current_app, render_template, request

from ..serving.client_socket import ClientSocket
from ..settings import current_settings
from . import sse
from .feed import Feeds, OpenAmong
from .looks import Read
from .viewers import HeldByThread, OwnConnection, Viewer

_KEY = "clientes.live"

# A browser opens six connections to a host (HTTP/1.1): streams must leave some for its clicks.
STREAMS_OF_A_BROWSER = 4
AGAIN_SECONDS = 3.0
"""How long after its answer a page comes back for which there is no stream."""
_RETURNS_AT_THAT_PACE = 150
SHARED_SECONDS = 1.5
"""How old a look may be that it is shown then: it began after the page's last one."""


class Places:
    """Which streams there are, or other requests that last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[int | None] = Counter()

    def take(self, browser: int | None, most: int) -> Callable[[], None] | None:
        """Take one of `most` places, for a browser's session or a program; return what gives it back, or None."""
        with self._lock:
            if self._taken.total() >= most or (browser and self._taken[browser] >= STREAMS_OF_A_BROWSER):
                return None
            self._taken[browser] += 1
        return partial(self._give_back, browser)

    def _give_back(self, browser: int | None) -> None:
        with self._lock:
            self._taken[browser] -= 1
            if not self._taken[browser]:
                del self._taken[browser]


class Returns:
    """How soon those come back for whom there is no stream: the later the more they are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lately: deque[float] = deque()

    def seconds(self) -> float:
        """Return after how many seconds the one comes back who is answered now."""
        now = time.monotonic()
        with self._lock:
            self._lately.append(now)
            while self._lately[0] < now - AGAIN_SECONDS:
                self._lately.popleft()
            return AGAIN_SECONDS * max(1.0, len(self._lately) / _RETURNS_AT_THAT_PACE)


class Live:
    """The feeds of one app by the kind of what they show, and who holds a place."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feeds] = {}
        self.streams = Places()
        self.held_threads = Places()
        self.returns = Returns()


@dataclass(frozen=True)
class Watcher:
    """Who asks for a stream."""

    browser: int | None
    """Names the session of a browser; a program has none, and no limit of its own."""
    language: str
    session: int | None
    """The stream ends soon after it; a program has none."""
    phase: str | None
    """What the page shows, where it says so."""
    comes_back: bool
    """Whether they have watched before."""


def stream(kind: str, watched_id: int, watcher: Watcher) -> Response:
    """Return the progress of one of a kind as it happens; beyond the last stream, as it is and when to come back."""
    live, settings = _live(current_app), current_settings()
    connection = _own_connection()
    if connection:
        leave = live.streams.take(watcher.browser, min(settings.most_streams, _most_open_files() // 2))
    else:
        leave = live.held_threads.take(watcher.browser, settings.most_held_threads)
    feeds = live.feeds[kind]
    if leave is None:
        return _once(feeds, watched_id, watcher, live.returns.seconds())
    if connection:
        return sse.stream(_HandedOver(connection, feeds, watched_id, watcher, leave))
    held = HeldByThread()
    response = sse.stream(feeds.events(watched_id, _viewer(watcher, held), held))
    response.call_on_close(leave)
    return response


@contextmanager
def waiting() -> Iterator[bool]:
    """Count a request that waits among those that hold a thread; give whether there is room for it to wait at all."""
    leave = _live(current_app).held_threads.take(None, current_settings().most_held_threads)
    try:
        yield leave is not None
    finally:
        if leave:
            leave()


def offer(app: Flask, kind: str, read: Read, template: str, open_among: OpenAmong) -> None:
    """Offer the progress of a kind: how a snapshot is read, and the fragment that shows it as `progress`.

    `open_among` tells which of some sessions go on.
    """
    _live(app).feeds[kind] = Feeds(read, partial(_render, app, template), open_among)


def close(app: Flask) -> None:
    """Begin to end the app's streams: it is about to stop."""
    for feeds in _live(app).feeds.values():
        feeds.close()


def finish(app: Flask) -> None:
    """Wait until they have ended."""
    for feeds in _live(app).feeds.values():
        feeds.wait_until_closed()


class _HandedOver:
    """A stream's first sign of life, sent by the request's thread; then its connection belongs to the feed."""

    def __init__(
        self, connection: ClientSocket, feeds: Feeds, watched_id: int, watcher: Watcher, leave: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._feeds = feeds
        self._watched_id = watched_id
        self._watcher = watcher
        self._leave = leave
        self._is_handed_over = False
        self._chunked = request.environ["SERVER_PROTOCOL"] == "HTTP/1.1"

    def __iter__(self) -> Iterator[bytes]:
        """Begin the stream."""
        self._connection.ends_with_answer = True
        yield sse.HEARTBEAT
        way = OwnConnection(self._connection.give_away(), chunked=self._chunked)
        self._is_handed_over = True
        self._feeds.join(self._watched_id, _viewer(self._watcher, way), self._leave)

    def close(self) -> None:
        """Give the place back where the client had left before."""
        if not self._is_handed_over:
            self._leave()


def _once(feeds: Feeds, watched_id: int, watcher: Watcher, again: float) -> Response:
    since = time.monotonic() - (SHARED_SECONDS if watcher.comes_back else 0.0)
    return sse.stream([feeds.once(watched_id, watcher.language, watcher.phase, since, again)])


def _own_connection() -> ClientSocket | None:
    """Return the connection of the request where the server gives it away."""
    sock = request.environ.get("gunicorn.socket")
    whole = request.method == "GET" and request.environ["SERVER_PROTOCOL"] in ("HTTP/1.0", "HTTP/1.1")
    return sock if whole and isinstance(sock, ClientSocket) else None


def _most_open_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _viewer(watcher: Watcher, way: HeldByThread | OwnConnection) -> Viewer:
    return Viewer(way, watcher.language, watcher.phase, watcher.session)


def _live(app: Flask) -> Live:
    return cast(Live, app.extensions.setdefault(_KEY, Live()))


def _render(app: Flask, template: str, progress: object, language: str) -> str:
    # A request of nobody's: the fragment holds nothing of its viewer but the language.
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template(template, progress=progress)
