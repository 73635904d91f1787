"""How many rows a batch has."""

from __future__ import annotations

import sqlite3

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.importing.batch_sizes import ALONE_SECONDS, BESIDE_SECONDS, FEWEST, MOST, Turns


@pytest.mark.parametrize(
    ("rows", "seconds", "beside", "next_rows"),
    [
        (4_000, ALONE_SECONDS, False, 4_000),
        (4_000, ALONE_SECONDS / 1.5, False, 6_000),
        (4_000, ALONE_SECONDS / 100, False, 8_000),
        (4_000, BESIDE_SECONDS * 2, True, 2_000),
        (15_000, 0.0, False, MOST),
        (4_000, 60.0, False, FEWEST),
    ],
)
def test_a_batch_is_as_large_as_others_can_wait_for(rows: int, seconds: float, beside: bool, next_rows: int) -> None:
    turns = Turns()
    turns.learn(rows, seconds, beside=beside)
    assert turns.rows == next_rows


class _Told(Turns):
    """Remembers what it learnt."""

    def learn(self, rows: int, seconds: float, *, beside: bool) -> None:
        super().learn(rows, seconds, beside=beside)
        self.beside = beside


def test_whoever_writes_in_between_is_noticed(app: Flask, account: int, context: None) -> None:
    turns = _Told()
    for writes in (False, True, False):
        if writes:
            _write_elsewhere()
        with turns.transaction(db.engine, 10):
            pass
        assert turns.beside is writes


def _write_elsewhere() -> None:
    other = sqlite3.connect(str(db.engine.url.database))
    with other:
        other.execute("UPDATE usuario SET usuario = usuario")
    other.close()
