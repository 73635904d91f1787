"""One who watches, and the way their events take: over a connection that needs no thread, or by a thread that waits."""

from __future__ import annotations

import asyncio
import math
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Protocol, cast

_SEND_BUFFER = 32 * 1024
_THROW_AWAY = struct.pack("ii", 1, 0)


class Way(Protocol):
    """How events reach a viewer."""

    behind_since: float | None
    """Since when they have not taken all that was sent; None: they have."""

    async def begin(self, left: Callable[[], None]) -> None:
        """Be ready for events, and say when the viewer has left."""

    def write(self, data: bytes) -> None:
        """Send some bytes; never waits."""

    def end(self) -> None:
        """End the answer and the connection when all is sent."""

    def cut(self) -> None:
        """End the connection at once."""


@dataclass(eq=False)
class Viewer:
    """One who watches."""

    way: Way
    language: str
    phase: str | None = None
    """What their page shows, where it says so."""
    session: int | None = None
    """The session that the stream was asked for with: it ends soon after that; a program has none."""
    joined: float = field(default=math.inf, init=False)
    """They are shown no look that began before; until their way is ready, none at all."""
    seen: int = field(default=0, init=False)
    """The version that they were shown last."""
    heard: float = field(default=0.0, init=False)

    @property
    def is_ready(self) -> bool:
        """Return whether something can be sent to them."""
        return self.joined < math.inf

    def send(self, data: bytes) -> None:
        """Send some bytes."""
        self.heard = time.monotonic()
        self.way.write(data)


class HeldByThread:
    """A thread waits for the events and sends them, as any WSGI server lets it."""

    behind_since: float | None = None

    def __init__(self) -> None:
        self._events: SimpleQueue[bytes | None] = SimpleQueue()
        self._left: Callable[[], None] | None = None

    async def begin(self, left: Callable[[], None]) -> None:
        """Be ready."""
        self._left = left

    def write(self, data: bytes) -> None:
        """Let the thread send it."""
        self._events.put(data)

    def end(self) -> None:
        """Let the thread end."""
        self._events.put(None)
        if self._left:
            self._left()

    cut = end

    def events(self) -> Iterator[bytes]:
        """Return the events, as the thread sends them."""
        return cast("Iterator[bytes]", iter(self._events.get, None))


class OwnConnection(asyncio.Protocol):
    """The connection itself, in the midst of an answer whose head is sent: it costs no thread."""

    def __init__(self, sock: socket.socket, *, chunked: bool) -> None:
        self.behind_since: float | None = None
        self._socket = sock
        self._chunked = chunked
        self._transport: asyncio.Transport | None = None
        self._left: Callable[[], None] | None = None

    async def begin(self, left: Callable[[], None]) -> None:
        """Join the loop that runs."""
        self._left = left
        try:
            if self._socket.family != socket.AF_UNIX:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
            await asyncio.get_running_loop().connect_accepted_socket(lambda: self, self._socket)
        except OSError:  # they have left already
            self._socket.close()
            left()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take what writes."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the viewer has left."""
        if self._left:
            self._left()

    def pause_writing(self) -> None:
        """Note that the viewer is slower than what was sent."""
        self.behind_since = time.monotonic()

    def resume_writing(self) -> None:
        """Note that the viewer has taken all."""
        self.behind_since = None

    def write(self, data: bytes) -> None:
        """Send it."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(b"%X\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        """Send the end, and close."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._chunked:
            self._transport.write(b"0\r\n\r\n")
        self._transport.close()

    def cut(self) -> None:
        """Close, and throw away what the kernel would offer for minutes."""
        if self._transport is None or (sock := self._transport.get_extra_info("socket")) is None:
            return
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _THROW_AWAY)
        self._transport.abort()
