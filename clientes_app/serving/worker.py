"""gunicorn's worker with threads, except that a request takes a thread only when it has arrived.

gunicorn 27 gives each new connection a thread at once. The thread waits for the headers, then for the body, for ever:
as many half-sent requests as there are threads stop the site. Its event loop also waits for up to two seconds
for each client that does not close its end of a connection that has ended.

Here the event loop itself, which waits for all at once, reads headers and small bodies, and lets ended connections
linger. A thread reads only large bodies and writes answers; where it must wait for its client it takes one of a
limited number of places, for which the pools have threads of their own. Requests that only ask have a pool of their
own as well: a page does not queue behind others' changes. A connection that was given away in the midst of its answer
is no longer the worker's: a live page costs neither a thread nor one of its places.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from .arrival import SMALL_BODY, Arrival, Stage
from .client_socket import ClientSocket, SlowClients
from .patience import Limits, Patience

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_NOBODY_CAME = (errno.EAGAIN, errno.ECONNABORTED)
_NO_ROOM = (errno.EMFILE, errno.ENFILE)
_LOOK_SECONDS = 0.2
_MOST_AFTER_THE_END = 64 * 1024


class Connection(TConn):
    """A client's connection, and until when the event loop waits for it."""

    def __init__(self, cfg: Any, sock: ClientSocket, client: Any, server: Any) -> None:
        super().__init__(cfg, sock, client, server)
        self.sock: ClientSocket = sock
        self.data_ready = True  # no thread need look whether there is something to read
        self.parting = False
        self.until = 0.0
        self._patience = Patience(0)
        self._looked = 0.0

    def wait(self, patience: Patience) -> None:
        """Begin to wait."""
        self._patience = patience
        self._looked = time.monotonic()
        self.until = self._looked + patience.left

    def moved(self, count: int) -> None:
        """Note that so many bytes came."""
        now = time.monotonic()
        self._patience.spend(now - self._looked, count)
        self._looked = now
        self.until = now + self._patience.left


class Worker(ThreadWorker):
    """The worker; a subclass may have other limits."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slow = SlowClients(self._places)
        # In the order in which their waiting began.
        self._awaited: dict[Connection, None] = {}
        self._next_look = 0.0

    @property
    def _places(self) -> int:
        return max(1, int(self.cfg.threads) // 2)

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Make a pool: the threads that work, and those that may wait for clients."""
        return ThreadPoolExecutor(max_workers=self.cfg.threads + self._places)

    def init_process(self) -> None:
        """Make the pool of the requests that only ask, beside gunicorn's own."""
        self._asking = self.get_thread_pool()
        super().init_process()

    def enqueue_req(self, conn: Connection) -> None:
        """Give a request that has arrived a thread."""
        pool = self._asking if conn.sock.arrival.only_asks else self.tpool
        done = pool.submit(self.handle, conn)
        done.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def accept(self, listener: Any) -> None:
        """Accept a connection, and begin to wait for its request."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self._make_room()
            elif error.errno not in _NOBODY_CAME:
                raise
            return
        self.nr_conns += 1
        sock = ClientSocket(accepted, self._slow, self.limits)
        self._await_request(Connection(self.cfg, sock, address, listener.getsockname()), self.limits.head_seconds)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def handle(self, conn: Connection) -> object:
        """Handle a request that has arrived, in a thread."""
        conn.sock.begin()
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Connection) -> object:
        """Handle it; the answer says where the connection ends: one is given away, or too much of a body is left."""
        ends = req.should_close
        req.should_close = lambda: ends() or conn.sock.ends_with_answer or _leaves_much(req.body.reader)
        return super().handle_request(req, conn)

    def finish_request(self, conn: Connection, done: Future[object]) -> None:
        """Go on with a connection that a thread is done with: wait for its next request, or part."""
        if done.cancelled() or done.exception() or not done.result():
            self._part(conn)
            return
        conn.sock.arrival = Arrival()
        conn.sock.arrival.add(conn.parser.unreader.take_buffered())
        self._await_request(conn, self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER)

    def murder_pending(self) -> None:
        """End what has been waited for long enough; gunicorn's loop asks for this once a second at least."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        for conn in [conn for conn in self._awaited if conn.until <= now]:
            self._give_up(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait no longer than this for what has not arrived: the worker stops."""
        for conn in self._awaited:
            conn.until = min(conn.until, deadline)

    def _await_request(self, conn: Connection, seconds: float) -> None:
        conn.wait(Patience(seconds))
        self._listen(conn)
        if conn.sock.arrival.received:
            self._look_at(conn, Stage.NOTHING_YET, 0)

    def _hear(self, conn: Connection, _sock: ClientSocket) -> None:
        """Take what a client has sent."""
        if conn not in self._awaited:
            return  # it was dropped after the loop had heard of it
        before = conn.sock.arrival.stage
        try:
            count = conn.sock.fill()
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if not count:
            self._close(conn)
        elif not conn.parting:
            self._look_at(conn, before, count)
        elif len(conn.sock.arrival.received) > _MOST_AFTER_THE_END:
            self._close(conn)

    def _look_at(self, conn: Connection, before: Stage, count: int) -> None:
        """Give the request a thread if it is ready; wait on if not."""
        stage = conn.sock.arrival.stage
        if stage is Stage.READY:
            self._forget(conn)
            self.enqueue_req(conn)
        elif stage is before:
            conn.moved(count)
        elif stage is Stage.HEAD:
            conn.wait(Patience(self.limits.head_seconds))
        else:
            conn.wait(Patience(self.limits.still_seconds, self.limits.bytes_a_second))

    def _give_up(self, conn: Connection) -> None:
        self._forget(conn)
        if conn.parting or conn.sock.arrival.stage is Stage.NOTHING_YET:
            self._drop(conn)
            return
        conn.sock.settimeout(0)
        try:
            conn.sock.sendall(_TOO_SLOW)
        except OSError:
            self._drop(conn)
        else:
            self._part(conn)

    def _part(self, conn: Connection) -> None:
        """Close our end, and let the other end read what is left before it closes too (RFC 9112, section 9.6).

        What has no end of ours any more is dropped: it was lost, or given away.
        """
        conn.parting = True
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.sock.arrival = Arrival()
        conn.wait(Patience(self.limits.parting_seconds))
        self._listen(conn)

    def _make_room(self) -> None:
        """Drop the connection that has been waited for longest: a flood drops its own, one that works stays."""
        if self._awaited:
            self._close(next(iter(self._awaited)))

    def _listen(self, conn: Connection) -> None:
        self._awaited[conn] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._hear, conn))

    def _close(self, conn: Connection) -> None:
        self._forget(conn)
        self._drop(conn)

    def _forget(self, conn: Connection) -> None:
        del self._awaited[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()


def _leaves_much(body: Any) -> bool:
    # Chunks have no length that is known; their parser is gone once the last has come.
    if hasattr(body, "parser"):
        return body.parser is not None
    return getattr(body, "length", 0) >= SMALL_BODY
