"""A Twilio that answers what a test tells it to, however odd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from .listening import serve_beside


class OddTwilio(ThreadingHTTPServer):
    """Accepts messages, but gives the answers to some numbers that a test has prepared; its list is a test's too."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.listed: bytes = b'{"messages": []}'
        self.received: list[str] = []

    def answer(self, number: str, status: int, body: object) -> None:
        """Prepare what is answered when a message to `number` comes: bytes as they are, all else as JSON."""
        self.answers[number] = status, body if isinstance(body, bytes) else json.dumps(body).encode()

    def sid(self, position: int) -> str:
        """Return the SID of the message that came at a position, counted from 1."""
        return f"SM{position:032d}"


@contextmanager
def odd_twilio() -> Iterator[OddTwilio]:
    """Run one on this machine."""
    with OddTwilio() as server:
        serve_beside(server)
        try:
            yield server
        finally:
            server.shutdown()


class _Request(BaseHTTPRequestHandler):
    server: OddTwilio
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        (number,) = fields["To"]
        self.server.received.append(number)
        accepted = json.dumps({"sid": self.server.sid(len(self.server.received))}).encode()
        self._answer(*self.server.answers.get(number, (201, accepted)))

    def do_GET(self) -> None:
        self._answer(200, self.server.listed)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
