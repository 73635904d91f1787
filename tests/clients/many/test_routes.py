"""What is done to many clients at once, as a browser sees it, with and without scripts."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from clientes_app.clients.tags.services import store_tags
from clientes_app.clients.tags.tagging import delete_tag
from clientes_app.extensions import db
from clientes_app.models import Cliente, ClienteEtiqueta, Etiqueta, Venta

from ...support.checking_client import CheckingClient
from ...support.shop import Shop

TAGS = "/clientes/seleccion/etiquetas/"
ACTIVITY = "/clientes/seleccion/activo/"
DELETION = "/clientes/seleccion/eliminar/"
EXPORT = "/clientes/seleccion/exportar/"
ENGLISH = {"Accept-Language": "en"}
ALL = {"destino": "busqueda", "estado": "todos"}
TICKED = {"destino": "marcados"}
DEEDS = {
    TAGS: {"etiqueta_nueva": "VIP"},
    ACTIVITY: {"activar": "false"},
    DELETION: {},
    EXPORT: {"formato": "csv", "columnas": "nombre"},
}


def active_names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Cliente.nombre).where(Cliente.activo).order_by(Cliente.id)))


def tagged(app: Flask) -> list[tuple[str, str]]:
    """Return each client's name with each of its tags."""
    found = (
        db.select(Cliente.nombre, Etiqueta.nombre)
        .join(ClienteEtiqueta, ClienteEtiqueta.cliente_id == Cliente.id)
        .join(Etiqueta, Etiqueta.id == ClienteEtiqueta.etiqueta_id)
        .order_by(Cliente.id, Etiqueta.clave)
    )
    with app.app_context():
        return [tuple(row) for row in db.session.execute(found)]


@pytest.fixture
def two(shop: Shop, account: int) -> list[int]:
    """The ids of Ana and Eva."""
    return [shop.add_client(account, name) for name in ("Ana", "Eva")]


@pytest.mark.parametrize("url", DEEDS)
def test_each_dialog_says_how_many_and_sends_on_who(admin: CheckingClient, two: list[int], url: str) -> None:
    page = admin.get(url, query_string={"cliente_ids": two, "q": "a"}, headers=ENGLISH).text
    assert "2 clients" in page
    for client_id in two:
        assert f'<input type="hidden" name="cliente_ids" value="{client_id}">' in page
    assert '<input type="hidden" name="q" value="a">' in page
    whole = admin.swap(f"{url}?destino=busqueda&q=eva", method="GET").text
    assert "<html" not in whole
    assert '<input type="hidden" name="destino" value="busqueda">' in whole
    assert "cliente_ids" not in whole


@pytest.mark.parametrize("url", DEEDS)
@pytest.mark.parametrize(
    "nobody",
    [
        {},
        {"cliente_ids": "999"},
        {**TICKED, "cliente_ids": "999"},
        TICKED,
        {"cliente_ids": ["abc", "-1", "0", "9" * 40, "١"]},
        {"destino": "todos", "q": "ana"},
        {"destino": "busqueda", "q": "zzz"},
    ],
)
def test_nobody_selected_is_refused(admin: CheckingClient, app: Flask, two: list[int], url: str, nobody: dict) -> None:
    assert admin.get(url, query_string=nobody).status_code == 400
    assert admin.send(url, {**nobody, **DEEDS[url]}).status_code == 400
    assert active_names(app) == ["Ana", "Eva"]
    assert tagged(app) == []


def test_a_refusal_leads_back_to_where_one_was(admin: CheckingClient, two: list[int]) -> None:
    came_from = "/clientes/?q=a&estado=todos"
    refused = admin.send(DELETION, {"destino": "busqueda", "q": "zzz"}, Referer=f"http://localhost{came_from}")
    assert refused.status_code == 400
    assert 'href="/clientes/?q=a&amp;estado=todos"' in refused.text
    elsewhere = admin.send(DELETION, {}, Referer="https://otra.example/clientes/")
    assert "otra.example" not in elsewhere.text


