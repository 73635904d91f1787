"""What the HTTP client says of a request that broke off: whether Twilio may have it, and that it went out once."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import struct
from collections.abc import Iterator
from typing import ClassVar

import pytest
from pyreqwest.exceptions import RequestError
from twilio.http.response import Response

from clientes_app.sending.twilio_http import HttpClient, NeverConnected, TooManyRequests

from ..support.listening import serve_beside

ACCEPTED = b'HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{"sid":"SM1"}'
ACCEPTED_FOR_THE_LAST_TIME = ACCEPTED.replace(b"Content-Length", b"Connection: close\r\nContent-Length")
CUT_IN_THE_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nabc"
REDIRECTED = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = b'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 14\r\n\r\n{"code":20429}'


class Peer(socketserver.ThreadingTCPServer):
    """A server that answers each text as a test says, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.bodies: list[str] = []


class _Line(socketserver.StreamRequestHandler):
    """One connection: requests one after another, until a text ends it."""

    server: Peer
    answers: ClassVar[dict[str, bytes]] = {
        "accept": ACCEPTED,
        "accept and close": ACCEPTED_FOR_THE_LAST_TIME,
        "cut": CUT_IN_THE_ANSWER,
        "redirect": REDIRECTED,
        "too many": TOO_MANY,
    }

    def handle(self) -> None:
        while body := self._body():
            self.server.bodies.append(body)
            self.wfile.write(self.answers.get(body, b""))
            if body == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if body in {"accept and close", "close", "reset", "cut"}:
                return

    def _body(self) -> str:
        """Read one request; nothing where the other side has closed the line."""
        length = 0
        for header in iter(self.rfile.readline, b"\r\n"):
            if not header:
                return ""
            name, _, value = header.lower().partition(b": ")
            length = int(value) if name == b"content-length" else length
        return self.rfile.read(length).decode().removeprefix("Body=").replace("+", " ")


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as server:
        serve_beside(server)
        yield server
        server.shutdown()


def post(url: str, *bodies: str) -> list[Response]:
    """Send texts one after another, and answer what was answered."""

    async def run() -> list[Response]:
        client = HttpClient(connections=4)
        try:
            return [await client.request("POST", url, data={"Body": body}) for body in bodies]
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.mark.parametrize("end", ["close", "reset", "cut"])
@pytest.mark.parametrize("earlier", [[], ["accept"]], ids=["first on its line", "on a line in use"])
def test_of_a_line_that_breaks_nobody_knows_and_nothing_is_repeated(peer: Peer, end: str, earlier: list[str]) -> None:
    with pytest.raises(RequestError):
        post(peer.url, *earlier, end)
    assert peer.bodies == [*earlier, end]


def test_a_line_of_which_the_peer_says_that_it_ends_is_not_used_again(peer: Peer) -> None:
    assert {answer.status_code for answer in post(peer.url, *["accept and close"] * 20)} == {201}
    assert len(peer.bodies) == 20


def test_what_was_never_connected_never_left() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        with pytest.raises(NeverConnected):
            post(f"http://127.0.0.1:{taken.getsockname()[1]}/", "accept")
    with pytest.raises(NeverConnected):
        post("http://nobody.invalid/", "accept")


def test_a_redirect_is_not_followed(peer: Peer) -> None:
    assert [answer.status_code for answer in post(peer.url, "redirect")] == [307]
    assert peer.bodies == ["redirect"]


def test_how_long_to_wait_is_kept(peer: Peer) -> None:
    with pytest.raises(TooManyRequests) as refusal:
        post(peer.url, "too many")
    assert (refusal.value.code, refusal.value.retry_after) == (20429, 7.0)


def test_no_proxy_is_taken_from_the_environment(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert [answer.status_code for answer in post(peer.url, "accept")] == [201]
