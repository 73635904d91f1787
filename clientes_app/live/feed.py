"""Live progress for many viewers: one thread for each watched thing of this process.

It looks while somebody watches, the more seldom the more there are, and sends what has changed to all of them. A
viewer costs no queries: whether their sessions go on is asked of all together, now and then.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Generator
from contextlib import suppress
from functools import partial
from typing import Any

import uvloop

from ..database import outage
from . import sse
from .looks import Look, Looks, Read, Snapshot, Watched
from .viewers import HeldByThread, Viewer

LOOK_SECONDS = 0.4
LONGEST_LOOK_SECONDS = 3.0
LOOK_SECONDS_A_VIEWER = 0.003
HEARTBEAT_SECONDS = 10.0
SESSION_CHECK_SECONDS = 5.0
RETRY_SECONDS = 0.5
"""How long after the end of a stream its page connects anew."""
PATIENCE_SECONDS = 20.0
"""How long a viewer may take for what was sent."""
PARTING_SECONDS = 1.0
_PARTING_LOOK_SECONDS = 0.05
# A page that hears news asks for some of its parts, and one that comes back for a stream: not all at once.
NEWS_A_SECOND = 25
RETURNS_A_SECOND = 100
END_EVENT = "end"
STATE_EVENT = "state"
"""Tells a page that shows another phase than the present one."""
STOP_EVENT = "stop"
"""The server stops: the page connects anew."""

# What writes a snapshot in a language, and what tells which sessions of some go on.
Render = Callable[[Any, str], str]
OpenAmong = Callable[[Collection[int]], Collection[int]]


def news(progress: Snapshot, phase: str | None) -> str | None:
    """Return the event that a page must hear, or None.

    The end is for every page; a change of phase only for one that says which phase it shows.
    """
    if progress.ended:
        return END_EVENT
    return STATE_EVENT if phase is not None and progress.phase != phase else None


def seconds_between_looks(viewers: int) -> float:
    """Return how long it takes until so many viewers are shown what has changed."""
    return min(LONGEST_LOOK_SECONDS, max(LOOK_SECONDS, LOOK_SECONDS_A_VIEWER * viewers))


class Feeds:
    """The feeds of a process."""

    def __init__(self, read: Read, render: Render, open_among: OpenAmong = lambda sessions: sessions) -> None:
        self._looks = Looks(read, partial(_event, render))
        self._open_among = open_among
        self._lock = threading.Lock()
        self._feeds: dict[int, _Feed] = {}
        self._closing = False

    def close(self) -> None:
        """Begin to end every stream: the process is about to stop. A signal handler may call it."""
        self._closing = True
        for feed in tuple(self._feeds.values()):
            feed.stop()

    def wait_until_closed(self) -> None:
        """Wait until all viewers have heard goodbye, or might have."""
        for feed in tuple(self._feeds.values()):
            feed.wait_until_left()

    def once(self, watched_id: int, language: str, phase: str | None, since: float, again: float) -> bytes:
        """Return what one is told who comes back after so many seconds, by a look that began at `since` or later."""
        watched = self._looks.of(watched_id)
        look = watched.look(since)
        told = news(look.progress, phase)
        return sse.retry(again) + watched.drawn(look, language) + (sse.event("", told) if told else b"")

    def events(self, watched_id: int, viewer: Viewer, held: HeldByThread) -> Generator[bytes]:
        """Return a viewer's events, for a thread to send, until what they watch has ended."""
        yield sse.HEARTBEAT
        feed = self.join(watched_id, viewer)
        try:
            yield from held.events()
        finally:
            with self._lock:
                feed.drop(viewer)

    def join(self, watched_id: int, viewer: Viewer, left: Callable[[], None] = lambda: None) -> _Feed:
        """Let a viewer watch; `left` is called when they have left."""
        with self._lock:
            feed = self._feeds.get(watched_id)
            if feed is None:
                feed = _Feed(self._looks.of(watched_id), self._open_among, partial(self._forget_if_left, watched_id))
                self._feeds[watched_id] = feed
            feed.join(viewer, left)
            if self._closing:
                feed.stop()
            return feed

    def _forget_if_left(self, watched_id: int, feed: _Feed) -> bool:
        """Return whether nobody watches any more; then nobody will."""
        with self._lock:
            if feed.viewers:
                return False
            if self._feeds.get(watched_id) is feed:
                del self._feeds[watched_id]
            return True


