"""Counts of tries in this process's memory, exact however many threads count at once."""

from __future__ import annotations

import threading
import time

from limits.storage import Storage

SWEEP_SECONDS = 60.0


class MemoryCounts(Storage):
    """What `limits` counts with: each key counts up to the end of its window, then begins anew.

    The library's own memory storage loses counts among threads, and may start one timer twice.
    """

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._swept = time.time()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Name what a storage raises that cannot be reached; memory always can."""
        return OSError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more in the window that is open, else in a new one of `expiry` seconds; return the count.

        Less than nothing is never counted: what is given back may belong to a window that has ended.
        """
        with self._lock:
            self._sweep()
            window = self._open(key) or _Window(time.time() + expiry)
            window.count = max(0, window.count + amount)
            self._windows[key] = window
            return window.count

    def get(self, key: str) -> int:
        """Return the count of the open window."""
        with self._lock:
            window = self._open(key)
            return window.count if window else 0

    def get_expiry(self, key: str) -> float:
        """Return when the open window ends, in seconds since 1970; now, where none is open."""
        with self._lock:
            window = self._open(key)
            return window.ends if window else time.time()

    def clear(self, key: str) -> None:
        """Forget a count."""
        with self._lock:
            self._windows.pop(key, None)

    def check(self) -> bool:
        """Return whether it can be reached."""
        return True

    def reset(self) -> int:
        """Forget all counts; return how many there were."""
        with self._lock:
            forgotten = len(self._windows)
            self._windows.clear()
            return forgotten

    def _open(self, key: str) -> _Window | None:
        window = self._windows.get(key)
        return window if window and window.ends > time.time() else None

    def _sweep(self) -> None:
        """Let go of windows that have ended, now and then: many a key is never asked for again."""
        now = time.time()
        if now - self._swept < SWEEP_SECONDS:
            return
        self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
        self._swept = now


class _Window:
    """A count, and when it ends."""

    def __init__(self, ends: float) -> None:
        self.count = 0
        self.ends = ends