@pytest.mark.parametrize("url", DEEDS)
def test_the_ticks_beside_a_whole_search_are_not_sent_on(admin: CheckingClient, two: list[int], url: str) -> None:
    page = admin.get(url, query_string={"cliente_ids": two[0], "destino": "todos"}, headers=ENGLISH).text
    assert "2 clients" in page
    assert '<input type="hidden" name="destino" value="todos">' in page
    assert 'name="cliente_ids"' not in page


@pytest.mark.parametrize("url", DEEDS)
def test_another_accounts_clients_are_nobody(
    admin: CheckingClient, app: Flask, shop: Shop, two: list[int], url: str
) -> None:
    theirs = shop.add_client(shop.add_admin("otra"), "Ida de Otra Tienda")
    assert admin.get(url, query_string={"cliente_ids": theirs}).status_code == 400
    assert admin.send(url, {**TICKED, "cliente_ids": theirs, **DEEDS[url]}).status_code == 400
    answer = admin.send(url, {**TICKED, "cliente_ids": [*two, theirs], **DEEDS[url]})
    assert answer.status_code in (200, 302)
    assert "Ida de Otra Tienda" not in answer.text
    assert "Ida de Otra Tienda" in active_names(app)
    assert "Ida de Otra Tienda" not in dict(tagged(app))


@pytest.mark.parametrize("url", DEEDS)
def test_a_vendedor_may_do_none_of_it(seller: CheckingClient, app: Flask, two: list[int], url: str) -> None:
    assert seller.get(url, query_string={"cliente_ids": two}).status_code == 403
    assert seller.send(url, {"cliente_ids": two, **DEEDS[url]}).status_code == 403
    assert url not in seller.get("/clientes/").text
    assert active_names(app) == ["Ana", "Eva"]


def test_ticked_clients_get_tags_old_and_new(admin: CheckingClient, app: Flask, two: list[int], account: int) -> None:
    with app.app_context():
        (far,) = store_tags(account, ["Lejos"])
    data = {**TICKED, "cliente_ids": two, "etiqueta_ids": far, "etiqueta_nueva": "VIP", "q": "a", "accion": "poner"}
    answer = admin.send(TAGS, data)
    assert (answer.status_code, answer.location) == (302, "/clientes/?q=a")
    assert tagged(app) == [("Ana", "Lejos"), ("Ana", "VIP"), ("Eva", "Lejos"), ("Eva", "VIP")]
    assert "2 clientes ahora tienen: Lejos, VIP." in admin.get(answer.location).text


def test_a_tag_is_taken_from_a_whole_search(admin: CheckingClient, app: Flask, two: list[int]) -> None:
    admin.send(TAGS, {**ALL, "etiqueta_nueva": "VIP"})
    admin.send(TAGS, {**ALL, "q": "eva", "etiqueta_nueva": "vip", "accion": "quitar"})
    assert tagged(app) == [("Ana", "VIP")]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"etiqueta_nueva": " "},
        {"etiqueta_nueva": "x" * 41},
        {"etiqueta_nueva": "\u0301"},
        {"etiqueta_ids": "999"},
        {"etiqueta_ids": "abc"},
    ],
)
def test_a_tag_that_is_none_is_refused(admin: CheckingClient, app: Flask, two: list[int], wrong: dict) -> None:
    data = {**TICKED, "cliente_ids": two, **wrong}
    assert admin.swap(TAGS, data).status_code == 422
    page = admin.send(TAGS, data)
    assert (page.status_code, "invalid-feedback" in page.text) == (200, True)
    assert tagged(app) == []


def test_another_accounts_tag_is_none(admin: CheckingClient, app: Flask, shop: Shop, two: list[int]) -> None:
    with app.app_context():
        (theirs,) = store_tags(shop.add_admin("otra"), ["Secreta"])
    assert admin.swap(TAGS, {**TICKED, "cliente_ids": two, "etiqueta_ids": theirs}).status_code == 422
    assert (
        admin.send(TAGS, {**TICKED, "cliente_ids": two, "etiqueta_nueva": "Secreta", "accion": "quitar"}).status_code
        == 400
    )
    assert tagged(app) == []


