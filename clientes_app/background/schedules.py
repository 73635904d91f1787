"""Looks each second for campaigns whose hour has come; every process may look, and each campaign starts once."""

from __future__ import annotations

import logging

from flask import Flask

from ..extensions import db
from ..schedule import starting
from .lookout import Lookout

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class Schedules(Lookout):
    """Looks beside the sender of an app."""

    name = "schedules"
    seconds = LOOK_SECONDS

    def look(self) -> None:
        """Start what is due."""
        start_due(self.app)


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
