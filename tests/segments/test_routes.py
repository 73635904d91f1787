"""Segments and filters over HTTP."""

from __future__ import annotations

import re
from typing import Any

import pytest

from clientes_app.models import Segmento

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

LIST = "/clientes/segmentos/"


@pytest.fixture
def people(shop: Shop, account: int) -> None:
    """Two clients who can be reached, and one who cannot."""
    shop.add_client(account, "María López", "3001234567")
    shop.add_client(account, "Mario Peña", "3109998877")
    shop.add_client(account, "Martín Gil", "no tiene")


def save(admin: CheckingClient, name: str, **search: str) -> None:
    answer = admin.send(f"{LIST}nuevo/", {"nombre": name, **search})
    assert answer.status_code == 302


@pytest.mark.usefixtures("people")
def test_a_filter_shows_as_a_chip_that_can_be_taken_off(admin: CheckingClient) -> None:
    page = admin.get("/clientes/?q=mar&numero=no&orden=nombre&etiqueta=&baja=").text
    assert "Martín Gil" in page
    assert "María López" not in page
    assert "Sin número utilizable" in page
    assert 'href="/clientes/?q=mar&amp;orden=nombre"' in page


@pytest.mark.usefixtures("people")
def test_the_address_says_what_is_asked_and_no_more(admin: CheckingClient) -> None:
    answer = admin.get("/clientes/?q=mar&estado=&numero=si&baja=", headers={"HX-Request": "true"})
    assert answer.headers["HX-Replace-Url"] == "/clientes/?q=mar&numero=si"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("creado_desde=29/11/2026", "Creado desde (creado_desde): “29/11/2026” no se puede leer."),
        ("creado_hasta=2024-02-30", "Un día se escribe así: 2026-11-29."),
        ("compro_por=mucho", "Un valor se escribe así: 200.000."),
        ("numero=tal", "Es uno de: si, no."),
        ("estado=algunos", "Es uno de: activos, inactivos, todos."),
        ("etiqueta=x", "Elige una de las etiquetas de la tienda."),
        ("estado=todos&estado=activos", "Viene más de una vez."),
        ("q=%CC%81", "Escribe letras o dígitos, hasta 100 caracteres."),
    ],
)
def test_a_filter_that_cannot_be_read_finds_nobody_and_says_why(admin: CheckingClient, wrong: str, said: str) -> None:
    page = admin.get(f"/clientes/?numero=si&{wrong}" if "numero" not in wrong else f"/clientes/?{wrong}").text
    assert said in page
    assert "<tr id=" not in page
    assert page.count("Quitar: ") == (2 if "numero" not in wrong else 1), "each can be taken off"
    assert 'id="selection"' not in page, "there is nobody to do anything to"
    assert f"{LIST}nuevo/" not in page


@pytest.mark.usefixtures("people")
def test_other_values_of_an_address_are_no_filters(admin: CheckingClient) -> None:
    page = admin.get("/clientes/?etiqueta=&orden=zzz&utm_source=correo").text
    assert page.count('<tr id="client-') == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"q": " "},
        {"estado": "activos"},
        {"q": "a", "creado_desde": "29/11/2026"},
        {"q": "a", "creado_dsde": "2026-11-29"},
        {"q": ["a", "b"]},
        {"q": "a", "destino": "todos"},
        {"q": "a", "cliente_ids": "1"},
    ],
)
def test_what_asks_nothing_readable_is_no_segment(admin: CheckingClient, wrong: dict[str, str]) -> None:
    assert admin.send(f"{LIST}nuevo/", {"nombre": "Todos", **wrong}).status_code == 400
    assert "segment-1" not in admin.get(LIST).text


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "stored", [{}, {"creado_desde": "29/11/2026"}, {"q": "mar", "ciudad": "Cali"}, {"q": ["a", "b"]}]
)
def test_a_segment_that_cannot_be_read_any_more_is_nobody(
    admin: CheckingClient, shop: Shop, account: int, stored: dict[str, Any]
) -> None:
    segment = shop.add(Segmento(nombre="Vieja", busqueda=stored, creado_por_id=account, usuario_id=account))
    page = admin.get(LIST).text
    assert "0 clientes" in page
    assert "Ver sus clientes" not in page
    written = {"destino": "segmento", "segmento": segment, "mensaje": "Hola"}
    blank = admin.get(f"/clientes/campanas/nueva/?segmento={segment}", follow_redirects=True)
    assert blank.status_code == 200
    for refused in (
        admin.follow("/clientes/campanas/revisar/", written),
        admin.send("/clientes/campanas/enviar/", written),
    ):
        assert "Lo que pide este segmento ya no se puede leer." in refused.text
    assert admin.send("/clientes/seleccion/eliminar/", {"destino": "segmento", "segmento": segment}).status_code == 400
    assert "María López" in admin.get("/clientes/").text


@pytest.mark.usefixtures("people")
def test_a_segment_is_asked_afresh_and_sent_to(admin: CheckingClient, shop: Shop, account: int) -> None:
    save(admin, "Los Mar", q="mar", numero="si")
    assert "2 clientes" in admin.get(LIST).text
    shop.add_client(account, "Marta Ruiz", "3201112233")
    page = admin.get(LIST).text
    assert "3 clientes" in page
    segment = re.search(r"nueva/\?segmento=(\d+)", page)
    assert segment
    written = {"destino": "segmento", "segmento": segment[1], "mensaje": "Hola {nombre}"}
    assert "3" in admin.follow("/clientes/campanas/revisar/", written).text
    sent = admin.send("/clientes/campanas/enviar/", written)
    assert sent.status_code == 302
    state = admin.get(f"{sent.location}estado/").json
    assert state is not None
    assert state["total_clientes"] == 3


@pytest.mark.usefixtures("people")
def test_a_segment_that_is_gone_sends_to_nobody(admin: CheckingClient) -> None:
    written = {"destino": "segmento", "segmento": "999", "mensaje": "Hola"}
    answer = admin.send("/clientes/campanas/enviar/", written)
    assert "Elige un segmento, u otros clientes." in answer.text
    assert "/clientes/campanas/1/" not in admin.get("/clientes/campanas/").text


def test_names_are_needed_and_used_once(admin: CheckingClient) -> None:
    save(admin, "VIP", q="x")
    again = admin.send(f"{LIST}nuevo/", {"nombre": "VIP", "q": "y"})
    assert "Ya hay un segmento con este nombre." in again.text
    assert 'value="VIP"' in again.text
    nameless = admin.send(f"{LIST}nuevo/", {"nombre": " ", "q": "y"})
    assert "is-invalid" in nameless.text


def test_a_segment_is_deleted_and_its_clients_stay(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account)
    save(admin, "VIP", q="laura")
    link = re.search(rf"{LIST}(\d+)/eliminar/", admin.get(LIST).text)
    assert link
    assert "VIP" in admin.get(link[0]).text
    admin.send(link[0], {})
    assert admin.get(link[0]).status_code == 404
    assert "Laura" in admin.get("/clientes/").text
