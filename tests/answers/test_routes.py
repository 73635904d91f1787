"""The answers, as a browser and a program see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import Alcance, Auditoria, Baja, OrigenBaja, Respuesta
from clientes_app.models.types import utc_now

from ..support.checking_client import CheckingClient
from ..support.shop import Shop
from ..support.tokens import bearer, make_token
from ..support.twilio_requests import NUMBER, Twilio
from .conftest import write_to

URL = "/clientes/respuestas/"
JSON = "/clientes/respuestas-sms/"


def add(shop: Shop, account: int, text: str = "¿A qué hora abren?", number: str = NUMBER, **fields: Any) -> int:
    return shop.add(Respuesta(telefono_e164=number, mensaje=text, usuario_id=account, **fields))


def english(client: CheckingClient, url: str = URL, **query: str) -> str:
    return client.get(url, query_string=query or None, headers={"Accept-Language": "en"}).text


def shown(html: str) -> list[str]:
    return re.findall(r'<p class="bubble answer-text" dir="auto">([^<]*)</p>', html)


def unread(html: str) -> list[str]:
    """Return what the navigation says of unread answers, at the side and below; there once more in what it opens."""
    side, below, more = re.findall(
        r'<span class="unread-count" id="unread-\w+">(?:<span aria-hidden="true">([^<]*))?', html
    )
    assert more == below
    return [side, below]


@pytest.fixture
def opted_out(app: Flask) -> Callable[[], list[tuple[int, str, OrigenBaja]]]:
    def read() -> list[tuple[int, str, OrigenBaja]]:
        with app.app_context():
            return [(row.usuario_id, row.telefono_e164, row.origen) for row in db.session.scalars(select(Baja))]

    return read


def test_the_list_says_who_what_when_and_after_what(
    admin: CheckingClient, twilio: Twilio, shop: Shop, account: int
) -> None:
    laura = shop.add_client(account, "Laura <b>", "3001234567")
    shop.add_client(account, "Her husband", "3001234567")
    campaign = write_to(shop, account, name="Navidad")
    twilio.answer("No me interesa <i>", NumMedia="2")
    write_to(shop, account, "+573009998877")
    twilio.answer("¿Quién es?", "+573009998877")
    page = english(admin)
    assert shown(page) == ["¿Quién es?", "No me interesa &lt;i&gt;"]
    assert f'href="/clientes/{laura}/"><bdi>Laura &lt;b&gt;</bdi>' in page
    assert f'href="/clientes/campanas/{campaign}/"><bdi>Navidad</bdi>' in page
    assert "Her husband" not in page
    assert "2 pictures or files" in page
    assert "+57 300 999 8877" in page


def test_the_navigation_counts_the_unread_ones(admin: CheckingClient, shop: Shop, account: int) -> None:
    assert unread(english(admin, "/")) == ["", ""]
    for _ in range(3):
        add(shop, account)
    add(shop, account, leida=utc_now())
    add(shop, shop.add_admin("otra"))
    page = english(admin, "/clientes/")
    assert unread(page) == ["3", "3"]
    assert page.count("(3 unread)") == 3
    for _ in range(100):
        add(shop, account)
    assert unread(english(admin, "/")) == ["99+", "99+"]


def test_a_page_that_says_what_went_wrong_counts_nothing(admin: CheckingClient, shop: Shop, account: int) -> None:
    add(shop, account)
    assert unread(english(admin, "/nothing/here/")) == ["", ""]


def test_an_account_sees_its_own_only(admin: CheckingClient, shop: Shop, account: int) -> None:
    theirs = add(shop, shop.add_admin("otra"), "Secreto")
    assert "Secreto" not in english(admin)
    for path in (f"{URL}{theirs}/baja/", f"{URL}{theirs}/leida/"):
        assert admin.send(path, {"leida": "true"}).status_code == 404
    admin.send(f"{URL}leidas/", {"hasta": str(theirs)})
    assert admin.get(JSON).get_json()["respuestas"] == []


def test_pages_follow_one_another(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = [add(shop, account, f"Respuesta {number}") for number in range(120)]
    pages = [shown(english(admin, **query)) for query in ({}, {"antes": str(ids[70])}, {"antes": str(ids[20])})]
    assert [text for page in pages for text in page] == [f"Respuesta {number}" for number in reversed(range(120))]
    assert f"antes={ids[70]}" in english(admin)
    assert 'class="client-pages"' not in english(admin, antes=str(ids[20]))


@pytest.mark.parametrize("wanted", ["laura", "LÁURA mend", "3001234567", "300 123", "+57 (300) 123-4567"])
def test_a_search_looks_for_names_and_numbers(admin: CheckingClient, shop: Shop, account: int, wanted: str) -> None:
    shop.add_client(account, "Laura Méndez")
    add(shop, account, "De Laura")
    add(shop, account, "De nadie", "+573009998877")
    assert shown(english(admin, q=wanted)) == ["De Laura"]
    fragment = admin.swap(f"{URL}?q=laura", method="GET")
    assert fragment.text.strip().startswith('<div id="answers"')
    assert "HX-Request" in fragment.headers["Vary"]


def test_only_the_unread_ones_where_they_are_asked_for(admin: CheckingClient, shop: Shop, account: int) -> None:
    add(shop, account, "Vieja", leida=utc_now())
    new = add(shop, account, "Nueva")
    assert shown(english(admin, estado="sin_leer")) == ["Nueva"]
    admin.send(f"{URL}{new}/leida/", {"leida": "true"})
    assert "You have read everything" in english(admin, estado="sin_leer")


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"q": "x" * 101}, "cannot be read"),
        ({"q": "\u0301"}, "cannot be read"),
        ({"estado": "leidas"}, "is no state of answers"),
        ({"q": "laura", "estado": "x" * 3_000}, "is no state of answers"),
    ],
)
def test_what_cannot_be_read_finds_nothing_and_says_why(
    admin: CheckingClient, shop: Shop, account: int, query: dict[str, str], why: str
) -> None:
    shop.add_client(account, "Laura")
    add(shop, account)
    page = english(admin, **query)
    assert shown(page) == []
    assert why in page


@pytest.mark.parametrize("cursor", ["x", "-1", "0", "", str(2**63), "9" * 5_000])
def test_a_cursor_that_leads_nowhere_does_no_harm(admin: CheckingClient, shop: Shop, account: int, cursor: str) -> None:
    add(shop, account)
    assert admin.get(URL, query_string={"antes": cursor}).status_code == 200
    assert admin.get(JSON, query_string={"despues": cursor}).status_code == 200


def test_an_empty_list_says_what_comes_here(admin: CheckingClient) -> None:
    assert "No answers yet" in english(admin)
    assert "Nothing found" in english(admin, q="laura")


# Read


def test_an_answer_is_read_and_unread_again(admin: CheckingClient, shop: Shop, account: int) -> None:
    answer = add(shop, account)
    for read, count in (("true", ""), ("true", ""), ("false", "1")):
        response = admin.send(f"{URL}{answer}/leida/", {"leida": read})
        assert (response.status_code, response.location) == (302, URL)
        assert unread(english(admin, "/")) == [count, count]


def test_htmx_gets_the_answer_as_it_is_now_and_the_counts(admin: CheckingClient, shop: Shop, account: int) -> None:
    first, _second = add(shop, account), add(shop, account)
    changed = admin.swap(f"{URL}{first}/leida/", {"leida": "true"}).text
    assert f'hx-target="#answer-{first}"' in changed
    assert "Dejar sin leer" in changed
    assert unread(changed) == ["1", "1"]


@pytest.mark.parametrize("said", [{}, {"leida": ""}, {"leida": "quizás"}])
def test_what_cannot_be_read_marks_nothing(
    admin: CheckingClient, shop: Shop, account: int, said: dict[str, str]
) -> None:
    answer = add(shop, account)
    assert admin.send(f"{URL}{answer}/leida/", said).status_code == 400
    assert admin.send(f"{URL}leidas/", {"hasta": "todas"}).status_code == 400
    assert unread(english(admin, "/")) == ["1", "1"]


def test_all_are_read_up_to_the_last_that_was_seen(admin: CheckingClient, shop: Shop, account: int) -> None:
    add(shop, account)
    seen = re.search(r'name="hasta" value="(\d+)"', english(admin))
    assert seen
    add(shop, account, "Llegó mientras tanto")
    assert admin.send(f"{URL}leidas/", {"hasta": seen[1]}).location == URL
    assert shown(english(admin, estado="sin_leer")) == ["Llegó mientras tanto"]
    assert 'name="hasta"' not in english(admin, q="300"), "a search does not show all that would be read"


# Opting out


@pytest.mark.parametrize("who", ["admin", "seller"])
def test_one_click_away_and_one_to_confirm(
    request: pytest.FixtureRequest, who: str, shop: Shop, account: int, opted_out: Callable[[], Any]
) -> None:
    client: CheckingClient = request.getfixturevalue(who)
    answer = add(shop, account, "No me escriban más")
    add(shop, account, "En serio")
    question = english(client, f"{URL}{answer}/baja/")
    assert "Send no more messages to +57 300 123 4567?" in question
    assert shown(question) == ["No me escriban más"]
    assert opted_out() == []
    for _ in range(2):
        assert client.send(f"{URL}{answer}/baja/").location == URL
    assert opted_out() == [(account, NUMBER, OrigenBaja.RESPUESTA)]
    page = english(client)
    assert page.count("Wants no messages") == 2
    assert f"{URL}{answer}/baja/" not in page
    assert unread(page) == ["1", "1"], "who was opted out was read"
    assert "Asked for it in an answer" in english(client, "/clientes/bajas/")
    with shop.app.app_context():
        assert db.session.scalars(select(Auditoria.accion).filter_by(accion="baja_agregada")).all() == ["baja_agregada"]


def test_it_is_taken_back_by_the_person_and_by_the_admin(
    admin: CheckingClient, twilio: Twilio, shop: Shop, account: int, opted_out: Callable[[], Any]
) -> None:
    answer = add(shop, account, "No me escriban más")
    admin.send(f"{URL}{answer}/baja/")
    twilio.answer("ALTA")
    assert opted_out() == []
    admin.send(f"{URL}{answer}/baja/")
    with shop.app.app_context():
        opt_out = db.session.scalars(select(Baja.id)).one()
    admin.send(f"/clientes/bajas/{opt_out}/quitar/")
    assert opted_out() == []


def test_only_this_shop_is_told(admin: CheckingClient, shop: Shop, account: int, opted_out: Callable[[], Any]) -> None:
    shop.add_client(shop.add_admin("otra"), telefono=NUMBER)
    answer = add(shop, account, "No me escriban más")
    admin.send(f"{URL}{answer}/baja/")
    assert [row[0] for row in opted_out()] == [account]


def test_the_clients_story_tells_it_and_opts_out(
    admin: CheckingClient, shop: Shop, account: int, opted_out: Callable[[], Any]
) -> None:
    laura = shop.add_client(account, "Laura", NUMBER)
    answer = add(shop, account, "No me escriban más")
    page = english(admin, f"/clientes/{laura}/")
    assert shown(page) == ["No me escriban más"]
    way = f"{URL}{answer}/baja/?cliente={laura}"
    assert f'href="{way}"' in page
    assert f'action="{way}"' in english(admin, way)
    assert admin.swap(way).headers["HX-Redirect"] == f"/clientes/{laura}/"
    assert opted_out() == [(account, NUMBER, OrigenBaja.RESPUESTA)]
    assert way not in english(admin, f"/clientes/{laura}/")


# For programs


def test_programs_ask_for_what_came_after_the_last(
    app: Flask, shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.answers.routes.FOR_PROGRAMS", 2)
    laura = shop.add_client(account, "Laura", NUMBER)
    first = add(shop, account, "Uno", leida=utc_now(), adjuntos=1)
    add(shop, account, "Dos", "+573009998877")
    add(shop, account, "Tres")
    headers, client = bearer(make_token(app, account, Alcance.READ)), app.test_client()
    page = client.get(JSON, headers=headers).get_json()
    assert [answer["mensaje"] for answer in page["respuestas"]] == ["Uno", "Dos"]
    uno = page["respuestas"][0]
    assert uno.pop("recibida").endswith("-05:00")
    assert uno == {
        "id": first,
        "telefono": NUMBER,
        "cliente_id": laura,
        "nombre": "Laura",
        "campana_id": None,
        "mensaje": "Uno",
        "adjuntos": 1,
        "leida": True,
        "baja": False,
    }
    rest = client.get(page["respuestas_url"], headers=headers).get_json()
    assert [answer["mensaje"] for answer in rest["respuestas"]] == ["Tres"]
    assert "respuestas_url" not in rest
