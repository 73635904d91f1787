"""Databases that go away for a while: locked, full, out of reach."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from clientes_app.database import transactions
from clientes_app.extensions import db

from .postgres import PostgresServer

SHORT_WAIT = 0.05
_WRITES = {
    "client_room": "AFTER INSERT ON cliente",
    "receipt_room": "AFTER UPDATE ON sms_log",
    "opt_out_room": "AFTER INSERT ON baja",
    "session_room": "AFTER UPDATE ON sesion",
}


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Hold SQLite's write lock in a connection of another program."""
    with closing(sqlite3.connect(_file_of(app), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """Let SQLite's file grow no further, and what tests write need room."""
    with closing(sqlite3.connect(_file_of(app))) as other:
        other.execute("CREATE TABLE room (taken BLOB)")
        for name, act in _WRITES.items():
            other.execute(f"CREATE TRIGGER {name} {act} BEGIN INSERT INTO room VALUES (zeroblob(100000)); END")
        (pages,) = other.execute("PRAGMA page_count").fetchone()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    with _set_up(app, limit):
        yield
    with closing(sqlite3.connect(_file_of(app))) as other:
        other.execute("DROP TABLE room")
        for name in _WRITES:
            other.execute(f"DROP TRIGGER {name}")


@contextmanager
def out_of_reach(app: Flask) -> Iterator[None]:
    """Put a folder where SQLite's file was, which cannot be opened."""
    path = _file_of(app)
    _forget_connections(app)
    moved = path.rename(path.with_suffix(".moved"))
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        moved.rename(path)


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """Stop a PostgreSQL server, and start it again."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def be_impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the app's writers wait for a lock only a moment."""
    monkeypatch.setattr(transactions, "WRITER_WAIT_SECONDS", SHORT_WAIT)
    _forget_connections(app)


@contextmanager
def _set_up(app: Flask, change: object) -> Iterator[None]:
    _forget_connections(app)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", change)
    try:
        yield
    finally:
        event.remove(engine, "connect", change)
        _forget_connections(app)


def _forget_connections(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _file_of(app: Flask) -> Path:
    with app.app_context():
        return Path(str(db.engine.url.database))
