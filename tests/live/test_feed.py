"""What a feed tells viewers who come at different times."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import islice
from threading import Event

from clientes_app.live import sse
from clientes_app.live.feed import RETRY_SECONDS, Feeds
from clientes_app.live.viewers import HeldByThread, Viewer


@dataclass(frozen=True)
class Count:
    """A snapshot that is one number."""

    number: int
    ended: bool = False
    phase: str = "begun"


class Watched:
    """Something whose number a test sets, and that can be slow to be read."""

    def __init__(self) -> None:
        self.now = Count(0)
        self.reading = Event()
        self.go_on = Event()
        self.go_on.set()

    def read(self, watched_id: int) -> Count:
        found = self.now
        self.reading.set()
        assert self.go_on.wait(10)
        return found


def open_page(feeds: Feeds, phase: str | None = None) -> Generator[bytes]:
    """Begin to watch, as far as the first heartbeat."""
    held = HeldByThread()
    events = feeds.events(1, Viewer(held, "en", phase), held)
    assert next(events) == sse.HEARTBEAT
    return events


def shown(number: int, phase: str = "begun") -> bytes:
    return sse.event(str(number), last_id=phase)


def shown_first(number: int) -> bytes:
    return sse.retry(RETRY_SECONDS) + shown(number)


def test_who_comes_later_sees_nothing_older_than_their_page() -> None:
    watched = Watched()
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    first = open_page(feeds)
    assert next(first) == shown_first(0)
    watched.now = Count(5)
    second = open_page(feeds)
    assert next(second) == shown_first(5)
    feeds.close()


def test_nor_what_a_look_found_that_had_begun_before_they_came() -> None:
    watched = Watched()
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    first = open_page(feeds)
    assert next(first) == shown_first(0)
    watched.now = Count(3)
    watched.reading.clear()
    watched.go_on.clear()
    assert watched.reading.wait(10)
    watched.now = Count(5)
    second = open_page(feeds)
    watched.go_on.set()
    assert next(second) == shown_first(5)
    feeds.close()


def test_everybody_hears_the_end_once_each() -> None:
    watched = Watched()
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    pages = [open_page(feeds) for _ in range(3)]
    assert [next(page) for page in pages] == [shown_first(0)] * 3
    watched.now = Count(9, ended=True)
    assert [list(islice(page, 3)) for page in pages] == [[shown(9), sse.event("", "end")]] * 3


def test_a_page_that_shows_another_phase_is_told() -> None:
    watched = Watched()
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    fresh, stale, stateless = (open_page(feeds, phase) for phase in ("begun", "new", None))
    assert [next(page) for page in (fresh, stale, stateless)] == [shown_first(0)] * 3
    assert next(stale) == sse.event("", "state")
    watched.now = Count(1, phase="paused")
    assert [list(islice(page, 2)) for page in (fresh, stale)] == [[shown(1, "paused"), sse.event("", "state")]] * 2
    assert next(stateless) == shown(1, "paused")
    watched.now = Count(2, ended=True, phase="done")
    assert list(stateless) == [shown(2, "done"), sse.event("", "end")]
    feeds.close()
