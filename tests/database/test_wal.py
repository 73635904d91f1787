"""SQLite's log of writes stays short, whoever else reads and writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.database import wal
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db

LONG = 100_000
TEXT = "x" * LONG


@pytest.fixture
def log(app: Flask, context: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the log, which is soon long."""
    monkeypatch.setattr(wal, "LONG", LONG)
    monkeypatch.setattr(wal, "PAUSE_SECONDS", 0)
    with write_transaction(db.engine) as connection:
        connection.execute(text("CREATE TABLE much (written TEXT)"))
    return Path(f"{db.engine.url.database}-wal")


def write_much() -> None:
    with write_transaction(db.engine) as connection:
        connection.execute(text("INSERT INTO much VALUES (:written)"), {"written": TEXT})


def test_who_leaves_the_log_long_empties_it(log: Path) -> None:
    write_much()

    assert log.stat().st_size < LONG


def test_what_is_written_beside_somebody_who_reads_is_stored_and_the_log_emptied_later(log: Path) -> None:
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM much").fetchall()
        write_much()
        assert log.stat().st_size > LONG
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM much").fetchone() == (1,)

    write_much()

    assert log.stat().st_size < LONG
