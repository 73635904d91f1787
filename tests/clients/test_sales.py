"""Sales, recorded on the client's page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import Alcance, Auditoria, Cliente, Venta

from ..support.checking_client import CheckingClient, hidden_fields
from ..support.clock import BOGOTA, Clock
from ..support.shop import Shop
from ..support.tokens import bearer, make_token


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
    for total in ("0,10", "0,20", "9999999999,99"):
        assert seller.send(url, {"total": total}).status_code == 302
    page = seller.get(url.removesuffix("ventas/"), headers={"Accept-Language": "en"}).text
    assert "10,000,000,000.29" in page


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
        ({"total": "1.5"}, "total"),
        ({"total": "9" * 14}, "total"),
        ({"total": "much"}, "total"),
        ({"total": "NaN"}, "total"),
        ({"total": "1e9"}, "total"),
        ({"total": "1000000000000"}, "total"),
        ({"total": "10000000000"}, "total"),
        ({"total": "0,005"}, "total"),
        ({"total": "9" * 10_000}, "total"),
        ({"total": "12.345.67"}, "total"),
        ({"total": "1", "concepto": "x" * 201}, "concepto"),
        ({"total": "1", "fecha": "yesterday"}, "fecha"),
        ({"total": "1", "fecha": "2026-02-30"}, "fecha"),
        ({"total": "1", "fecha": "0026-02-03"}, "fecha"),
        ({"total": "1", "fecha": "9999-12-31"}, "fecha"),
        ({"total": "1", "fecha": "2006-11-01"}, "fecha"),
        ({"total": "1", "hora": "25:00"}, "hora"),
        ({"total": "1", "hora": "2 p. m."}, "hora"),
        ({"total": "1", "fecha": (datetime.now(BOGOTA) + timedelta(days=2)).date().isoformat()}, "fecha"),
    ],
)
def test_what_no_sale_can_be_is_said_beside_the_field(
    seller: CheckingClient, app: Flask, url: str, form: dict[str, str], field: str
) -> None:
    reasons = {"-5": "debe ser mayor que cero", "1.5": "1.500, o con dos decimales", "9" * 14: "9.999.999.999,99 pesos"}
    for answer, status in ((seller.send(url, form), 200), (seller.swap(url, form), 422)):
        assert answer.status_code == status
        assert f'id="{field}-errors"' in answer.text
        assert reasons.get(form.get("total", ""), "") in answer.text
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


def test_a_day_and_an_hour_are_those_of_the_shops_clock(
    seller: CheckingClient, app: Flask, url: str, clock: Clock
) -> None:
    clock.set(2026, 11, 30, 15, 20)
    seller.log_in("vero")
    for form in (
        {"fecha": "2026-11-28", "hora": "09:05"},
        {"hora": "15:20"},
        {"fecha": "2026-11-30", "hora": "07:00"},
        {"fecha": "2026-11-29"},
    ):
        assert seller.send(url, {"total": "1", **form}).status_code == 302
    told = [f"{sale.fecha.astimezone(BOGOTA):%d %H:%M}" for sale in sales(app)]
    assert told == ["28 09:05", "30 15:20", "30 07:00", "29 12:00"]
    refused = seller.send(url, {"total": "1", "hora": "15:40"})
    assert 'id="hora-errors"' in refused.text
    assert 'value="15:40"' in refused.text
    assert "9:05" in seller.get(url.removesuffix("ventas/")).text


class TestAfterwards:
    """An admin edits and deletes sales."""

    @pytest.fixture
    def sale(self, shop: Shop, account: int, url: str) -> str:
        """Where a sale of 59.900 is, the later one of two."""
        client = int(url.split("/")[2])
        shop.add_sale(account, client, 1_000, fecha=datetime(2026, 1, 2, tzinfo=UTC))
        moment = datetime(2026, 3, 5, 15, 30, 42, tzinfo=UTC)
        return f"{url}{shop.add_sale(account, client, 59_900, concepto='Zapatos', fecha=moment)}/"

    @pytest.fixture
    def client_of(self, app: Flask, url: str) -> Any:
        """Look at the client."""

        def look() -> Cliente:
            with app.app_context():
                return db.session.get_one(Cliente, int(url.split("/")[2]))

        return look

    def test_an_edit_counts_and_is_told(
        self, admin: CheckingClient, app: Flask, url: str, sale: str, client_of: Any
    ) -> None:
        shown = hidden_fields(admin.get(f"{sale}editar/").text)
        typed = {"total": "$ 49.900,50", "concepto": "", "fecha": "2026-03-05", "hora": "10:30"}
        assert admin.swap(f"{sale}editar/", {**shown, **typed}).headers["HX-Redirect"] == url.removesuffix("ventas/")
        edited = sales(app)[1]
        assert (edited.total, edited.concepto, edited.ediciones) == (Decimal("49900.50"), "", 1)
        assert edited.fecha.second == 42, "the minute was not changed"
        assert client_of().total_compras == Decimal("50900.50")
        page = admin.get(url.removesuffix("ventas/"), headers={"Accept-Language": "en"}).text
        told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
        assert "Sale edited by ana" in told
        assert re.search(r"Total: \$\s?59,900 became \$\s?49,900.50", told)
        assert "What for: Zapatos became Nothing" in told
        with app.app_context():
            (entry,) = db.session.scalars(db.select(Auditoria).where(Auditoria.accion == "venta_editada"))
        assert entry.detalle["cambios"] == {"total": ["59900.00", "49900.50"], "concepto": "cambiado"}
        audit = admin.get("/auditoria/").text
        assert "editó una venta" in audit
        assert "Zapatos" not in audit

    @pytest.mark.both_databases
    def test_the_second_of_two_is_told(self, admin: CheckingClient, app: Flask, sale: str) -> None:
        shown = hidden_fields(admin.get(f"{sale}editar/").text)
        first = {**shown, "total": "1", "fecha": "2026-03-05", "hora": "10:30"}
        assert admin.send(f"{sale}editar/", first).status_code == 302
        for late in (
            admin.swap(f"{sale}editar/", {**first, "total": "2"}),
            admin.swap(f"{sale}eliminar/", shown),
            admin.swap(f"{sale}editar/", {**first, "ediciones": ""}),
            admin.swap(f"{sale}editar/", {**first, "ediciones": "2147483648"}),
            admin.swap(f"{sale}eliminar/", {"ediciones": "2147483648"}),
        ):
            assert late.status_code == 409
            assert late.headers["HX-Retarget"] == "#flashes"
        assert [each.total for each in sales(app)] == [1_000, 1]

    def test_what_is_deleted_counts_no_longer(
        self, admin: CheckingClient, app: Flask, url: str, sale: str, client_of: Any
    ) -> None:
        page = url.removesuffix("ventas/")
        asked = admin.swap(f"{sale}eliminar/", method="GET").text
        assert admin.send(f"{sale}eliminar/", hidden_fields(asked)).location == page
        assert (client_of().total_compras, client_of().ultima_compra) == (1_000, datetime(2026, 1, 2, tzinfo=UTC))
        assert "Venta eliminada" in admin.get(page).text
        assert "eliminó una venta" in admin.get("/auditoria/").text
        assert [admin.get(f"{sale}{act}/").status_code for act in ("editar", "eliminar")] == [404, 404]
        (other,) = sales(app)
        admin.send(f"{url}{other.id}/eliminar/", {"ediciones": "0"})
        assert client_of().ultima_compra is None
        assert admin.send(f"/clientes/eliminar/{client_of().id}/").status_code == 302
        with app.app_context():
            assert db.session.scalars(db.select(Cliente)).all() == []

    def test_it_is_no_sellers_right(self, seller: CheckingClient, app: Flask, url: str, sale: str) -> None:
        for act in ("editar", "eliminar"):
            assert seller.get(f"{sale}{act}/").status_code == 403
            assert seller.send(f"{sale}{act}/", {"total": "1", "ediciones": "0"}).status_code == 403
        assert "eliminar/" not in seller.get(url.removesuffix("ventas/")).text
        assert [each.ediciones for each in sales(app)] == [0, 0]

    def test_what_is_wrong_stands_beside_the_field(self, admin: CheckingClient, app: Flask, sale: str) -> None:
        wrong = {"total": "mucho", "fecha": "2026-03-05", "hora": "10:30", "ediciones": "0"}
        for answer, status in ((admin.send(f"{sale}editar/", wrong), 200), (admin.swap(f"{sale}editar/", wrong), 422)):
            assert answer.status_code == status
            assert 'id="total-errors"' in answer.text
            assert 'value="mucho"' in answer.text
        large = admin.swap(f"{sale}editar/", {**wrong, "total": "10.000.000.000"}).text
        assert "Una venta es de máximo 9.999.999.999,99 pesos." in large
        assert sales(app)[1].total == 59_900


class TestPrograms:
    """A program records sales with a token."""

    @pytest.fixture
    def post(self, app: Flask, account: int, url: str) -> Any:
        """Post JSON with a token."""
        token = bearer(make_token(app, account, Alcance.SALES))

        def post(body: Any, key: str | None = None, to: str = url) -> Any:
            headers = token | ({"Idempotency-Key": key} if key is not None else {})
            return app.test_client().post(to, json=body, headers=headers)

        return post

    @pytest.mark.parametrize(
        ("total", "meant"),
        [(59_900, "59900.00"), (1.5, "1.50"), (59_900.5, "59900.50"), ("59900.50", "59900.50"), ("59.900", "59900.00")],
    )
    def test_a_sale_in_and_out(self, post: Any, app: Flask, total: Any, meant: str) -> None:
        answer = post({"total": total, "concepto": "Zapatos", "fecha": "2026-03-05T10:30:00-05:00"})
        (sale,) = sales(app)
        assert answer.get_json()["venta"] == {
            "id": sale.id,
            "cliente_id": sale.cliente_id,
            "total": meant,
            "concepto": "Zapatos",
            "fecha": "2026-03-05T10:30:00-05:00",
        }
        assert sale.total == Decimal(meant)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "total"),
            ({"total": True}, "total"),
            ({"total": 0.001}, "total"),
            ({"total": 1e12}, "total"),
            ({"total": 10_000_000_000}, "total"),
            ({"total": "0.001"}, "total"),
            ({"total": "1.5"}, "total"),
            ({"total": -1}, "total"),
            ({"total": [1]}, "total"),
            ({"total": 1, "fecha": "2026-03-05"}, "fecha"),
            ({"total": 1, "fecha": "2199-03-05T10:30:00-05:00"}, "fecha"),
            ({"total": 1, "fecha": "1999-03-05T10:30:00-05:00"}, "fecha"),
        ],
    )
    def test_what_no_sale_can_be(self, post: Any, app: Flask, body: Any, field: str) -> None:
        answer = post(body)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (400, [field])
        assert sales(app) == []

    @pytest.fixture
    def elsewhere(self, shop: Shop, account: int) -> str:
        """Where sales to another client are recorded."""
        return f"/clientes/{shop.add_client(account, 'Eva', '3001112222')}/ventas/"

    def test_the_same_again_is_the_first_sale(self, post: Any, app: Flask, elsewhere: str, clock: Clock) -> None:
        clock.set(2026, 11, 30, 10, 0)
        first = post({"total": 5, "concepto": "a"}, "one").get_json()
        assert post({"concepto": "a", "total": 5}, "one").get_json() == first
        for answer in (post({"total": 6}, "one"), post({"total": 5, "concepto": "a"}, "one", elsewhere)):
            assert answer.status_code == 422
        assert post({"total": 5}, "").status_code == 400
        assert len(sales(app)) == 1
        clock.pass_by(hours=25)
        assert post({"total": 6}, "one").status_code == 200
        assert [sale.total for sale in sales(app)] == [5, 6]

    def test_a_person_sends_json_too(self, seller: CheckingClient, url: str) -> None:
        assert seller.send_json(url, {"total": 5}).get_json()["venta"]["total"] == "5.00"
