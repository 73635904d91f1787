"""Home's figures of the month: those of the report, kept beforehand, and counted once the page is there."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app.extensions import db
from clientes_app.models import MensajesContados

from ..reports.random_shop import RandomShop
from ..support.checking_client import CheckingClient, open_browser
from ..support.clock import Clock
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

ENGLISH = {"Accept-Language": "en"}
PARTIAL = {**ENGLISH, "HX-Request": "true", "HX-Request-Type": "partial"}
FIGURES = "/inicio/cifras/"
NAMES = ("delivered", "cost", "sales", "opt-outs")


@pytest.fixture
def sold(app: Flask, shop: Shop, clock: Clock) -> RandomShop:
    """An account with a random past, of which nothing is counted yet."""
    clock.set(2026, 11, 20, 9)
    return RandomShop(app, shop, "otra", "America/Bogota", 3)


@pytest.fixture
def seller(app: Flask, shop: Shop, sold: RandomShop) -> CheckingClient:
    """The browser of a vendedor of that account without any right."""
    shop.add_seller(sold.account, "lea", puede_enviar=False, puede_vender=False)
    browser = open_browser(app)
    assert browser.log_in("lea").status_code == 302
    return browser


def _text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def of_home(page: str) -> dict[str, tuple[str, str]]:
    """Each figure of Home, and what it was by the same day of the month before."""
    found = {}
    for name in NAMES:
        tile = page.partition(f'id="home-{name}"')[2].partition("</a>")[0]
        before = re.search(r"((?:\$\s?)?[\d.,]+) by this day last month", _text(tile))
        found[name] = (
            _text(tile.partition("<strong")[2].partition("</strong>")[0].partition(">")[2]),
            before[1] if before else "",
        )
    return found


def of_report(browser: CheckingClient, month: str) -> dict[str, tuple[str, str]]:
    """The same figures of a month's report, and those of the whole month before."""
    page = browser.get(f"/informes/mes/{month}/", headers=ENGLISH).text
    rows = {name: page.partition(f'id="figure-{name}"')[2].partition("</tr>")[0] for name in NAMES}
    cells = {name: [_text(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for name, row in rows.items()}
    return {name: (_at_a_glance(now), _at_a_glance(before)) for name, (now, before, *_) in cells.items()}


def _at_a_glance(figure: str) -> str:
    """Write a report's figure as Home does: pesos from a thousand on without cents."""
    if not figure.startswith("$"):
        return figure
    pesos = Decimal(re.sub(r"[^\d.]", "", figure))
    return figure if pesos < 1_000 else re.sub(r"[\d.,]+$", f"{pesos.quantize(Decimal(1), ROUND_HALF_UP):,}", figure)


def counted_rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(MensajesContados)) or 0


def test_home_shows_what_is_kept_and_asks_for_the_rest(
    app: Flask, sold: RandomShop, seller: CheckingClient, clock: Clock
) -> None:
    first = seller.get("/", headers=ENGLISH).text
    assert counted_rows(app) == 0, "Home itself has counted"
    assert f'hx-get="{FIGURES}"' in first
    fragment = seller.get(FIGURES, headers=PARTIAL).text
    assert counted_rows(app) > 0
    assert f'hx-get="{FIGURES}"' not in fragment
    assert f'hx-get="{FIGURES}"' not in seller.get("/", headers=ENGLISH).text
    report = of_report(seller, "2026-11")
    assert {name: now for name, (now, _) in of_home(fragment).items()} == {
        name: now for name, (now, _) in report.items()
    }
    # On the 31st the same days of a month of thirty are all of it.
    clock.set(2026, 10, 31, 18)
    home = of_home(seller.get("/", headers=ENGLISH).text)
    assert home == of_report(seller, "2026-10")
    assert home["delivered"][0] != home["delivered"][1] != "0"
    # On the 1st nothing but that day is compared.
    clock.set(2026, 10, 1, 8)
    assert int(of_home(seller.get("/", headers=ENGLISH).text)["delivered"][1]) < int(home["delivered"][1])


def test_six_months_of_money_are_those_of_their_reports(sold: RandomShop, seller: CheckingClient) -> None:
    page = seller.get(FIGURES, headers=PARTIAL).text
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition('id="money"')[2].partition("<tbody>")[2], re.DOTALL)
    assert len(rows) == 6
    for row in rows[:3]:
        (month,) = re.findall(r"/informes/mes/([\d-]+)/", row)
        values = re.findall(r'data-value="([^"]+)"', row)
        report = seller.get(f"/informes/mes/{month}/").text
        of_month = [re.search(rf'id="figure-{name}".*?data-value="([^"]*)"', report) for name in ("cost", "pesos")]
        assert values == [found[1] for found in of_month if found]
    assert page.count('<rect class="money-pesos"') == 6


def test_who_opens_the_address_of_the_figures_is_led_home(seller: CheckingClient) -> None:
    assert seller.get(FIGURES).location == "/"


def test_a_new_account_has_its_first_steps_instead(admin: CheckingClient) -> None:
    page = admin.get("/").text
    assert 'id="first-steps"' in page
    assert 'id="month-figures"' not in page