def test_the_list_is_drawn_again_as_it_was(admin: CheckingClient, two: list[int]) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/clientes/?q=eva", "X-CSRFToken": admin.token()}
    answer = admin.post(TAGS, data={**TICKED, "cliente_ids": two, "etiqueta_nueva": "VIP"}, headers=headers)
    assert '<hx-partial hx-target="#clients">' in answer.text
    assert f'id="client-{two[1]}"' in answer.text
    assert f'id="client-{two[0]}"' not in answer.text
    assert "dialog:close" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize("case", [("true", ["Ana", "Eva", "Ida"]), ("false", ["Eva"])])
def test_activity_is_set(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, case: tuple[str, list[str]]
) -> None:
    active, left = case
    ana, _eva = shop.add_client(account, "Ana"), shop.add_client(account, "Eva")
    ida = shop.add_client(account, "Ida", activo=False)
    assert admin.send(ACTIVITY, {**TICKED, "cliente_ids": [ana, ida], "activar": active}).status_code == 302
    assert active_names(app) == left


@pytest.mark.parametrize("nonsense", ["", "quizás"])
def test_activity_that_means_nothing_is_refused(
    admin: CheckingClient, app: Flask, two: list[int], nonsense: str
) -> None:
    assert admin.send(ACTIVITY, {**TICKED, "cliente_ids": two, "activar": nonsense}).status_code == 400
    assert active_names(app) == ["Ana", "Eva"]


def test_those_with_sales_are_named_and_kept(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, two: list[int]
) -> None:
    shop.add(Venta(cliente_id=two[0], total=1000, usuario_id=account))
    dialog = admin.get(DELETION, query_string=ALL).text
    assert "Ana" in dialog
    answer = admin.send(DELETION, ALL)
    assert answer.location == "/clientes/?estado=todos"
    said = admin.get(answer.location).text.partition("alert-success")[2].partition("</button>")[0]
    assert ": Ana" in said
    assert active_names(app) == ["Ana"]
    only_kept = admin.get(DELETION, query_string=ALL).text
    assert "btn-danger" not in only_kept


def test_names_are_shown_as_text(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "<img src=x>")
    shop.add(Venta(cliente_id=client_id, total=1000, usuario_id=account))
    admin.send(TAGS, {**TICKED, "cliente_ids": client_id, "etiqueta_nueva": "<b>100%</b>"})
    for url in ("/clientes/", f"/clientes/{client_id}/", "/clientes/etiquetas/", f"{TAGS}?cliente_ids={client_id}"):
        page = admin.get(url).text
        assert "&lt;b&gt;100%&lt;/b&gt;" in page, url
        assert "<b>100%" not in page, url
    assert "&lt;img src=x&gt;" in admin.get(DELETION, query_string={"cliente_ids": client_id}).text


def test_a_tag_that_is_deleted_while_it_is_given_is_said_to_be_gone(
    app: Flask, admin: CheckingClient, account: int, two: list[int]
) -> None:
    with app.app_context():
        (vip,) = store_tags(account, ["VIP"])

    def delete_it() -> None:
        with app.app_context():
            delete_tag(account, vip)

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "array" in statement and "FROM cliente" in statement and not threads:  # the ids are frozen
            threads.append(Thread(target=delete_it))
            threads[0].start()
            threads[0].join()

    threads: list[Thread] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", meanwhile)
        answer = admin.send(TAGS, {**ALL, "q": "a", "etiqueta_ids": [vip]})
        event.remove(db.engine, "before_cursor_execute", meanwhile)
    assert (len(threads), answer.status_code) == (1, 409)
    assert "Mientras tanto alguien eliminó la etiqueta VIP: nadie la tiene." in answer.text
    assert tagged(app) == []
