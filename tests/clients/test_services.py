"""What the services of clients hold, whoever calls them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients import services
from clientes_app.clients.search import listing
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.pages import Cursor, Order
from clientes_app.errors import Conflict, NotFound
from clientes_app.extensions import db
from clientes_app.models import Cliente, Venta
from clientes_app.values.amounts import parse_amount

from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("59900", "59900"),
        ("59.900", "59900"),
        ("59,900", "59900"),
        ("59,900.50", "59900.50"),
        ("59.900,50", "59900.50"),
        ("59900,5", "59900.50"),
        ("59.90", "59.90"),
        ("$ 59.900", "59900"),
        ("COP 1.234.567", "1234567"),
        ("$\u00a01'234.567", "1234567"),
        ("1'234.567,89", "1234567.89"),
        ("1.234'567.890 pesos", "1234567890"),
        ("1'234.567.8", None),
        ("1.23'456.789", None),
        ("1’234’567,89", "1234567.89"),
        ("0,50", "0.50"),
        ("0.500", None),
        ("0,004", None),
        ("00.001", None),
        ("0'500.000", None),
        ("10.004", "10004"),
        ("12.345.67", None),
        ("1.23.456", None),
        ("1,234.567", None),
        ("59.900,", None),
        (".50", None),
        ("-1", None),
        ("1e5", None),
        ("", None),
        ("$", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, meant: str | None) -> None:
    assert parse_amount(typed) == (None if meant is None else Decimal(meant))


@pytest.mark.usefixtures("context")
def test_a_sale_that_the_check_does_not_see_still_protects(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    shop.add(Venta(cliente_id=client_id, total=Decimal(1), usuario_id=shop.add_admin("other")))
    with pytest.raises(Conflict, match="Laura"):
        services.delete_client(account, client_id, by=NOBODY)
    assert db.session.get(Cliente, client_id) is not None


@pytest.mark.usefixtures("context")
def test_an_edit_builds_on_what_others_changed_meanwhile(app: Flask, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura", documento="77")
    services.find_client(account, client_id)
    with app.app_context():
        services.edit_client(account_of(account), client_id, {"nombre": "Lucía"}, by=Actor(account))
    services.edit_client(account_of(account), client_id, {"documento": "88"}, by=Actor(account))
    found = listing.find_page(account_of(account), Search("lucia 88"), Cursor(), Order.NEWEST)
    assert [row.client.nombre for row in found.rows] == ["Lucía"]


@pytest.mark.usefixtures("context")
def test_the_region_reads_numbers_without_a_country(account: int) -> None:
    client = services.create_client(
        account_of(account, "MX"), {"nombre": "Ana", "telefono": "5512345678"}, by=Actor(account)
    )
    assert client.telefono_e164 == "+525512345678"


@pytest.mark.usefixtures("context")
def test_another_accounts_client_is_not_found(shop: Shop, account: int) -> None:
    client_id = shop.add_client(account)
    other = shop.add_admin("other")
    with pytest.raises(NotFound):
        services.find_client(other, client_id)
    with pytest.raises(NotFound):
        services.edit_client(account_of(other), client_id, {"nombre": "X"}, by=Actor(other))


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("clients", "counted"), [(2, listing.Count(2, more=False)), (3, listing.Count(2, more=True))])
def test_counting_stops_early(
    monkeypatch: pytest.MonkeyPatch, shop: Shop, account: int, clients: int, counted: listing.Count
) -> None:
    monkeypatch.setattr(listing, "COUNTED_UP_TO", 2)
    for _ in range(clients):
        shop.add_client(account)
    assert listing.count(account, Search()) == counted
