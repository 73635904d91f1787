"""Sales, recorded on the client's page."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import Venta

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

BOGOTA = ZoneInfo("America/Bogota")


def sales(app: Flask) -> list[Venta]:
    with app.app_context():
        return list(db.session.scalars(db.select(Venta).order_by(Venta.id)))


@pytest.fixture
def url(shop: Shop, account: int) -> str:
    """Where sales to a client are recorded."""
    return f"/clientes/{shop.add_client(account, 'Laura')}/ventas/"


def test_a_seller_records_a_sale_of_the_account(seller: CheckingClient, account: int, app: Flask, url: str) -> None:
    response = seller.send(url, {"total": "$ 59.900", "concepto": "Zapatos <b>", "fecha": "2026-03-05"})
    assert (response.status_code, response.location) == (302, url.removesuffix("ventas/"))
    (sale,) = sales(app)
    assert (sale.total, sale.concepto, sale.usuario_id) == (Decimal(59_900), "Zapatos <b>", account)
    assert sale.fecha.astimezone(BOGOTA).date().isoformat() == "2026-03-05"
    page = seller.get(response.location).text
    assert "Zapatos &lt;b&gt;" in page
    assert "59.900" in page


def test_the_sum_is_exact(seller: CheckingClient, url: str) -> None:
    for total in ("0,10", "0,20", "999999999999,99"):
        assert seller.send(url, {"total": total}).status_code == 302
    page = seller.get(url.removesuffix("ventas/"), headers={"Accept-Language": "en"}).text
    assert "1,000,000,000,000.29" in page


def test_without_a_day_a_sale_is_made_now(seller: CheckingClient, app: Flask, url: str) -> None:
    before = datetime.now(BOGOTA)
    for day in ({}, {"fecha": ""}, {"fecha": before.date().isoformat()}):
        seller.send(url, {"total": "1", **day})
    assert [before <= sale.fecha <= datetime.now(BOGOTA) for sale in sales(app)] == [True] * 3


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"total": ""}, "total"),
        ({}, "total"),
        ({"total": "0"}, "total"),
        ({"total": "-5"}, "total"),
        ({"total": "much"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"total": "1e9"}, "total"),
        ({"total": "1000000000000"}, "total"),
        ({"total": "9" * 10_000}, "total"),
        ({"total": "12.345.67"}, "total"),
        ({"total": "1", "concepto": "x" * 201}, "concepto"),
        ({"total": "1", "fecha": "yesterday"}, "fecha"),
        ({"total": "1", "fecha": "2026-02-30"}, "fecha"),
        ({"total": "1", "fecha": "0026-02-03"}, "fecha"),
        ({"total": "1", "fecha": "9999-12-31"}, "fecha"),
        ({"total": "1", "fecha": (datetime.now(BOGOTA) + timedelta(days=2)).date().isoformat()}, "fecha"),
    ],
)
def test_what_no_sale_can_be_is_said_beside_the_field(
    seller: CheckingClient, app: Flask, url: str, form: dict[str, str], field: str
) -> None:
    for answer, status in ((seller.send(url, form), 200), (seller.swap(url, form), 422)):
        assert answer.status_code == status
        assert f'id="{field}-errors"' in answer.text
    assert sales(app) == []


def test_htmx_gets_the_sales_again(seller: CheckingClient, url: str) -> None:
    response = seller.swap(url, {"total": "59900", "concepto": "Zapatos"})
    assert response.status_code == 200
    assert '<section id="sales"' in response.text
    assert "Zapatos" in response.text
    assert 'name="total" type="text" value=""' in response.text
    assert 'hx-target="#flashes"' in response.text


def test_the_address_of_the_form_leads_to_the_page(seller: CheckingClient, url: str) -> None:
    assert seller.get(url).location == url.removesuffix("ventas/") + "#sales"
