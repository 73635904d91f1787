"""When a request takes a thread, and how long a client is waited for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from clientes_app.serving.arrival import LONGEST_HEAD, SMALL_BODY, Arrival, Stage
from clientes_app.serving.client_socket import ClientSocket, SlowClients, TooSlow
from clientes_app.serving.patience import Limits, Patience

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def post(length: object, *headers: str) -> bytes:
    lines = ["POST / HTTP/1.1", f"Content-Length: {length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def arrived(data: bytes) -> Arrival:
    """Let it come byte by byte."""
    arrival = Arrival()
    for place in range(len(data)):
        arrival.add(data[place : place + 1])
    return arrival


@pytest.mark.parametrize(
    ("data", "stage"),
    [
        (b"", Stage.NOTHING_YET),
        (b"G", Stage.HEAD),
        (GET[:-1], Stage.HEAD),
        (GET, Stage.READY),
        (GET + GET[:5], Stage.READY),
        (post(10) + b"123456789", Stage.BODY),
        (post(10) + b"1234567890", Stage.READY),
        (post(0), Stage.READY),
        (post(SMALL_BODY), Stage.BODY),
        (post(SMALL_BODY + 1), Stage.READY),
        (post(10, "Expect: 100-continue"), Stage.READY),
        (post("nonsense"), Stage.READY),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Stage.READY),
        (b"x" * (LONGEST_HEAD + 1), Stage.READY),
    ],
)
def test_what_is_missing(data: bytes, stage: Stage) -> None:
    assert arrived(data).stage is stage


@pytest.mark.parametrize(
    ("data", "asks"),
    [
        (GET, True),
        (GET.replace(b"GET", b"HEAD"), True),
        (post(3) + b"abc", False),
        (post(3).replace(b"POST", b"GET") + b"abc", False),
        (GET.replace(b"Host: a", b"Transfer-Encoding: chunked"), False),
    ],
)
def test_which_requests_only_ask(data: bytes, asks: bool) -> None:
    assert arrived(data).only_asks is asks


def test_patience_runs_out_and_comes_back_by_what_is_moved() -> None:
    patience = Patience(20, bytes_a_second=1_000)
    patience.spend(15)
    assert patience.left == 5
    patience.spend(1, 2_000)
    assert patience.left == 6
    patience.spend(0, 10**9)
    assert patience.left == 20


def test_an_honest_slow_line_never_uses_it_up() -> None:
    patience = Patience(Limits.still_seconds, Limits.bytes_a_second)
    for _second in range(1_000):
        patience.spend(1, 100_000)
        assert patience.left > Limits.still_seconds - 1


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: ours and the client's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_who_reads_steadily_gets_all_of_it(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    client = ClientSocket(ours, SlowClients(1), Limits())
    received: list[bytes] = []

    def read() -> None:
        while data := theirs.recv(10_000):
            received.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    client.sendall(b"x" * 3_000_000)
    client.close()
    reader.join()
    assert sum(map(len, received)) == 3_000_000


def test_who_reads_nothing_is_left(ends: tuple[socket.socket, socket.socket]) -> None:
    client = ClientSocket(ends[0], SlowClients(1), Limits(still_seconds=0.05))
    with pytest.raises(TooSlow):
        client.sendall(b"x" * 3_000_000)


def test_where_no_place_is_left_nobody_is_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    slow = SlowClients(1)
    client = ClientSocket(ends[0], slow, Limits())
    with slow.sending, pytest.raises(TooSlow):
        client.recv(10)
    ends[1].sendall(b"here")
    with slow.sending:
        assert client.recv(10) == b"here"
