"""How many rows a batch has."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, update

from clientes_app.database.transactions import many_writes
from clientes_app.extensions import db
from clientes_app.importing.batch_sizes import ALONE_SECONDS, BESIDE_SECONDS, FEWEST, MOST, Turns
from clientes_app.models import Usuario


@pytest.mark.parametrize(
    ("rows", "seconds", "beside", "next_rows"),
    [
        (4_000, ALONE_SECONDS, False, 4_000),
        (4_000, ALONE_SECONDS / 1.5, False, 6_000),
        (4_000, ALONE_SECONDS / 100, False, 8_000),
        (4_000, BESIDE_SECONDS * 2, True, 2_000),
        (MOST, 0.0, False, MOST),
        (4_000, 60.0, False, FEWEST),
    ],
)
def test_a_batch_is_as_large_as_others_can_wait_for(rows: int, seconds: float, beside: bool, next_rows: int) -> None:
    with create_engine("sqlite://").connect() as connection:
        turns = Turns(connection)
    turns.learn(rows, seconds, beside=beside)
    assert turns.rows == next_rows


class _Told(Turns):
    """Remembers what it learnt."""

    def learn(self, rows: int, seconds: float, *, beside: bool) -> None:
        super().learn(rows, seconds, beside=beside)
        self.beside = beside


def test_whoever_writes_in_between_is_noticed(app: Flask, account: int, context: None) -> None:
    with many_writes(db.engine) as connection:
        turns = _Told(connection)
        for writes in (False, True, False):
            if writes:
                _write_elsewhere()
            with turns.transaction(10):
                pass
            assert turns.beside is writes


def test_the_log_that_the_import_itself_empties_is_nobody_elses_writing(
    app: Flask, account: int, context: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.database.wal.LONG", 0)
    log = Path(f"{db.engine.url.database}-wal")
    with many_writes(db.engine) as connection:
        turns = _Told(connection)
        for _ in range(3):
            with turns.transaction(10):
                connection.execute(update(Usuario).values(negocio="Otra"))
            assert (turns.beside, log.stat().st_size) == (False, 0)


def _write_elsewhere() -> None:
    other = sqlite3.connect(str(db.engine.url.database))
    with other:
        other.execute("UPDATE usuario SET usuario = usuario")
    other.close()