class _Feed:
    """One watched thing and its viewers; all happens in its own thread, but for what comes in from outside."""

    def __init__(self, watched: Watched, open_among: OpenAmong, is_left: Callable[[_Feed], bool]) -> None:
        self.viewers: dict[Viewer, Callable[[], None]] = {}
        self._watched = watched
        self._open_among = open_among
        self._is_left = is_left
        self._loop = uvloop.new_event_loop()
        self._stopping = False
        self._awake = asyncio.Event()
        self._checked = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def join(self, viewer: Viewer, left: Callable[[], None]) -> None:
        """Let a viewer in, from another thread."""
        self.viewers[viewer] = left
        self._ask_for(self._begin(viewer))
        if not self._thread.ident:
            self._thread.start()

    def drop(self, viewer: Viewer) -> None:
        """End a viewer's stream from another thread, unless it has ended."""
        if viewer in self.viewers:
            self._ask_for(_cut(viewer))

    def stop(self) -> None:
        """Say goodbye to everybody, from another thread."""
        self._stopping = True
        with suppress(RuntimeError):  # it has just ended by itself
            self._loop.call_soon_threadsafe(self._awake.set)

    def wait_until_left(self) -> None:
        """Wait until everybody has heard goodbye, or might have."""
        self._thread.join(2 * PARTING_SECONDS)

    def _ask_for(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(task, self._loop)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        try:
            while not (self._stopping or self._is_left(self)):
                # While the database is away viewers see what was seen last.
                with outage.overlooked():
                    self._look()
                await self._pause(seconds_between_looks(len(self.viewers)))
        finally:
            await self._say_goodbye()

    async def _pause(self, seconds: float) -> None:
        """Wait, unless the first viewer comes, the last one leaves, or all have to."""
        self._awake.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)

    async def _begin(self, viewer: Viewer) -> None:
        await viewer.way.begin(partial(self._left, viewer))
        viewer.heard = viewer.joined = time.monotonic()
        if len(self.viewers) == 1:
            self._awake.set()

    def _left(self, viewer: Viewer) -> None:
        left = self.viewers.pop(viewer, None)
        if left:
            left()
        if not self.viewers:
            self._awake.set()

    def _look(self) -> None:
        viewers = [viewer for viewer in tuple(self.viewers) if viewer.is_ready]
        if not viewers:
            return
        look = self._watched.look(time.monotonic())
        for place, viewer in enumerate(viewers):
            self._show(look, viewer, place)
        if time.monotonic() - self._checked >= SESSION_CHECK_SECONDS:
            self._end_with_their_sessions()

    def _show(self, look: Look, viewer: Viewer, place: int) -> None:
        """Show a viewer what has changed; who is behind is shown the latest later, or dropped in the end."""
        if (behind := viewer.way.behind_since) is not None:
            if time.monotonic() - behind >= PATIENCE_SECONDS:
                viewer.way.cut()
            return
        if viewer.seen == look.version:
            if time.monotonic() - viewer.heard >= HEARTBEAT_SECONDS:
                viewer.send(sse.HEARTBEAT)
            return
        drawn = self._watched.drawn(look, viewer.language)
        viewer.send(drawn if viewer.seen else sse.retry(RETRY_SECONDS) + drawn)
        viewer.seen = look.version
        if told := news(look.progress, viewer.phase):
            self._loop.call_later(place / NEWS_A_SECOND, _tell, viewer, told)
        if viewer.phase is not None:
            viewer.phase = look.progress.phase

    def _end_with_their_sessions(self) -> None:
        """End the streams whose sessions have ended: their pages look again, and are led to the log-in."""
        self._checked = time.monotonic()
        asked = {viewer.session for viewer in self.viewers if viewer.session is not None}
        ended = asked.difference(self._open_among(asked)) if asked else set()
        for viewer in tuple(self.viewers):
            if viewer.session in ended:
                _tell(viewer, END_EVENT)

    async def _say_goodbye(self) -> None:
        """Let all come back, each at another time; who does not leave is dropped."""
        until = time.monotonic() + PARTING_SECONDS
        told: set[Viewer] = set()
        while not self._is_left(self):
            for place, viewer in enumerate(tuple(self.viewers)):
                if time.monotonic() > until:
                    viewer.way.cut()
                elif viewer.is_ready and viewer not in told:
                    told.add(viewer)
                    viewer.send(sse.retry(RETRY_SECONDS + place / RETURNS_A_SECOND) + sse.event("", STOP_EVENT))
                    viewer.way.end()
            await self._pause(_PARTING_LOOK_SECONDS)


def _event(render: Render, progress: Snapshot, language: str) -> bytes:
    return sse.event(render(progress, language), last_id=progress.phase)


def _tell(viewer: Viewer, told: str) -> None:
    viewer.send(sse.event("", told))
    if told == END_EVENT:
        viewer.way.end()


async def _cut(viewer: Viewer) -> None:
    viewer.way.cut()
