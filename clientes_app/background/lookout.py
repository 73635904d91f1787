"""A thread beside the requests that looks for something to do, again and again."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod

from flask import Flask

log = logging.getLogger(__name__)


class Lookout(ABC):
    """Looks as soon as it is started, and every so often from then on, until it is told to stop."""

    name: str
    seconds: float
    """From the end of one look to the next."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    @abstractmethod
    def look(self) -> None:
        """Do what is to be done now."""

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing any more; what is under way is made whole, or left to the next one who looks."""
        self.stopping.set()

    def wait_for_end(self) -> None:
        """Wait until what was under way when it was told to stop is over."""
        self._thread.join()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.look()
            except Exception:
                # The edge of the thread: the next look may find the database well again.
                log.exception("a look of %s broke", self.name)
            self.stopping.wait(self.seconds)
