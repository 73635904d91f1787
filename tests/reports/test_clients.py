"""The report of the clients: each count is that of whom its filters find, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.listing import count
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, CampanaSMS, Cliente, EstadoSMS, OrigenBaja, SMSLog, Venta
from clientes_app.reports import as_json
from clientes_app.reports.clients_report import clients_report, searches
from clientes_app.reports.good_hours import good_hours
from clientes_app.reports.hours_report import FEWEST_SALES, HoursReport, Slot, hours_report
from clientes_app.reports.report_words import best_in_words, share_in_words
from clientes_app.tenancy import Account

from ..support.clock import Clock
from ..support.shop import Shop
from .random_shop import RandomShop

pytestmark = pytest.mark.both_databases

ZONE = ZoneInfo("America/Bogota")


@pytest.fixture
def random_shop(app: Flask, shop: Shop, clock: Clock) -> RandomShop:
    """An account some of whose clients cannot be written to, beside another one."""
    clock.set(2026, 11, 20, 9)
    RandomShop(app, shop, "b", "Asia/Kolkata", 2)
    made = RandomShop(app, shop, "a", ZONE.key, 1)
    for client in made.clients[:5]:
        for _ in range(3):
            made.sales.append(made.add_sale(client, made.moment() - timedelta(days=40 * made.dice.randrange(5))))
    shop.add_client(made.account, "Sin número", "")
    shop.add_client(made.account, "Inactiva", "3009990001", activo=False)
    shop.add_client(made.account, "De baja", "3009990002")
    shop.add_client(made.account, "Nueva", "3009990003")
    shop.add(Baja(telefono_e164="+573009990002", origen=OrigenBaja.MANUAL, usuario_id=made.account))
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Cliente).where(Cliente.id == made.clients[5]).values(activo=False))
        refused = SMSLog.cliente_id.in_(made.clients[6:10])
        session.execute(update(SMSLog).where(refused).values(estado=EstadoSMS.FALLIDO, recibo=None, recibido=None))
        # What somebody tries on themselves goes to no client.
        tried = SMSLog.campana_id.in_(select(CampanaSMS.id).where(CampanaSMS.es_prueba))
        session.execute(update(SMSLog).where(tried).values(cliente_id=None))
    return made


def test_each_count_is_that_of_its_filters(random_shop: RandomShop) -> None:
    account = Account(random_shop.account, ZONE, "CO")
    with random_shop.app.test_request_context():
        report = clients_report(account)
        assert all(count(account.id, band.search).number == band.clients for band in report.bands)
        assert {type(tile.clients) for row in report.tiles for tile in row} == {int}, "JSON writes others as texts"
        for row in report.tiles:
            for tile in row:
                assert count(account.id, tile.search).number == tile.clients, tile.search.values()
        found = {name: count(account.id, search).number for name, search in searches().items()}
        active = select(Cliente.id).where(Cliente.usuario_id == account.id, Cliente.activo)
        buyers = set(db.session.scalars(active.where(Cliente.id.in_(select(Venta.cliente_id)))))
        everybody = set(db.session.scalars(active))
    assert sum(tile.clients for row in report.tiles for tile in row) == len(buyers) > 3
    assert (report.active, report.never_bought) == (len(everybody), len(everybody - buyers))
    assert found["never_bought"] == report.never_bought
    for name in ("inactive", "without_number", "opted_out", "lost", "never_written_to"):
        assert found[name] == getattr(report.unreached, name) >= 1, name
    assert sum(month.new_clients for month in report.months) == len(everybody) + 2
    assert sum(month.opt_outs for month in report.months) == 9


def test_the_next_look_sees_a_first_purchase_and_a_tile_goes_on_with_time(
    app: Flask, shop: Shop, account: int, clock: Clock
) -> None:
    clock.set(2026, 10, 20, 9)
    here = Account(account, ZONE, "CO")
    client = shop.add_client(account)

    def told() -> dict[str, Any]:
        with app.test_request_context():
            return as_json.of_clients(clients_report(here))

    assert (told()["activos"], told()["sin_compras"], told()["grupos"][0]["clientes"]) == (1, 1, 0)
    shop.add_sale(account, client, 1_000)
    shop.add_client(account, "Nueva", "3009990003")
    assert (told()["activos"], told()["sin_compras"]) == (2, 1)
    tile = told()["grupos"][0]
    assert (tile["clientes"], tile["filtros"]["compro_dias"]) == (1, "30")
    for day, number in ((19, 1), (20, 0)):
        clock.set(2026, 11, day, 9)
        with app.test_request_context():
            assert count(account, Search.from_values(tile["filtros"])).number == number
        assert told()["grupos"][0]["clientes"] == number


def test_the_best_hour_is_known_from_enough_sales(app: Flask, shop: Shop, account: int, clock: Clock) -> None:
    clock.set(2026, 11, 20, 9)
    client = shop.add_client(account)
    here = Account(account, ZONE, "CO")

    def sell(*moment: int) -> None:
        clock.set(*moment)
        shop.add_sale(account, client, 1_000)

    for place in range(FEWEST_SALES - 1):
        sell(2026, 11, 17 + place % 3, 10 if place % 3 else 16, 20)
    clock.set(2026, 11, 20, 9)
    with app.test_request_context():
        assert good_hours(here, hours_report(here)).best is None
        assert "muy temprano" in best_in_words(hours_report(here))
    for minute in (40, 41):
        sell(2026, 11, 18, 10, minute)
    for second in range(20):
        sell(2026, 11, 15, 10, 0, second)
    clock.set(2026, 11, 20, 9)
    with app.test_request_context():
        assert hours_report(here).best == Slot(6, 10)
        assert good_hours(here, hours_report(here)).best == Slot(2, 10), "not on a Sunday"
    sell(2026, 11, 17, 16, 59)
    sell(2026, 11, 17, 16, 58)
    clock.set(2026, 11, 20, 9)
    with app.test_request_context():
        said = best_in_words(hours_report(here))
    assert said.startswith("Domingo 10")
    assert "(20 de 53 compras)" in said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (317, 318, "99,7 %"),
        (3_064, 3_065, "más de 99,9 %"),
        (1, 3_065, "menos de 0,1 %"),
        (3, 700, "0,4 %"),
        (700, 700, "100 %"),
        (0, 700, "0 %"),
        (0, 0, "0 %"),
        (350, 700, "50 %"),
    ],
)
def test_shares_say_all_and_nothing_of_these_only(app: Flask, part: int, whole: int, said: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert share_in_words(part, whole) == said


def test_hours_without_one_that_stands_out() -> None:
    even = HoursReport(date(2026, 1, 1), date(2026, 12, 30), [[1] * 24 for _ in range(7)], 0)
    assert (even.best, even.alike) == (None, [])
    table = [[1] * 24 for _ in range(7)]
    table[3][13], table[5][10], table[5][16] = 4, 3, 4
    report = HoursReport(date(2026, 1, 1), date(2026, 12, 30), table, 0)
    assert (report.best, report.alike) == (Slot(3, 13), [Slot(5, 16), Slot(5, 10)])
