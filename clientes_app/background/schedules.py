"""Looks each second for campaigns whose hour has come; every process may look, and each campaign starts once."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from ..extensions import db
from ..schedule import starting

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class Schedules:
    """The thread that looks beside the sender of an app."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    def start(self) -> None:
        """Look now, and again every second."""
        self._thread.start()

    def stop(self) -> None:
        """Start nothing any more; what is being started is started whole, or by the next process."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                start_due(self._app)
            except Exception:
                # The edge of the thread: the next look may find the database well again.
                log.exception("looking for campaigns whose hour has come broke")
            self._stopping.wait(LOOK_SECONDS)


def start_due(app: Flask) -> None:
    """Start what is due; one campaign that breaks keeps no other from its hour, and is tried again at the next look."""
    with app.app_context():
        now, due = starting.due_now(db.engine)
    for campaign_id in due:
        try:
            with app.app_context():
                starting.start(campaign_id, now)
        except Exception:
            # The edge of one campaign's start: its transaction is undone.
            log.exception("campaign %d could not be started; it is tried again", campaign_id)


def start_schedules(app: Flask) -> Schedules:
    """Look for what is due on the app's database."""
    schedules = Schedules(app)
    schedules.start()
    return schedules
