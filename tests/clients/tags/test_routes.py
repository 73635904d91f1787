"""Tags on a client's page and on their own, as a browser sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.clients.tags.services import store_tags
from clientes_app.clients.tags.tagging import tag_client
from clientes_app.extensions import db
from clientes_app.models import Etiqueta

from ...support.checking_client import CheckingClient
from ...support.shop import Shop
from ..many.test_routes import ENGLISH, tagged

PAGE = "/clientes/etiquetas/"


@pytest.fixture
def client_id(app: Flask, shop: Shop, account: int) -> int:
    """Laura, who is a VIP."""
    client_id = shop.add_client(account, "Laura")
    with app.app_context():
        tag_client(account, client_id, ["VIP"], by=NOBODY)
    return client_id


@pytest.fixture
def vip(app: Flask, account: int, client_id: int) -> int:
    """The tag that Laura has."""
    with app.app_context():
        return store_tags(account, ["VIP"])[0]


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Etiqueta.nombre).order_by(Etiqueta.clave)))


def test_a_client_gets_and_loses_a_tag(admin: CheckingClient, app: Flask, client_id: int, vip: int) -> None:
    url = f"/clientes/{client_id}/"
    assert admin.send(f"{url}etiquetas/", {"etiqueta_nueva": "Lejos"}).location == url
    assert tagged(app) == [("Laura", "Lejos"), ("Laura", "VIP")]
    fragment = admin.swap(f"{url}etiquetas/quitar/", {"etiqueta_id": str(vip)}).text
    assert tagged(app) == [("Laura", "Lejos")]
    assert '<section id="client-tags"' in fragment
    assert "Lejos" in fragment
    assert "VIP" not in fragment.partition("<datalist")[0]


@pytest.mark.parametrize("nonsense", ["", " ", "x" * 41, "\u0301"])
def test_a_tag_without_a_good_name_is_refused(admin: CheckingClient, app: Flask, client_id: int, nonsense: str) -> None:
    answer = admin.swap(f"/clientes/{client_id}/etiquetas/", {"etiqueta_nueva": nonsense})
    assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
    assert admin.send(f"/clientes/{client_id}/etiquetas/", {"etiqueta_nueva": nonsense}).status_code == 200
    assert names(app) == ["VIP"]


@pytest.mark.parametrize("nonsense", ["", "abc", "-1", "9" * 40])
def test_taking_a_tag_that_is_none_changes_nothing(
    admin: CheckingClient, app: Flask, client_id: int, nonsense: str
) -> None:
    assert admin.send(f"/clientes/{client_id}/etiquetas/quitar/", {"etiqueta_id": nonsense}).status_code == 302
    assert tagged(app) == [("Laura", "VIP")]


def test_a_vendedor_sees_tags_and_cannot_change_them(seller: CheckingClient, client_id: int) -> None:
    for url in ("/clientes/", f"/clientes/{client_id}/"):
        page = seller.get(url).text
        assert "VIP" in page
        assert PAGE not in page
        assert f"/clientes/{client_id}/etiquetas/" not in page


def test_the_page_counts_each_tags_clients(admin: CheckingClient, client_id: int) -> None:
    page = admin.get(PAGE, headers=ENGLISH).text
    assert "VIP" in page
    assert "1 client<" in page


def test_a_tag_is_renamed(admin: CheckingClient, app: Flask, vip: int) -> None:
    assert 'value="VIP"' in admin.get(f"{PAGE}editar/{vip}/").text
    assert admin.send(f"{PAGE}editar/{vip}/", {"etiqueta": "Oro"}).location == PAGE
    assert tagged(app) == [("Laura", "Oro")]


def test_a_name_that_another_tag_has_merges_the_two_only_when_asked(
    admin: CheckingClient, app: Flask, account: int, vip: int
) -> None:
    with app.app_context():
        store_tags(account, ["Oro"])
    refused = admin.swap(f"{PAGE}editar/{vip}/", {"etiqueta": "óro"})
    assert (refused.status_code, 'name="unir"' in refused.text) == (422, True)
    assert names(app) == ["Oro", "VIP"]
    assert admin.send(f"{PAGE}editar/{vip}/", {"etiqueta": "óro", "unir": "1"}).location == PAGE
    assert (names(app), tagged(app)) == (["Oro"], [("Laura", "Oro")])


def test_deleting_a_tag_says_who_has_it_and_keeps_them(
    admin: CheckingClient, app: Flask, client_id: int, vip: int
) -> None:
    assert "1 client has this tag" in admin.get(f"{PAGE}eliminar/{vip}/", headers=ENGLISH).text
    assert admin.send(f"{PAGE}eliminar/{vip}/").location == PAGE
    assert (names(app), tagged(app)) == ([], [])
    assert admin.get(f"/clientes/{client_id}/").status_code == 200
    assert admin.send(f"{PAGE}eliminar/{vip}/").status_code == 404


def test_a_comma_parts_the_tags_of_a_client(admin: CheckingClient, app: Flask, client_id: int) -> None:
    admin.send(f"/clientes/{client_id}/etiquetas/", {"etiqueta_nueva": 'Norte, Sur; Oro,"Uno, dos"'})
    assert {name for _, name in tagged(app)} == {"VIP", "Norte", "Sur", "Oro", "Uno, dos"}
    assert "Etiquetas agregadas: <bdi>Norte</bdi>" in admin.get(f"/clientes/{client_id}/").text
    assert 'value="&#34;Uno, dos&#34;"' in admin.get(f"/clientes/{client_id}/").text


@pytest.mark.parametrize("names", ["x" * 41, ",;", ",".join(f"t{number}" for number in range(21))])
def test_tags_that_no_client_may_have_are_refused(
    admin: CheckingClient, app: Flask, client_id: int, names: str
) -> None:
    assert admin.swap(f"/clientes/{client_id}/etiquetas/", {"etiqueta_nueva": names}).status_code == 422
    assert tagged(app) == [("Laura", "VIP")]


def test_a_tag_is_not_renamed_to_two(admin: CheckingClient, app: Flask, vip: int) -> None:
    assert admin.swap(f"{PAGE}editar/{vip}/", {"etiqueta": "Norte, Sur"}).status_code == 422
    admin.send(f"{PAGE}editar/{vip}/", {"etiqueta": '"Norte, Sur"'})
    assert names(app) == ["Norte, Sur"]
    assert 'value="&#34;Norte, Sur&#34;"' in admin.get(f"{PAGE}editar/{vip}/").text
