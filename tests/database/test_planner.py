"""SQLite plans as for a large shop from the first client on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from clientes_app.clients.search.criteria import Search, Status
from clientes_app.clients.search.listing import find_page
from clientes_app.clients.search.pages import Cursor, Order
from clientes_app.database.planner import INDEXES, look_anew
from clientes_app.extensions import db
from clientes_app.fields.questions import Question
from clientes_app.models import Cliente

from ..support.shop import Shop, account_of

SIZE = Question(1, False, "opcion", ("Chica", "Grande"))
BIRTHDAY = Question(2, False, "dias", ("7",))

Asked = list[tuple[str, Any]]


@pytest.fixture
def asked(app: Flask) -> Iterator[Asked]:
    """What the database is asked, with the parameters."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield found
        event.remove(db.engine, "before_cursor_execute", note)


def plan(statement: str, parameters: Any) -> str:
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row.detail for row in rows)


@pytest.fixture
def crowd(shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """An account with more clients than are counted."""
    monkeypatch.setattr("clientes_app.clients.search.listing.COUNTED_UP_TO", 1)
    shop.add_clients(account, ["3001234567", "3001234568", "3001234569"])
    return account


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.ALL])
@pytest.mark.parametrize("order", [Order.NEWEST, Order.NAME])
def test_a_page_is_read_in_order_and_its_clients_by_their_ids(
    crowd: int, asked: Asked, status: Status, order: Order
) -> None:
    asked.clear()
    find_page(account_of(crowd), Search(status=status), Cursor(), order)
    plans = {statement: plan(statement, parameters) for statement, parameters in list(asked)}
    by_id = [plan for statement, plan in plans.items() if statement.startswith("SELECT cliente.id, cliente.nombre,")]
    assert by_id == ["SEARCH cliente USING INTEGER PRIMARY KEY (rowid=?)"]
    in_order = [plan for statement, plan in plans.items() if re.search(r"ORDER BY (cliente|name)\.", statement)]
    assert in_order
    assert not [plan for plan in in_order if "TEMP B-TREE" in plan]


@pytest.mark.parametrize(
    "search",
    [
        Search(bought_since=date(2026, 6, 1), bought_for=Decimal(200_000)),
        Search(not_bought_since=date(2026, 6, 1), not_bought_for=Decimal(200_000)),
        Search(any_tags=(1, 2)),
        Search(all_tags=(1, 2), no_tags=(3,)),
        Search("ana", any_tags=(1, 2)),
        Search(questions=(SIZE,)),
        Search(questions=(BIRTHDAY, SIZE)),
        Search("ana", questions=(SIZE,), any_tags=(1, 2)),
        Search(questions=(SIZE._replace(negated=True),)),
    ],
)
def test_no_search_reads_all_sales_or_sorts_who_has_a_tag_or_a_value(crowd: int, asked: Asked, search: Search) -> None:
    asked.clear()
    find_page(account_of(crowd), search, Cursor(), Order.NEWEST)
    finding = [pair for pair in asked if pair[0].startswith("SELECT json_group_array")]
    plans = [plan(statement, parameters) for statement, parameters in finding]
    assert plans
    assert not [
        each for each in plans if re.search(r"SCAN (venta|cliente_etiqueta|valor_de_campo|cliente)\b|TEMP B-TREE", each)
    ]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_after_a_look_the_index_of_names_is_read_alone(crowd: int, context: None) -> None:
    look_anew(db.engine, Cliente)
    seen_by_all = text("SELECT relpages = relallvisible FROM pg_class WHERE relname = 'cliente'")
    with db.engine.connect() as connection:
        assert connection.scalar(seen_by_all)


def test_it_is_told_of_every_index_of_the_tables_that_grow(app: Flask) -> None:
    listed = text("SELECT name FROM pragma_index_list(:table) WHERE origin = 'c'")
    with app.app_context():
        indexes = {table: set(db.session.scalars(listed, {"table": table})) for table in INDEXES}
    for table, names in indexes.items():
        assert names <= INDEXES[table].keys(), table
