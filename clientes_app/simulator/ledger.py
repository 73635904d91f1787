"""The record of every message the simulator accepted: a SQLite file that several processes may share."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Self

LOCK_TIMEOUT_S = 10
LOCK_RETRY_S = 0.01
PAGE_ROWS = 1000

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    sender TEXT,
    messaging_service_sid TEXT,
    status_callback TEXT,
    created TEXT NOT NULL,
    validity_period INTEGER
);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, id);
"""
INSERT = """
INSERT INTO messages (sid, recipient, body, sender, messaging_service_sid, status_callback, created, validity_period)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT = """
SELECT sid, recipient, body, sender, messaging_service_sid, status_callback, created, validity_period FROM messages
"""


class Entry(NamedTuple):
    """One accepted message; `created` is ISO 8601 in UTC, `validity_period` in seconds."""

    sid: str
    recipient: str
    body: str
    sender: str | None
    messaging_service_sid: str | None
    status_callback: str | None
    created: str
    validity_period: int | None = None


class Ledger:
    """Accepted messages, oldest to newest; in memory without a path. Belongs to the thread that opened it."""

    def __init__(self, path: Path | None = None) -> None:
        # Autocommit: each accepted message is in the file before its sender hears of it.
        self._connection = sqlite3.connect(path or ":memory:", timeout=LOCK_TIMEOUT_S, isolation_level=None)
        _use_wal(self._connection)
        # What was written survives the death of the process; only a power cut could lose it.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA)
        _add_validity_period(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the ledger cannot be used any more."""
        self._connection.close()

    def add(self, entry: Entry) -> None:
        """Write one message down."""
        self._connection.execute(INSERT, entry)

    def get(self, sid: str) -> Entry | None:
        """Find a message by its SID."""
        found = self._select("WHERE sid = ?", sid)
        return found[0] if found else None

    def count(self) -> int:
        """Count all messages."""
        (total,) = self._connection.execute("SELECT count(*) FROM messages").fetchone()
        return int(total)

    def newest(
        self, limit: int, recipient: str | None = None, sender: str | None = None, before: str | None = None
    ) -> list[Entry]:
        """List up to `limit` messages, newest first, older than the one whose SID is `before`."""
        filters = {
            "recipient = ?": recipient,
            "sender = ?": sender,
            "id < (SELECT id FROM messages WHERE sid = ?)": before,
        }
        conditions = [condition for condition, value in filters.items() if value is not None]
        where = " AND ".join(conditions) or "TRUE"
        values = [value for value in filters.values() if value is not None]
        return self._select(f"WHERE {where} ORDER BY id DESC LIMIT ?", *values, limit)

    def pages(self) -> Iterator[list[Entry]]:
        """Yield all messages, oldest first, in lists of at most `PAGE_ROWS`."""
        following = "WHERE id > coalesce((SELECT id FROM messages WHERE sid = ?), 0) ORDER BY id LIMIT ?"
        last_sid = ""
        while page := self._select(following, last_sid, PAGE_ROWS):
            last_sid = page[-1].sid
            yield page

    def _select(self, clauses: str, *values: str | int) -> list[Entry]:
        return [Entry(*row) for row in self._connection.execute(SELECT + clauses, values)]


def _add_validity_period(connection: sqlite3.Connection) -> None:
    """Bring a file of before up to date."""
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(messages)")}
    if "validity_period" not in columns:
        connection.execute("ALTER TABLE messages ADD COLUMN validity_period INTEGER")


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for processes that make the same change, unlike for any other lock.
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOCK_RETRY_S)
        else:
            return
