"""A disk that is full, told from other faults: whoever asked can be told, and nothing of what was begun is kept."""

from __future__ import annotations

import errno
import sqlite3

from ..values.text import translatable

DISK_FULL = translatable("There is no room left on the server's disk, so nothing was kept. Tell whoever runs it.")

# No space, no quota left, or a file longer than the process may write.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: Exception) -> bool:
    """Return whether an error means that the disk takes no more, be it from a file or from a file of SQLite."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
