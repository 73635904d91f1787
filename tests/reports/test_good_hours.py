"""The hour that is proposed for a campaign: one in which advertising may go out."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Flask

from clientes_app.reports.good_hours import good_hours
from clientes_app.reports.hours_report import FEWEST_SALES, Slot, hours_report

from ..support.checking_client import CheckingClient, open_browser
from ..support.clock import BOGOTA, Clock
from ..support.shop import Shop, account_of

SUNDAY, MONDAY = (2026, 10, 25, 16, 20), (2026, 10, 26, 10, 20)


def sell(shop: Shop, account: int, moment: tuple[int, int, int, int, int], times: int) -> None:
    (client,) = shop.add_clients(account, [f"30012345{moment[3]}"])
    for _ in range(times):
        shop.add_sale(account, client, 10_000, fecha=datetime(*moment, tzinfo=BOGOTA))


def test_the_next_of_the_best_lawful_hours_is_proposed(
    app: Flask, shop: Shop, account: int, admin: CheckingClient, clock: Clock
) -> None:
    clock.set(2026, 10, 30, 9)
    shop.settle_law(account)
    sell(shop, account, SUNDAY, FEWEST_SALES)
    with app.app_context():
        here = account_of(account)
        none = good_hours(here, hours_report(here))
    assert none.best is None, "nothing was bought when advertising may go out"
    assert Slot(6, 16) not in none.openings
    sell(shop, account, MONDAY, 2)
    with app.app_context():
        good = good_hours(here, hours_report(here))
        assert hours_report(here).best == Slot(6, 16)
    assert good.best == Slot(0, 10)
    # Monday the 2nd of November is a holiday.
    assert good.moment == datetime(2026, 11, 9, 10, tzinfo=BOGOTA)
    page = admin.get("/informes/cuando/").text
    (address,) = re.findall(r'href="([^"]*/campanas/nueva/[^"]*)"', page)
    assert "Programar para el lunes a las 10:00" in page
    assert "Es cuando más te compran" in page
    composing = admin.get(admin.get(address.replace("&amp;", "&")).location).text
    assert re.search(r'name="dia"[^>]*value="2026-11-09"', composing)
    assert re.search(r'name="hora"[^>]*value="10:00"', composing)
    assert re.search(r'value="programar"[^>]*checked', composing)


def test_who_may_not_send_is_offered_nothing(app: Flask, shop: Shop, account: int, clock: Clock) -> None:
    clock.set(2026, 10, 30, 9)
    shop.settle_law(account)
    sell(shop, account, MONDAY, FEWEST_SALES)
    shop.add_seller(account, "lea", puede_enviar=False)
    browser = open_browser(app)
    browser.log_in("lea")
    page = browser.get("/informes/cuando/").text
    assert 'class="report-number shade-5' in page
    assert "Programar para" not in page
