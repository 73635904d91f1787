"""SQLite's log of writes, which is emptied when it is long.

SQLite copies the log into the database after commits, and begins it anew where a writer comes while all of it is copied
and nobody reads from it. Beside others who write all the time that moment does not come by itself: beside an import the
log grew by gigabytes. So a writer who leaves the log long makes that moment. https://www.sqlite.org/wal.html#ckpt
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine

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
    if engine.dialect.name == "sqlite" and database is not None and _is_to_be_emptied(database):
        with _warning(), closing(sqlite3.connect(database, PATIENCE_SECONDS, isolation_level=None)) as connection:
            _empty(connection)


def copy_log(connection: Connection) -> None:
    """Copy what a connection has left in the log into the database, and empty the log where it is long.

    Done by the connection itself, that does not count for it as somebody else's writing.
    """
    database = connection.engine.url.database
    if connection.dialect.name != "sqlite" or database is None:
        return
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    with _warning():
        driver.execute("PRAGMA main.wal_checkpoint(PASSIVE)").fetchone()
        if _is_to_be_emptied(database):
            with _little_patience(driver):
                _empty(driver)


@contextmanager
def _warning() -> Iterator[None]:
    """Go on where the log can't be copied: what the caller has written is stored, and stays so."""
    try:
        yield
    except sqlite3.OperationalError as error:
        log.warning("the log of the database is not emptied: %s", error)


@contextmanager
def _little_patience(connection: sqlite3.Connection) -> Iterator[None]:
    (before,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {round(PATIENCE_SECONDS * 1000)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")


def _is_to_be_emptied(database: str) -> bool:
    try:
        is_long = Path(f"{database}-wal").stat().st_size > LONG
    except FileNotFoundError:
        return False
    return is_long and time.monotonic() >= _pause_ends


def _empty(connection: sqlite3.Connection) -> None:
    global _pause_ends  # noqa: PLW0603
    connection.execute("SELECT 1 FROM sqlite_schema")  # an unused connection does not know yet that there is a log
    # Nearly all is copied while others write; only for the rest do they wait.
    connection.execute("PRAGMA main.wal_checkpoint(PASSIVE)")
    (busy, *_frames) = connection.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        _pause_ends = time.monotonic() + PAUSE_SECONDS
