"""How many rows are imported at once: many while nobody else writes, few while somebody does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from ..database.transactions import write_transaction

FIRST = 4_000
FEWEST = 500
MOST = 16_000
"""More need more memory, and are hardly faster."""

ALONE_SECONDS = 0.5
"""How long one person's click may wait for SQLite's only lock, now and then."""

BESIDE_SECONDS = 0.15
"""How long those wait who write all the time, as a campaign does."""


class Turns:
    """Transactions one after the other, and the number of rows that the next one should have."""

    def __init__(self) -> None:
        self.rows = FIRST
        self._version: int | None = None

    @contextmanager
    def transaction(self, engine: Engine, rows: int) -> Iterator[Connection]:
        """Open a transaction that writes this many rows, and learn from it."""
        with write_transaction(engine) as connection:
            began = time.monotonic()
            beside = self._others_wrote(connection)
            yield connection
        self.learn(rows, time.monotonic() - began, beside=beside)

    def learn(self, rows: int, seconds: float, *, beside: bool) -> None:
        """Set the size of the next batch by how long one took, at most twice as large."""
        wanted = BESIDE_SECONDS if beside else ALONE_SECONDS
        fitting = int(rows * min(2.0, wanted / max(seconds, 1e-6)))
        self.rows = max(FEWEST, min(MOST, fitting))

    def _others_wrote(self, connection: Connection) -> bool:
        """Return whether anybody else wrote to SQLite since the last batch; PostgreSQL's writers need not wait."""
        if connection.dialect.name != "sqlite":
            return False
        # https://www.sqlite.org/pragma.html#pragma_data_version
        before, self._version = self._version, connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        return before not in (None, self._version)
