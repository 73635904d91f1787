"""How much of a request has arrived: whether a thread can work on it, or would only wait."""

from __future__ import annotations

import re
from enum import Enum

SMALL_BODY = 64 * 1024
"""Bodies up to this many bytes are kept until they are whole; a thread reads larger ones as they come."""
LONGEST_HEAD = 64 * 1024
"""More than the parser takes: it is given what has come, and refuses it."""

_END_OF_HEAD = b"\r\n\r\n"
_BODY_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
# The client sends its body once it is told to, which is the thread's part.
_WAITS_FOR_US = re.compile(rb"\r\nexpect:", re.IGNORECASE)


_HAS_BODY = re.compile(rb"\r\n(?:content-length|transfer-encoding):", re.IGNORECASE)


class Stage(Enum):
    """What is missing."""

    NOTHING_YET = "nothing yet"
    HEAD = "head"
    BODY = "body"
    READY = "ready"


class Arrival:
    """The bytes of one request that came ahead of its thread.

    This only decides when a thread is taken; gunicorn's parser decides what the bytes mean.
    """

    def __init__(self) -> None:
        self.received = bytearray()
        self.stage = Stage.NOTHING_YET
        self._whole = 0

    def add(self, data: bytes) -> None:
        """Take what has come."""
        looked_at = len(self.received)
        self.received += data
        if self.stage in (Stage.NOTHING_YET, Stage.HEAD) and self.received:
            self._look_for_head(max(0, looked_at - len(_END_OF_HEAD)))
        if self.stage is Stage.BODY and len(self.received) >= self._whole:
            self.stage = Stage.READY

    @property
    def only_asks(self) -> bool:
        """Whether it is a GET or HEAD without a body."""
        return self.received.startswith((b"GET ", b"HEAD ")) and not _HAS_BODY.search(self.received)

    def take(self, size: int) -> bytes:
        """Give up to `size` bytes to the parser."""
        taken = bytes(self.received[:size])
        del self.received[:size]
        return taken

    def _look_for_head(self, start: int) -> None:
        end = self.received.find(_END_OF_HEAD, start)
        if end >= 0:
            self._whole = end + len(_END_OF_HEAD) + self._body_to_keep(end + len(_END_OF_HEAD))
            self.stage = Stage.BODY
        else:
            self.stage = Stage.READY if len(self.received) > LONGEST_HEAD else Stage.HEAD

    def _body_to_keep(self, end: int) -> int:
        """Return how many bytes of body are waited for before a thread is taken."""
        said = _BODY_LENGTH.search(self.received, 0, end)
        if said is None or _WAITS_FOR_US.search(self.received, 0, end):
            return 0
        length = int(said[1])
        return length if length <= SMALL_BODY else 0
