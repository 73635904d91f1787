"""Lists that are read batch by batch: whole and in order, wherever the batches end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.database.paging import read_in_batches
from clientes_app.extensions import db
from clientes_app.models import Cliente
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.both_databases
@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_a_list_is_read_whole_and_in_order(shop: Shop, account: int, count: int) -> None:
    ids = shop.add_clients(account, ["3001234567"] * count)
    batches = list(read_in_batches(db.engine, select(Cliente.id, Cliente.telefono), size=3))
    assert [row.id for rows in batches for row in rows] == sorted(ids)
    assert all(rows and len(rows) <= 3 for rows in batches)


def test_what_comes_or_goes_between_batches_takes_nobody_elses_place(shop: Shop, account: int) -> None:
    first, second, third, fourth = shop.add_clients(account, ["3001234567"] * 4)
    batches = read_in_batches(db.engine, select(Cliente.id), size=2)
    assert [row.id for row in next(batches)] == [first, second]
    for gone in (first, third):
        db.session.delete(db.session.get(Cliente, gone))
    db.session.commit()
    (fifth,) = shop.add_clients(account, ["3001234568"])
    assert [row.id for rows in batches for row in rows] == [fourth, fifth]
