"""SQLite's log of writes, which is emptied when it is long.

SQLite copies the log into the database after commits, and begins it anew where a writer comes while all of it is copied
and nobody reads from it. Beside others who write all the time that moment does not come by itself: beside an import the
log grew by gigabytes. So a writer who leaves the log long makes that moment. https://www.sqlite.org/wal.html#ckpt
"""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

log = logging.getLogger(__name__)

LONG = 64_000_000
"""In bytes: reading is no slower yet, and this much is copied in a moment."""

PATIENCE_SECONDS = 0.1
"""How long other writers may wait for those who still read from the log."""

PAUSE_SECONDS = 1.0
"""How long those who read are left alone who did not end in time."""

_pause_ends = 0.0


def keep_short(engine: Engine) -> None:
    """Empty the log where it is long; the caller has written, and has no transaction open."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or database is None or not _is_long(database) or time.monotonic() < _pause_ends:
        return
    try:
        _empty(database)
    except sqlite3.OperationalError as error:
        # What the caller has written is stored, and stays so.
        log.warning("the log of the database is not emptied: %s", error)


def _is_long(database: str) -> bool:
    try:
        return Path(f"{database}-wal").stat().st_size > LONG
    except FileNotFoundError:
        return False


def _empty(database: str) -> None:
    global _pause_ends  # noqa: PLW0603
    connection = sqlite3.connect(database, PATIENCE_SECONDS, isolation_level=None)
    with closing(connection):
        connection.execute("SELECT 1 FROM sqlite_schema")  # an unused connection does not know yet that there is a log
        # Nearly all is copied while others write; only for the rest do they wait.
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        (busy, *_frames) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        _pause_ends = time.monotonic() + PAUSE_SECONDS
