"""How many rows are imported at once: many while nobody else writes, few while somebody does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ..database.transactions import begun_to_write, one_writer
from ..database.wal import copy_log

FIRST = 4_000
FEWEST = 500
MOST = 20_000
"""More need more memory, or leave more in SQLite's log, and are hardly faster."""

ALONE_SECONDS = 0.5
"""How long one person's click may wait for SQLite's only lock, now and then."""

BESIDE_SECONDS = 0.15
"""How long those wait who write all the time, as a campaign does."""


class Turns:
    """Transactions on one connection after the other, and the number of rows that the next one should have."""

    def __init__(self, connection: Connection) -> None:
        self.rows = FIRST
        self._connection = connection
        self._version: int | None = None

    @contextmanager
    def transaction(self, rows: int) -> Iterator[Connection]:
        """Open a transaction that writes this many rows, and learn from how long others had to wait for it."""
        with one_writer(self._connection.engine):
            with begun_to_write(self._connection):
                began = time.monotonic()
                beside = self._others_wrote()
                yield self._connection
            self.learn(rows, time.monotonic() - began, beside=beside)
            copy_log(self._connection)

    def learn(self, rows: int, seconds: float, *, beside: bool) -> None:
        """Set the size of the next batch by how long one took, at most twice as large."""
        wanted = BESIDE_SECONDS if beside else ALONE_SECONDS
        fitting = int(rows * min(2.0, wanted / max(seconds, 1e-6)))
        self.rows = max(FEWEST, min(MOST, fitting))

    def _others_wrote(self) -> bool:
        """Return whether anybody else wrote to SQLite since the last batch; PostgreSQL's writers need not wait."""
        if self._connection.dialect.name != "sqlite":
            return False
        # It changes for one connection when another one has written, and be it this process's.
        # https://www.sqlite.org/pragma.html#pragma_data_version
        before, self._version = self._version, self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return before not in (None, self._version)
