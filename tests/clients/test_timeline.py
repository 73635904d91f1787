"""The story on a client's page."""

from __future__ import annotations

import re
from decimal import Decimal

from flask import Flask

from clientes_app.models import Venta

from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop


def english(client: CheckingClient, url: str) -> str:
    return client.get(url, headers={"Accept-Language": "en"}).text


def add_sales(shop: Shop, account: int, client_id: int, count: int) -> None:
    for number in range(count):
        shop.add(Venta(cliente_id=client_id, total=Decimal(1), concepto=f"Sale {number:02d}.", usuario_id=account))


def test_an_edit_says_who_and_what(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura", "3001234567")
    admin.send(f"/clientes/editar/{client_id}/", {"nombre": "<b>Lucía", "documento": "77"})
    admin.send(f"/clientes/{client_id}/activo/", {"activo": "false"})
    page = english(admin, f"/clientes/{client_id}/")
    assert page.count("by ana") == 2
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "Name: Laura became &lt;b&gt;Lucía" in told
    assert "Document: No document became 77" in told
    assert "State: Active became Inactive" in told


def test_a_client_from_a_file_names_it(app: Flask, seller: CheckingClient, account: int) -> None:
    Imports(app, account).run("nombre,celular\nLaura,3001234567\n")
    page = english(seller, "/clientes/1/")
    assert "Imported" in page
    assert "clientes.csv" in page


def test_a_link_leads_to_what_came_earlier(seller: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    add_sales(shop, account, client_id, 35)
    first = english(seller, f"/clientes/{client_id}/")
    assert re.findall(r"Sale \d+\.", first) == [f"Sale {number:02d}." for number in range(34, 4, -1)]
    older = re.search(r'href="([^"]*antes=[^"]*)#timeline" hx-get="\1"', first)
    assert older
    second = english(seller, older[1])
    assert re.findall(r"Sale \d+\.", second) == [f"Sale {number:02d}." for number in range(4, -1, -1)]
    assert "Show earlier" not in second
    assert f'href="/clientes/{client_id}/#timeline"' in second
    added = seller.swap(older[1], method="GET").text
    assert added.lstrip().startswith("<li")
    assert re.findall(r"Sale \d+\.", added) == re.findall(r"Sale \d+\.", second)


def test_a_sale_just_recorded_is_told(seller: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    answer = seller.swap(f"/clientes/{client_id}/ventas/", {"total": "59900", "concepto": "Zapatos"}).text
    assert re.search(r'<hx-partial hx-target="#timeline">\s*<section id="timeline"', answer)
    assert answer.count("Zapatos") == 1
