"""The daily task: one process of the installation sweeps once a day."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine, or_, update

from ..database.transactions import write_transaction
from ..extensions import db
from ..importing.storage.chosen import storage_of
from ..models import Privacidad
from ..models.types import utc_now
from ..privacy.retention import sweep
from ..reports.counted.counting import count_everything
from ..reports.counted.tallies import fold_everything
from ..sending.erased import pseudonym_key
from ..settings import current_settings
from .lookout import Lookout

log = logging.getLogger(__name__)

PERIOD = timedelta(days=1)
LOOK_SECONDS = 600.0


class Daily(Lookout):
    """Deletes what was left over, and looks whether a day is over since the last sweep of anybody."""

    name = "daily"
    seconds = LOOK_SECONDS

    def look(self) -> None:
        """Delete what was left over, and fold what was noted; sweep where a day is over."""
        with self.app.app_context():
            storage = storage_of(current_settings())
            # Files are this machine's own: another one that sweeps the database does not see them.
            if deleted := storage.sweep(db.engine):
                log.info("deleted %d files or imports' rows that were left over", deleted)
            # Notes are added to the counts before they are so many that who looks at a report waits for it.
            fold_everything(db.engine)
            if not take_turn(db.engine):
                return
            done = sweep(storage, self.stopping.is_set)
            count_everything(db.engine, self.stopping.is_set)
        log.info("swept %d messages, %d campaigns, %d imports", done.messages, done.campaigns, done.imports)


def take_turn(engine: Engine) -> bool:
    """Return whether the sweep of this day is ours; it is nobody else's then."""
    now = utc_now()
    with write_transaction(engine) as connection:
        pseudonym_key(connection)  # it stands in the same row
        long_ago = or_(Privacidad.limpieza.is_(None), Privacidad.limpieza < now - PERIOD)
        return connection.execute(update(Privacidad).where(long_ago).values(limpieza=now)).rowcount == 1


def start_daily(app: Flask) -> Daily:
    """Sweep the app's database every day."""
    daily = Daily(app)
    daily.start()
    return daily
