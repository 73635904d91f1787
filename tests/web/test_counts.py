"""What a link counts, its list holds: no more and no less."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search, Status
from clientes_app.models import EstadoSMS, Etiqueta, Segmento

from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop

ROW = re.compile(r'<tr id="client-\d+"')
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def crowd(shop: Shop, account: int) -> None:
    """Clients of whom some have no number, some no activity, and some a tag."""
    tag = shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=account))
    for place, number in enumerate(("3001110000", "", "601 555", "3001110003", "", "3001110005")):
        client = shop.add_client(account, f"Ana {place}", number, activo=place not in (3, 4))
        if place % 2:
            shop.add_tag_to(client, tag)
    shop.add(
        Segmento(nombre="Con VIP", busqueda={"etiqueta": str(tag)}, creado_por_id=account, usuario_id=account),
    )
    shop.add(
        Segmento(nombre="Sin VIP", busqueda={"no_etiqueta": str(tag)}, creado_por_id=account, usuario_id=account),
    )


def opened(admin: CheckingClient, page: str, pattern: str) -> list[tuple[int, int]]:
    """Answer what links of a page count, and how many clients each list holds that they open."""
    found = re.findall(pattern, page, re.DOTALL)
    assert found, page
    pairs = [pair if pair[0].isdecimal() else pair[::-1] for pair in found]
    return [(int(count), len(ROW.findall(admin.get(unescape(link)).text))) for count, link in pairs]


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("address", "pattern", "counts"),
    [
        ("/", r'id="unreachable".*?(\d+) active client.*?href="([^"]+)"', [2]),
        ("/clientes/etiquetas/", r'class="tag-count" href="([^"]+)">(\d+) client', [3]),
        ("/clientes/segmentos/", r'>(\d+) clients?</p>.*?href="(/clientes/\?[^"]*)"', [2, 2]),
    ],
)
def test_a_link_opens_as_many_as_it_says(admin: CheckingClient, address: str, pattern: str, counts: list[int]) -> None:
    found = opened(admin, admin.get(address, headers=ENGLISH).text, pattern)
    assert found == [(count, count) for count in counts]


def test_an_import_opens_those_that_it_brought_or_changed(
    admin: CheckingClient, imports: Imports, shop: Shop, account: int
) -> None:
    shop.add_client(account, "De antes", "3009990000")
    shop.add_client(account, "Otra", "3009990001")
    imported = imports.run("nombre,celular\nNueva,3001112233\nOtra Más,3001112244\nDe Antes Gil,3009990000\n")
    page = admin.get(f"/clientes/importar/{imported}/").text
    link = re.search(r'href="([^"]*\?[^"]*importacion=[^"]*)"', page)
    assert link
    listed = admin.get(unescape(link[1])).text
    assert "De una importación" in listed
    assert len(ROW.findall(listed)) == int(imports.get(imported).nuevas) + int(imports.get(imported).actualizadas) == 3


@pytest.mark.usefixtures("crowd")
def test_the_states_of_a_campaign_open_their_messages(app: Flask, admin: CheckingClient, account: int) -> None:
    with app.test_request_context():
        draft = services.Draft(Search(status=Status.ALL), "Hola", "Todos")
        campaign = services.create_campaign(account, draft, by=NOBODY).id
    page = admin.get(f"/clientes/campanas/{campaign}/").text
    links = re.findall(r'id="filter-(\w+)" href="([^"#]+)#messages".*?(\d+)\s*</a>', page, re.DOTALL)
    assert {name for name, _link, _count in links} == {"all", "fallido", "pendiente"}
    for _name, link, count in links:
        assert admin.get(unescape(link)).text.partition("<tbody>")[2].count("<tr>") == int(count)


def test_a_state_that_cannot_be_read_shows_no_message_and_says_why(
    app: Flask, admin: CheckingClient, shop: Shop, account: int
) -> None:
    shop.add_client(account)
    with app.test_request_context():
        campaign = services.create_campaign(account, services.Draft(Search(), "Hola", "Todos"), by=NOBODY).id
    for wrong in ("tal", "enviado&estado=fallido"):
        page = admin.get(f"/clientes/campanas/{campaign}/mensajes/?estado={wrong}").text
        assert "no se puede leer. Es uno de: " in page
        assert EstadoSMS.INCIERTO in page
        assert "<tbody>" not in page
