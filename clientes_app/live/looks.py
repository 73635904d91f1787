"""The latest look at each watched thing, and what it looks like: read once and drawn once for all who see it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

# What was looked at once need not be kept; a feed keeps what it goes on looking at.
_KEPT = 100


class Snapshot(Protocol):
    """How far something is at one moment."""

    @property
    def phase(self) -> str:
        """Return what decides what stands around it on a page, such as what may be done with it."""

    @property
    def ended(self) -> bool:
        """Return whether nothing more happens by itself."""


# What reads the snapshot of an id, and what draws it in a language.
Read = Callable[[int], Any]
Draw = Callable[[Any, str], bytes]


@dataclass(frozen=True)
class Look:
    """What was found, and when the look for it began."""

    progress: Snapshot
    begun: float
    version: int
    """Another than before where what was found is another."""


class Watched:
    """One watched thing."""

    def __init__(self, watched_id: int, read: Read, draw: Draw) -> None:
        self._id = watched_id
        self._read = read
        self._draw = draw
        self._looking = threading.Lock()
        self._last: Look | None = None
        self._drawing = threading.Lock()
        self._drawn: dict[tuple[int, str], bytes] = {}

    def look(self, since: float) -> Look:
        """Return a look that began at that moment or later: the last, or a new one, which all share who wait for one.

        What an earlier look has found may be older than the page that asks, and would set it back.
        """
        with self._looking:
            if self._last is None or self._last.begun < since:
                self._last = self._look_again(self._last)
            return self._last

    def drawn(self, look: Look, language: str) -> bytes:
        """Return what it looks like in a language."""
        key = look.version, language
        with self._drawing:
            if key not in self._drawn:
                others = {kept: drawn for kept, drawn in self._drawn.items() if kept[0] == look.version}
                self._drawn = others | {key: self._draw(look.progress, language)}
            return self._drawn[key]

    def _look_again(self, last: Look | None) -> Look:
        begun = time.monotonic()
        progress = self._read(self._id)
        if last is None:
            return Look(progress, begun, 1)
        return Look(progress, begun, last.version + (progress != last.progress))


class Looks:
    """What is watched of one kind."""

    def __init__(self, read: Read, draw: Draw) -> None:
        self._read = read
        self._draw = draw
        self._lock = threading.Lock()
        self._watched: dict[int, Watched] = {}

    def of(self, watched_id: int) -> Watched:
        """Return the watched thing, the same one for all who ask for it at about one time."""
        with self._lock:
            watched = self._watched.pop(watched_id, None) or Watched(watched_id, self._read, self._draw)
            self._watched[watched_id] = watched
            if len(self._watched) > _KEPT:
                del self._watched[next(iter(self._watched))]
            return watched
