"""Connections that the feed writes to itself: what their clients get, and what those do to others who take nothing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event

import pytest

from clientes_app.live import feed, sse
from clientes_app.live.feed import RETRY_SECONDS, Feeds
from clientes_app.live.viewers import OwnConnection, Viewer

from .test_feed import Count, Watched

LARGE = "x" * 200_000


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def watched() -> Watched:
    return Watched()


def watch(feeds: Feeds, connections: ExitStack, *, chunked: bool = False, left: Event | None = None) -> socket.socket:
    """Begin to watch over a connection of one's own, and return the client's end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(10)
    feeds.join(1, Viewer(OwnConnection(ours, chunked=chunked), "en"), (left or Event()).set)
    return connections.enter_context(theirs)


def all_of(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65_536), b""))


def test_all_get_the_same_bytes_and_their_connections_end(watched: Watched, connections: ExitStack) -> None:
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    watched.now = Count(7, ended=True)
    clients = [watch(feeds, connections) for _ in range(20)]
    told = sse.retry(RETRY_SECONDS) + sse.event("7", last_id="begun") + sse.event("", "end")
    assert {all_of(client) for client in clients} == {told}
    assert all_of(watch(feeds, connections, chunked=True)).endswith(b"\r\n13\r\nevent: end\ndata: \n\n\r\n0\r\n\r\n")


def test_who_takes_nothing_is_dropped_and_holds_nobody_up(
    watched: Watched, connections: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PATIENCE_SECONDS", 0.5)
    feeds = Feeds(watched.read, lambda count, language: f"{count.number}:{LARGE}")
    dropped = Event()
    watch(feeds, connections, left=dropped)
    reader = watch(feeds, connections)
    number, got = 0, b""
    while not dropped.is_set():
        number += 1
        watched.now = Count(number)
        while f"data: {number}:".encode() not in got:
            got = got[-50:] + reader.recv(65_536)
    watched.now = Count(0, ended=True)
    assert all_of(reader).endswith(sse.event("", "end"))


def test_who_is_slow_is_shown_the_latest(watched: Watched, connections: ExitStack) -> None:
    feeds = Feeds(watched.read, lambda count, language: f"{count.number}:{LARGE}")
    slow, other = watch(feeds, connections), watch(feeds, connections)
    got = b""
    for number in range(1, 5):
        watched.now = Count(number, ended=number == 4)
        while f"data: {number}:".encode() not in got:
            got = got[-50:] + other.recv(65_536)
    shown = re.findall(rb"data: (\d):", all_of(slow))
    assert shown[-1] == b"4"
    assert len(shown) < 4


def test_who_leaves_is_forgotten_at_once(watched: Watched, connections: ExitStack) -> None:
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    left = Event()
    client = watch(feeds, connections, left=left)
    assert client.recv(1)
    client.close()
    assert left.wait(10)
    watched.reading.clear()
    again = watch(feeds, connections)
    assert watched.reading.wait(10), "a newcomer has a feed of their own"
    assert again.recv(1)


def test_all_hear_that_the_server_stops_and_come_back_one_after_another(
    watched: Watched, connections: ExitStack
) -> None:
    feeds = Feeds(watched.read, lambda count, language: str(count.number))
    clients = [watch(feeds, connections) for _ in range(3)]
    assert all(client.recv(1) for client in clients)
    feeds.close()
    goodbyes = [all_of(client).split(b"retry: ")[-1] for client in clients]
    assert sorted(goodbyes) == [f"{500 + 10 * place}\nevent: stop\ndata: \n\n".encode() for place in range(3)]
    feeds.wait_until_closed()
    late = watch(feeds, connections)
    assert b"event: stop" in all_of(late)
