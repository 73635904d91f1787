"""Whether a database error means that the database is away: out of reach, locked, full or not writable.

It passes without anybody changing the program, so whoever asked is told to try again. Any other error is a fault.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

log = logging.getLogger(__name__)

RETRY_SECONDS = 10
"""How long whoever asked is told to wait."""

DATABASE_ERRORS = (exc.DBAPIError, exc.TimeoutError)
"""What may turn out to be an outage; the second is said where all connections are taken for too long."""

# Primary result codes: https://sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_PRIMARY = 0xFF
_READ_ONLY = "25006"


def is_outage(error: Exception) -> bool:
    """Return whether the database is away, rather than asked for something wrong."""
    if not isinstance(error, exc.DBAPIError):
        return isinstance(error, exc.TimeoutError)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & _PRIMARY in _SQLITE
    # PostgreSQL's class of operational errors: connections, room on the disk, locks, deadlocks, being stopped.
    # What stands in for a server that is gone takes no writes at first.
    return (
        error.connection_invalidated
        or isinstance(error, exc.OperationalError)
        or getattr(error.orig, "sqlstate", None) == _READ_ONLY
    )


def note(error: Exception) -> None:
    """Write an outage into the log, as one line: neither the statement nor its values."""
    cause = getattr(error, "orig", None) or error
    log.warning("the database is away: %s", str(cause).partition("\n")[0])


@contextmanager
def overlooked() -> Iterator[None]:
    """Go on where the database is away: what was to be done may be left out."""
    try:
        yield
    except DATABASE_ERRORS as error:
        if not is_outage(error):
            raise
        note(error)
