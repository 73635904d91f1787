"""Small servers of a test's own."""

from __future__ import annotations

from socketserver import BaseServer
from threading import Thread

SHUT_DOWN_SECONDS = 0.01
"""How soon a server notices that it is shut down; by default it takes half a second, at the end of each test."""


def serve_beside(server: BaseServer) -> None:
    """Serve in a thread, until the server is shut down."""
    Thread(target=server.serve_forever, args=(SHUT_DOWN_SECONDS,), daemon=True).start()
