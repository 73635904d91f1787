"""A process that mostly reads has SQLite's file mapped into its memory."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from clientes_app.database.transactions import MAPPED_BYTES, expect_many_reads, write_transaction
from clientes_app.extensions import db


def test_what_is_written_is_read_in_place(app: Flask, context: None) -> None:
    expect_many_reads(db.engine)
    with write_transaction(db.engine) as connection:
        connection.execute(text("CREATE TABLE written AS SELECT 'x' AS word"))
    with db.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA mmap_size")) == MAPPED_BYTES
        assert connection.scalar(text("SELECT word FROM written")) == "x"
