"""The page of doubles, and merging two clients."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import Cliente, Venta

from ...support.checking_client import CheckingClient, open_browser
from ...support.shop import Shop


@pytest.fixture
def pair(shop: Shop, account: int) -> tuple[int, int]:
    """Two clients who look like one."""
    older = shop.add_client(account, "Laura Méndez", "3001234567")
    return older, shop.add_client(account, "Laura <b>Mendes", "+57 300 123 4567", documento="77")


def english(client: CheckingClient, url: str) -> str:
    return client.get(url, headers={"Accept-Language": "en"}).text


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Cliente.nombre).order_by(Cliente.id)))


def test_the_list_leads_an_admin_to_the_doubles(admin: CheckingClient, seller: CheckingClient) -> None:
    assert 'href="/clientes/dobles/"' in admin.get("/clientes/").text
    assert "/clientes/dobles/" not in seller.get("/clientes/").text


def test_doubles_stand_beside_each_other_with_what_they_share(admin: CheckingClient, pair: tuple[int, int]) -> None:
    page = english(admin, "/clientes/dobles/")
    assert "Laura &lt;b&gt;Mendes" in page
    assert len(re.findall(r"Same</span>", page)) == 2
    assert f"/clientes/unir/?a={pair[0]}&amp;b={pair[1]}&amp;por=numero" in page
    assert "No doubles here" in english(admin, "/clientes/dobles/?por=documento")


def test_different_people_are_remembered(admin: CheckingClient, pair: tuple[int, int]) -> None:
    form = {"a": pair[0], "b": pair[1], "por": "numero", "despues": "+56"}
    answer = admin.send("/clientes/dobles/distintos/", form)
    assert answer.location == "/clientes/dobles/?por=numero&despues=%2B56"
    assert "/clientes/unir/" not in admin.get("/clientes/dobles/").text
    again = admin.swap("/clientes/dobles/distintos/", form).text
    assert re.search(r'<div id="doubles">', again)
    assert 'hx-target="#flashes"' in again


def test_what_was_said_can_be_taken_back(admin: CheckingClient, pair: tuple[int, int]) -> None:
    form = {"a": pair[0], "b": pair[1], "por": "numero"}
    assert "Undo" not in english(admin, "/clientes/dobles/")
    admin.send("/clientes/dobles/distintos/", form)
    page = english(admin, "/clientes/dobles/")
    assert "Undo" in page
    assert "Laura &lt;b&gt;Mendes" in page
    answer = admin.send("/clientes/dobles/distintos/deshacer/", form)
    assert answer.location == "/clientes/dobles/?por=numero"
    again = english(admin, "/clientes/dobles/")
    assert "/clientes/unir/" in again
    assert "Undo" not in again
    assert admin.send("/clientes/dobles/distintos/deshacer/", form).status_code == 404


def test_another_account_takes_nothing_back(
    app: Flask, admin: CheckingClient, shop: Shop, pair: tuple[int, int]
) -> None:
    form = {"a": pair[0], "b": pair[1]}
    admin.send("/clientes/dobles/distintos/", form)
    shop.add_admin("otra")
    other = open_browser(app)
    other.log_in("otra")
    assert other.send("/clientes/dobles/distintos/deshacer/", form).status_code == 404
    assert "Undo" in english(admin, "/clientes/dobles/")


def test_the_next_page_follows(admin: CheckingClient, shop: Shop, account: int) -> None:
    for number in range(21):
        for _ in range(2):
            shop.add_client(account, f"Cliente {number:02d}.", f"30012300{number:02d}")
    first = admin.get("/clientes/dobles/").text
    following = re.search(r'href="(/clientes/dobles/\?por=numero&amp;despues=[^"]+)"', first)
    assert following
    second = admin.get(following[1].replace("&amp;", "&")).text
    assert "Cliente 20." not in first
    assert set(re.findall(r"Cliente \d\d\.", second)) == {"Cliente 20."}


def test_the_choice_shows_both_values_and_what_moves(
    admin: CheckingClient, shop: Shop, account: int, pair: tuple[int, int]
) -> None:
    older, newer = pair
    shop.add(Venta(cliente_id=newer, total=Decimal(1), usuario_id=account))
    page = english(admin, f"/clientes/unir/?a={newer}&b={older}")
    assert re.search(rf'name="nombre" value="{older}" checked', page)
    assert re.search(rf'name="documento" value="{newer}" checked', page)
    assert 'name="activo"' not in page, "there is nothing to choose where they agree"
    assert "1 sale<" in page
    assert "0 messages<" in page


def test_merging_leads_to_the_client_that_stays(admin: CheckingClient, app: Flask, pair: tuple[int, int]) -> None:
    older, newer = pair
    form = {"a": newer, "b": older, "nombre": newer, "documento": newer}
    assert admin.send("/clientes/unir/", form).location == f"/clientes/{older}/"
    assert names(app) == ["Laura <b>Mendes"]
    page = english(admin, f"/clientes/{older}/")
    assert "Merged with Laura &lt;b&gt;Mendes" in page
    assert "by ana" in page
    assert admin.send("/clientes/unir/", form).status_code == 404


def test_merging_from_the_doubles_leads_back_to_them(admin: CheckingClient, pair: tuple[int, int]) -> None:
    page = admin.get(f"/clientes/unir/?a={pair[0]}&b={pair[1]}&por=nombre&despues=lau").text
    assert 'href="/clientes/dobles/?por=nombre&amp;despues=lau"' in page
    fields = dict(re.findall(r'type="hidden" name="(a|b|por|despues)" value="([^"]*)"', page))
    assert admin.send("/clientes/unir/", fields).location == "/clientes/dobles/?por=nombre&despues=lau"


def test_saving_a_doubled_number_offers_to_merge(admin: CheckingClient, shop: Shop, account: int) -> None:
    older = shop.add_client(account, "Laura <b>", "3001234567")
    admin.send("/clientes/nuevo/", {"nombre": "Pedro", "telefono": "300 123 4567"})
    page = english(admin, "/clientes/")
    assert f'href="/clientes/unir/?a={older}&amp;b={older + 1}"' in page
    assert "Laura &lt;b&gt;. <a" in page
    again = {"nombre": "Eva", "telefono": "300 123 4567", "otro": "1"}
    assert f'href="/clientes/unir/?a={older}&amp;b={older + 2}"' in admin.swap("/clientes/nuevo/", again).text


def test_what_is_no_pair_is_not_found(admin: CheckingClient, shop: Shop, pair: tuple[int, int]) -> None:
    older = pair[0]
    theirs = shop.add_client(shop.add_admin("otra"), "Secreto")
    for other in (theirs, 0, -1, "x", 2**63, 10**40, -(10**40)):
        assert admin.get(f"/clientes/unir/?a={older}&b={other}").status_code == 404
        for url in ("/clientes/unir/", "/clientes/dobles/distintos/"):
            assert admin.send(url, {"a": older, "b": other}).status_code == 404
    assert admin.get(f"/clientes/unir/?a={older}&b={older}").status_code == 400


def test_a_seller_merges_nothing(seller: CheckingClient, app: Flask, pair: tuple[int, int]) -> None:
    query = f"?a={pair[0]}&b={pair[1]}"
    for url in ("/clientes/dobles/", f"/clientes/unir/{query}"):
        assert seller.get(url).status_code == 403
    for url in ("/clientes/dobles/distintos/", "/clientes/unir/"):
        assert seller.send(url, {"a": pair[0], "b": pair[1]}).status_code == 403
    assert len(names(app)) == 2


def test_a_likeness_that_cannot_be_read_is_refused(admin: CheckingClient, pair: tuple[int, int]) -> None:
    for asked in ("por=apodo", "por=numero&por=nombre"):
        refused = admin.get(f"/clientes/dobles/?{asked}")
        assert (refused.status_code, "no se puede leer" in refused.text) == (400, True)
    assert admin.get("/clientes/dobles/?por=").status_code == 200
