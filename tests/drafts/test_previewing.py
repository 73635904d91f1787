"""The preview of a campaign shows those whom it is for, and counts what it takes for them."""

from __future__ import annotations

import pytest

from ..support.checking_client import CheckingClient
from ..support.drafts import OpenPage
from ..support.shop import Shop

PREVIEW = "/clientes/campanas/vista-previa/"
TEXT = "Hola {nombre}, " + "a" * 60

pytestmark = pytest.mark.both_databases


@pytest.fixture
def english(admin: CheckingClient, shop: Shop, account: int) -> CheckingClient:
    """The admin's browser, in English, of a shop with clients of whom some have accents."""
    for place, name in enumerate(("Ana", "Ramón Gil", "Rosa Gil", "Inés")):
        shop.add_client(account, name, f"300111000{place}")
    shop.add_client(account, "Íngrid Gil", "3001110009", activo=False)
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.mark.parametrize(
    ("who", "shown", "cost"),
    [
        ({"destino": "todos"}, "Ana", "1 to 2 SMS because of the accents; 1 of 4 clients: 2"),
        ({"destino": "busqueda", "q": "gil"}, "Ramón Gil", "1 to 2 SMS because of the accents; 1 of 2 clients: 2"),
        ({"destino": "busqueda", "q": "rosa"}, "Rosa Gil", "1 SMS for your client"),
        ({"destino": "busqueda", "q": "gil", "estado": "todos"}, "Ramón Gil", "1 of 2 clients: 2"),
    ],
)
def test_it_follows_the_audience(english: CheckingClient, who: dict[str, str], shown: str, cost: str) -> None:
    text = english.swap(PREVIEW, {"mensaje": TEXT, **who}).text
    assert f"As {shown} gets it" in text
    assert cost in text


@pytest.mark.parametrize("who", [{"destino": "busqueda"}, {"destino": "busqueda", "q": "nadie"}, {"destino": "x"}])
def test_while_nobody_is_chosen_it_shows_a_made_up_name(english: CheckingClient, who: dict[str, str]) -> None:
    text = english.swap(PREVIEW, {"mensaje": TEXT, **who}).text
    assert "A made-up name, until there is somebody to send to." in text
    assert "As Laura Méndez gets it" in text


def test_the_arrows_stay_within_the_audience(english: CheckingClient) -> None:
    def shown(**asked: str) -> str:
        text = english.swap(PREVIEW, {"mensaje": TEXT, "destino": "busqueda", "q": "gil", **asked}).text
        return next(name for name in ("Ramón Gil", "Rosa Gil", "Ana") if f"As {name} gets it" in text)

    assert shown(paso="siguiente", cliente="2") == "Rosa Gil"
    assert shown(paso="siguiente", cliente="3") == "Ramón Gil"
    assert shown(paso="mas_largo", cliente="1") == "Ramón Gil"


def test_ticked_clients_are_those_of_the_draft(english: CheckingClient) -> None:
    begun = english.send("/clientes/campanas/nueva/", {"cliente_ids": ["3", "4"], "mensaje": TEXT})
    page = english.get(begun.location).text
    assert "As Rosa Gil gets it" in page
    assert "1 SMS for each of 2 clients" in page
    key = begun.location.rstrip("/").rsplit("/", 1)[1]
    assert "As Rosa Gil gets it" in english.swap(PREVIEW, {"mensaje": TEXT, "destino": "marcados", "clave": key}).text


def test_the_saving_is_offered_where_the_accent_is_in_the_name_and_kept(english: CheckingClient) -> None:
    page = OpenPage.new(english).type(TEXT)
    page.autosave()
    form = {**page.fields, "mensaje": TEXT, "destino": "todos"}
    offered = english.swap(PREVIEW, form).text
    assert "Without accents, in the names too: 5 → 4 SMS" in offered
    applied = english.swap(PREVIEW, {**form, "abaratar": "nombres"}).text
    assert "Hola {nombre_sin_tildes}, " in applied
    assert "1 SMS for each of 4 clients" in applied
    assert "{nombre_sin_tildes}" in page.reload().text
