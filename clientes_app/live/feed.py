"""Live progress for many viewers: one reader of the database for each watched thing of this process.

The reader looks while somebody watches, and wakes all viewers when something changed. A viewer costs no queries of
their own, but for one now and then that tells whether their session goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from ..database import outage
from . import sse

LOOK_SECONDS = 0.4
HEARTBEAT_SECONDS = 10.0
END_EVENT = "end"
STATE_EVENT = "state"
"""Tells a page that shows another phase than the present one."""


class Snapshot(Protocol):
    """How far something is at one moment."""

    @property
    def phase(self) -> str:
        """Return what decides what stands around it on a page, such as what may be done with it."""

    @property
    def ended(self) -> bool:
        """Return whether nothing more happens by itself."""


def news(progress: Snapshot, phase: str | None) -> str | None:
    """Return the event that a page must hear, or None.

    The end is for every page; a change of phase only for one that says which phase it shows.
    """
    if progress.ended:
        return END_EVENT
    return STATE_EVENT if phase is not None and progress.phase != phase else None


# What reads the snapshot of an id, and what writes it in a language.
Read = Callable[[int], Any]
Render = Callable[[Any, str], str]


class Feeds:
    """The feeds of a process."""

    def __init__(self, read: Read, render: Render) -> None:
        self._read = read
        self._render = render
        self._lock = threading.Lock()
        self._feeds: dict[int, _Feed] = {}
        self._closing = False

    def close(self) -> None:
        """End every stream soon: the process is about to stop."""
        with self._lock:
            self._closing = True
            for feed in self._feeds.values():
                feed.end()

    def events(self, watched_id: int, language: str, phase: str | None = None) -> Generator[str]:
        """Return a viewer's events, until what they watch has ended; `phase` is the one that their page shows."""
        yield sse.HEARTBEAT
        with self._watched(watched_id) as (feed, look):
            yield from _changes(feed, look, language, phase)

    @contextmanager
    def _watched(self, watched_id: int) -> Iterator[tuple[_Feed, int]]:
        feed, look = self._enter(watched_id)
        try:
            yield feed, look
        finally:
            self._leave(feed)

    def _enter(self, watched_id: int) -> tuple[_Feed, int]:
        """Return the feed, and the number of its first look that a viewer who comes now may be shown."""
        with self._lock:
            feed = self._feeds.get(watched_id)
            if feed is None or feed.ended:
                feed = self._feeds[watched_id] = _Feed(watched_id, self._read, self._render)
            if self._closing:
                feed.end()
            feed.viewers += 1
            return feed, feed.join()

    def _leave(self, feed: _Feed) -> None:
        with self._lock:
            feed.viewers -= 1
            if feed.viewers:
                return
            feed.end()
            if self._feeds.get(feed.watched_id) is feed:
                del self._feeds[feed.watched_id]


def _changes(feed: _Feed, look: int, language: str, phase: str | None) -> Iterator[str]:
    seen = 0
    while not feed.ended:
        version, progress = feed.wait_for_change(seen, look, HEARTBEAT_SECONDS)
        if version == seen or progress is None:
            yield sse.HEARTBEAT
            continue
        seen = version
        yield feed.rendered(version, progress, language)
        if told := news(progress, phase):
            yield sse.event("", told)
        if progress.ended:
            return
        if phase is not None:
            phase = progress.phase


class _Feed:
    """One thing's latest snapshot, read by a thread of its own."""

    def __init__(self, watched_id: int, read: Read, render: Render) -> None:
        self.viewers = 0
        self.watched_id = watched_id
        self._read = read
        self._render = render
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._version = 0
        self._looks_begun = 0
        self._looks_done = 0
        self._joined = False
        self._progress: Snapshot | None = None
        self._texts: dict[tuple[int, str], str] = {}
        self._thread = threading.Thread(target=self._look_until_ended, name=f"feed-{watched_id}", daemon=True)

    def join(self) -> int:
        """Return the number of the first look that begins after this moment.

        What an earlier one read may be older than the page that the viewer has just got, and would set it back.
        """
        with self._changed:
            self._joined = True
            look = self._looks_begun + 1
        if not self._thread.ident:
            self._thread.start()
        return look

    def wait_for_change(self, seen: int, look: int, seconds: float) -> tuple[int, Snapshot | None]:
        """Wait until look number `look` is done and there is another version than `seen`, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._found(seen, look) or self._ended.is_set(), seconds)
            return (self._version, self._progress) if self._found(seen, look) else (seen, None)

    def _found(self, seen: int, look: int) -> bool:
        return self._version != seen and self._looks_done >= look

    def rendered(self, version: int, progress: Snapshot, language: str) -> str:
        """Return the event of a version: rendered once for each language, not once for each viewer."""
        with self._changed:
            text = self._texts.get((version, language))
        if text is not None:
            return text
        text = sse.event(self._render(progress, language))
        with self._changed:
            self._texts = {key: kept for key, kept in self._texts.items() if key[0] == version}
            self._texts[version, language] = text
        return text

    @property
    def ended(self) -> bool:
        """Return whether nobody reads the database for this feed any more: its viewers connect anew."""
        return self._ended.is_set()

    def end(self) -> None:
        """Stop reading, and wake the viewers."""
        self._ended.set()
        with self._changed:
            self._changed.notify_all()

    def _look_until_ended(self) -> None:
        try:
            while not self._ended.is_set():
                # While the database is away viewers see what was seen last.
                with outage.overlooked():
                    self._look()
                self._ended.wait(LOOK_SECONDS)
        finally:
            self.end()

    def _look(self) -> None:
        """Read the snapshot; wake the viewers where it has changed, and where one has joined.

        The lock is not held while the database is read, or every viewer would wait for it. Somebody may therefore join
        in the midst of a read, with a page that is newer than what it finds: looks are numbered as they begin, and
        such a viewer waits for the next. Who joined before it began is woken though nothing changed: the present
        version is new to them.
        """
        with self._changed:
            self._looks_begun += 1
            joined, self._joined = self._joined, False
        progress = self._read(self.watched_id)
        with self._changed:
            self._looks_done = self._looks_begun
            changed = progress != self._progress
            if changed:
                self._progress = progress
                self._version += 1
            if changed or joined:
                self._changed.notify_all()
