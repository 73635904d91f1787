"""Linking sales to messages at one moment with a merge of their clients, and with a deletion, on PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select

from clientes_app.audit_log import NOBODY
from clientes_app.background.daily import take_turn
from clientes_app.clients.duplicates.merging import merge
from clientes_app.clients.sales.services import NewSale, Shown, delete_sale, record_sale
from clientes_app.extensions import db, engine_apart, unit_of_work
from clientes_app.models import Cliente, CompraDespues, Venta
from clientes_app.reports.counted import linking
from clientes_app.reports.counted.counting import count_everything
from clientes_app.reports.counted.tallies import fold_everything

from ..support.clock import Clock
from ..support.races import race
from ..support.shop import Shop, account_of
from .plain import Rows
from .random_shop import RandomShop
from .test_figures import check

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

ROUNDS = 5
ZONE = "America/Bogota"


@pytest.fixture
def made(app: Flask, shop: Shop, clock: Clock) -> RandomShop:
    """A shop with sales and messages."""
    clock.set(2026, 11, 20, 9)
    with app.app_context():
        take_turn(db.engine)  # as the server does at its start
    return RandomShop(app, shop, "a", ZONE, 5)


def test_linking_at_once_with_merging(made: RandomShop) -> None:
    for kept, dropped in zip(made.clients[: 2 * ROUNDS : 2], made.clients[1 : 2 * ROUNDS : 2], strict=True):
        forget_links(made)
        outcomes = race(
            made.app,
            lambda: linking.link(engine_apart(), made.sales),
            lambda pair=(kept, dropped): merge(account_of(made.account), pair, {}, by=NOBODY),
            lambda: linking.link(engine_apart(), made.sales),
        )
        assert outcomes.refused == []
        with made.app.app_context():
            assert db.session.get(Cliente, dropped) is None
        check_links(made)


def test_linking_at_once_with_deleting_a_sale(made: RandomShop) -> None:
    for _ in range(ROUNDS):
        forget_links(made)
        sale_id = made.sales[0]
        with made.app.app_context():
            sale = db.session.get_one(Venta, sale_id)
            shown = Shown(sale.cliente_id, sale_id, sale.ediciones)
        outcomes = race(
            made.app,
            lambda: linking.link(engine_apart(), made.sales),
            lambda shown=shown: delete_sale(account_of(made.account), shown, by=NOBODY),
        )
        assert outcomes.refused == []
        made.sales.remove(sale_id)
        check_links(made)


def test_counting_while_sales_and_messages_come_and_go(made: RandomShop) -> None:
    here = account_of(made.account)
    for place in range(ROUNDS):
        with made.app.app_context():
            sale = db.session.get_one(Venta, made.sales[place])
            shown = Shown(sale.cliente_id, sale.id, sale.ediciones)
        seller = made.clients[place]
        outcomes = race(
            made.app,
            sweep,
            lambda client=seller: record_sale(here, client, NewSale(Decimal(5_000), moment=made.moment())),
            sweep,
            lambda shown=shown: delete_sale(here, shown, by=NOBODY),
            made.add_campaign,
            lambda client=seller: record_sale(here, client, NewSale(Decimal(7_000))),
        )
        assert outcomes.refused == []
    check(made, ZONE)


def sweep() -> None:
    """Count as the daily sweep does."""
    count_everything(engine_apart(), lambda: False)
    fold_everything(engine_apart())


def forget_links(made: RandomShop) -> None:
    """Take all links away, as where the messages had been stored after the sales."""
    with made.app.app_context(), unit_of_work() as session:
        session.execute(delete(CompraDespues))


def check_links(made: RandomShop) -> None:
    """Fail where a sale is linked to another message than the last one that its client had got before it."""
    bought = Rows(made.app, made.account, ZONE).bought(60)
    with made.app.app_context():
        links = db.session.execute(
            select(CompraDespues.venta_id, CompraDespues.sms_log_id, CompraDespues.cliente_id)
        ).all()
    assert set(map(tuple, links)) == {(each.sale.id, each.message.id, each.sale.cliente_id) for each in bought}
    assert links
