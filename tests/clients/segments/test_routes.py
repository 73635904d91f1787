"""Segments and filters over HTTP."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from clientes_app.models import Etiqueta, Segmento

from ...support.checking_client import CheckingClient
from ...support.shop import Shop

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
    assert "Sin celular" in page
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
        ("etiqueta=x", "Elige etiquetas de la tienda, 50 como máximo."),
        ("etiqueta=1&etiqueta=x", "Con alguna de las etiquetas (etiqueta): “1, x” no se puede leer."),
        ("no_etiqueta=0x1", "Sin ninguna de las etiquetas (no_etiqueta): “0x1” no se puede leer."),
        ("&".join(f"etiqueta_todas={place}" for place in range(51)), "Elige etiquetas de la tienda, 50 como máximo."),
        ("no_compro_por=algo", "Un valor se escribe así: 200.000."),
        ("no_creado_desde=ayer", "Un día se escribe así: 2026-11-29."),
        ("no_q=%CC%81", "Escribe letras o dígitos, hasta 100 caracteres."),
        ("no_etiqueta=999", "Pides clientes sin una etiqueta que ya no existe: elige otras."),
        ("importacion=x", "Es el número de una importación."),
        ("estado=todos&estado=activos", "Viene más de una vez."),
        ("q=%CC%81", "Escribe letras o dígitos, hasta 100 caracteres."),
    ],
)
def test_a_filter_that_cannot_be_read_finds_nobody_and_says_why(admin: CheckingClient, wrong: str, said: str) -> None:
    page = admin.get(f"/clientes/?numero=si&{wrong}" if "numero" not in wrong else f"/clientes/?{wrong}").text
    assert said in page
    assert "<tr id=" not in page
    assert page.count("Quitar: ") == (2 if "numero" not in wrong else 1), "each can be taken off"
    if "no_etiqueta=999" not in wrong:
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
def test_a_segment_keeps_every_tag_and_every_not(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = [shop.add(Etiqueta(nombre=name, clave=name.lower(), usuario_id=account)) for name in ("VIP", "Mora", "Cali")]
    for client, tags in ((1, ids[:1]), (2, ids[1:]), (3, ids)):
        for tag in tags:
            shop.add_tag_to(client, tag)
    asked = {"etiqueta": [str(ids[0]), str(ids[2])], "no_etiqueta": str(ids[1]), "no_compro_por": "200.000"}
    page = admin.get("/clientes/", query_string=asked).text
    assert "Con alguna de: VIP, Cali" in page
    assert "Sin: Mora" in page
    assert "Compró por menos de $\xa0200.000, o nada" in page
    assert page.count(f'<input type="hidden" name="etiqueta" value="{ids[0]}">') == 1, "the bar sends each tag on"
    assert re.findall(r'<tr id="client-(\d+)"', page) == ["1"]
    assert admin.send(f"{LIST}nuevo/", {"nombre": "VIP sin mora", **asked}).status_code == 302
    listed = admin.get(LIST).text
    assert "Con alguna de: VIP, Cali · Sin: Mora · Compró por menos de $\xa0200.000, o nada" in listed
    assert "1 cliente<" in listed
    link = re.search(r'href="(/clientes/\?[^"]+)"', listed)
    assert link
    assert re.findall(r'<tr id="client-(\d+)"', admin.get(unescape(link[1])).text) == ["1"]


@pytest.mark.usefixtures("people")
def test_the_answer_says_whom_a_segment_meant_when_its_tag_is_gone(
    admin: CheckingClient, shop: Shop, account: int
) -> None:
    tag = shop.add(Etiqueta(nombre="Mora", clave="mora", usuario_id=account))
    save(admin, "Sin mora", no_etiqueta=str(tag))
    assert "3 clientes" in admin.get(LIST).text
    admin.send(f"/clientes/etiquetas/eliminar/{tag}/")
    assert "0 clientes" in admin.get(LIST).text
    written = {"destino": "busqueda", "no_etiqueta": str(tag), "mensaje": "Hola"}
    answer = admin.send("/clientes/campanas/enviar/", written)
    assert answer.status_code == 400
    assert "Pides clientes sin una etiqueta que ya no existe" in answer.text


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("stored", "found"), [({"etiqueta": "1"}, 1), ({"no_compro_desde": "2026-01-01"}, 3), ({"compro_por": "1000"}, 0)]
)
def test_a_segment_of_before_keeps_its_meaning(
    admin: CheckingClient, shop: Shop, account: int, stored: dict[str, str], found: int
) -> None:
    shop.add_tag_to(1, shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=account)))
    shop.add(Segmento(nombre="Vieja", busqueda=stored, creado_por_id=account, usuario_id=account))
    assert f">{found} cliente" in admin.get(LIST).text


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
