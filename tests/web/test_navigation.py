"""Every page has its place in the navigation, and only one."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from .test_access import ANYONE, House, split

MENUS = (
    re.compile(r'<aside class="navbar.*?</aside>', re.DOTALL),
    re.compile(r'<nav class="bottom-bar.*?</nav>', re.DOTALL),
    re.compile(r'<details class="own-menu.*?</details>', re.DOTALL),
)
CURRENT = re.compile(r'<a [^>]*href="([^"]+)"[^>]* aria-current="page"')


def places(page: str) -> list[list[str]]:
    """Answer which places are the present one: beside the page, below it, and in the person's own menu."""
    menus = [menu.search(page) for menu in MENUS]
    return [CURRENT.findall(found[0]) if found else [] for found in menus]


@pytest.mark.parametrize("name", ["admin", "trusted"])
def test_every_page_has_its_place(app: Flask, shop: Shop, account: int, browser: CheckingClient, name: str) -> None:
    house = House(app, shop, account)
    if name == "trusted":
        shop.add_seller(account, name, puede_enviar=True, puede_vender=True, puede_editar_clientes=True)
    browser.log_in("ana" if name == "admin" else name)
    seen = {}
    for what, rule in split(app, name)[0]:
        # What is open to everybody has no navigation beside it, but for the description of the API: see below.
        answer = house.call(browser, what, rule) if what.startswith("GET") and what not in ANYONE else None
        if answer is not None and answer.status_code == 200 and 'id="content"' in answer.text:
            seen[what] = places(answer.text)
    lost = {what: found for what, found in seen.items() if found[0] != found[1] or len(found[0]) + len(found[2]) != 1}
    assert lost == {}
    assert len(seen) > (40 if name == "admin" else 15)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/", "/"),
        ("/clientes/segmentos/", "/clientes/"),
        ("/clientes/etiquetas/", "/clientes/"),
        ("/clientes/bajas/", "/clientes/"),
        ("/clientes/importar/", "/clientes/"),
        ("/clientes/campanas/nueva/", "/clientes/campanas/"),
        ("/auditoria/", "/personas/"),
        ("/ajustes/tokens/", "/personas/"),
        ("/api/docs/", "/personas/"),
    ],
)
def test_it_is_the_place_where_one_looks_for_it(admin: CheckingClient, address: str, place: str) -> None:
    assert places(admin.get(address, follow_redirects=True).text) == [[place], [place], []]


@pytest.mark.parametrize("address", ["/cuenta/yo/", "/cuenta/segundo-paso/ajustes/"])
def test_the_persons_own_pages_are_in_the_own_menu(admin: CheckingClient, address: str) -> None:
    assert places(admin.get(address).text) == [[], [], [address]]
