"""A client's connection as gunicorn's threads use it: none waits for a slow client longer than its patience."""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from threading import Semaphore

from .arrival import Arrival
from .patience import Limits, Patience

# The kernel takes this much of an answer at once. With more, a reader that is slow and honest would seem to stand
# still while it reads what the kernel holds.
_SEND_BUFFER = 128 * 1024
_READ_SIZE = 64 * 1024
_THROW_AWAY = struct.pack("ii", 1, 0)


class TooSlow(TimeoutError):
    """The client sends or takes too little, or too many others do; gunicorn drops the connection quietly."""

    def __init__(self) -> None:
        super().__init__(errno.EPIPE, "the client is too slow")


class SlowClients:
    """How many threads may wait for clients at one time: so many for those that send, as many for those that take."""

    def __init__(self, most: int) -> None:
        self.sending = Semaphore(most)
        self.taking = Semaphore(most)


class ClientSocket:
    """What gunicorn asks of a socket; the event loop fills it, a thread reads and writes it."""

    def __init__(self, sock: socket.socket, slow: SlowClients, limits: Limits) -> None:
        sock.settimeout(0)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self.arrival = Arrival()
        self.ends_with_answer = False
        """Whether the answer says that the connection ends with it."""
        self._sock = sock
        self._given_away = False
        self._slow = slow
        self._limits = limits
        self._timeout: float | None = None
        self.begin()

    def begin(self) -> None:
        """Give the client its patience anew: a thread takes a request."""
        self._sending = Patience(self._limits.still_seconds, self._limits.bytes_a_second)
        self._taking = Patience(self._limits.still_seconds, self._limits.bytes_a_second)

    def fill(self) -> int:
        """Take what has come without waiting, and return how many bytes that is; 0 where the client has closed.

        Raises BlockingIOError where nothing has come.
        """
        data = self._sock.recv(_READ_SIZE)
        self.arrival.add(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        """Read what has come, or wait for something.

        Raises TooSlow.
        """
        if self.arrival.received:
            return self.arrival.take(size)
        while True:
            try:
                data = self._sock.recv(size)
            except BlockingIOError:
                self._wait(select.POLLIN, self._slow.sending, self._sending)
                continue
            self._sending.spend(0, len(data))
            return data

    def sendall(self, data: bytes) -> None:
        """Write all of it, waiting for the client where it must.

        Raises TooSlow.
        """
        if self._given_away:
            return
        left = memoryview(data)
        while left:
            try:
                sent = self._sock.send(left)
            except BlockingIOError:
                self._wait_for_reader()
                continue
            self._taking.spend(0, sent)
            left = left[sent:]

    send = sendall

    def give_away(self) -> socket.socket:
        """Hand the connection over in the midst of an answer; what is written here after that goes nowhere."""
        self._given_away = True
        return socket.socket(fileno=self._sock.detach())

    def _wait_for_reader(self) -> None:
        try:
            self._wait(select.POLLOUT, self._slow.taking, self._taking)
        except TooSlow:
            # The kernel would keep what was not read, and offer it for minutes: closing throws it away.
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _THROW_AWAY)
            raise

    def _wait(self, event: int, places: Semaphore, patience: Patience) -> None:
        if not places.acquire(blocking=False):
            raise TooSlow
        try:
            began = time.monotonic()
            ready = self._poll(event, patience.left)
            patience.spend(time.monotonic() - began)
        finally:
            places.release()
        if not ready:
            raise TooSlow

    def _poll(self, event: int, seconds: float) -> bool:
        if self._timeout is not None:
            seconds = min(seconds, self._timeout)
        poll = select.poll()
        poll.register(self._sock, event)
        return bool(poll.poll(max(0.0, seconds) * 1000))

    def setblocking(self, blocking: bool) -> None:  # noqa: FBT001 - the name and the order are a socket's
        """Wait as long as patience lasts, or not at all."""
        self._timeout = None if blocking else 0.0

    def settimeout(self, seconds: float | None) -> None:
        """Wait at most so many seconds at a time."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """Return how many seconds are waited at most at a time."""
        return self._timeout

    def fileno(self) -> int:
        """Return the descriptor, for the event loop."""
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        """Close one direction."""
        self._sock.shutdown(how)

    def close(self) -> None:
        """Close it."""
        self._sock.close()
