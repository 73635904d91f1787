"""The opt-out list, as a browser sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import Baja, OrigenBaja

from ..support.checking_client import CheckingClient
from ..support.csv_files import rows_of_csv
from ..support.shop import Shop

URL = "/clientes/bajas/"
NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


def add(shop: Shop, account: int, number: str, origin: OrigenBaja = OrigenBaja.MENSAJE) -> int:
    return shop.add(Baja(usuario_id=account, telefono_e164=number, origen=origin, creado=NOON))


def english(client: CheckingClient, url: str) -> str:
    return client.get(url, headers={"Accept-Language": "en"}).text


def shown(html: str) -> list[str]:
    return re.findall(r'<span class="number">([^<]*)</span>', html)


def stored(app: Flask) -> dict[str, OrigenBaja]:
    with app.app_context():
        return {row.telefono_e164: row.origen for row in db.session.scalars(db.select(Baja))}


def test_the_list_says_who_how_and_since_when(admin: CheckingClient, shop: Shop, account: int) -> None:
    laura = shop.add_client(account, "Laura <b>", "3001112233")
    shop.add_client(account, "Her husband", "3001112233")
    add(shop, account, "+573001112233")
    add(shop, account, "+573004445566", OrigenBaja.TWILIO)
    add(shop, account, "+573007778899", OrigenBaja.MANUAL)
    page = english(admin, URL)
    assert shown(page) == ["+57 300 777 8899", "+57 300 444 5566", "+57 300 111 2233"]
    assert f'<a href="/clientes/{laura}/">Laura &lt;b&gt;</a>' in page
    assert "Her husband" not in page
    for words in ("The person answered so", "Answered STOP", "Added by hand"):
        assert page.count(words) == 1
    assert 'datetime="2026-11-22T17:00:00+00:00"' in page


def test_an_account_sees_its_own_list_only(admin: CheckingClient, shop: Shop, account: int) -> None:
    other = shop.add_admin("otra")
    shop.add_client(other, "Not ours", "3001112233")
    theirs = add(shop, other, "+573004445566")
    add(shop, account, "+573001112233")
    page = english(admin, URL)
    assert shown(page) == ["+57 300 111 2233"]
    assert "Not ours" not in page
    assert "3004445566" not in admin.get(f"{URL}exportar/").text
    assert admin.send(f"{URL}{theirs}/quitar/").status_code == 404


@pytest.mark.parametrize("wanted", ["3004445566", "300 444", "+57 300-444-5566", "5566"])
def test_a_search_looks_for_digits(admin: CheckingClient, shop: Shop, account: int, wanted: str) -> None:
    add(shop, account, "+573001112233")
    add(shop, account, "+573004445566")
    response = admin.get(URL, query_string={"q": wanted})
    assert shown(response.text) == ["+57 300 444 5566"]
    fragment = admin.swap(f"{URL}?q=5566", method="GET")
    assert fragment.text.strip().startswith('<div id="opt-outs"')
    assert "HX-Request" in fragment.headers["Vary"]


@pytest.mark.parametrize("wanted", ["laura", "LÁURA", "mendez laura", "Lau", "esposo"])
def test_a_search_looks_for_names(admin: CheckingClient, shop: Shop, account: int, wanted: str) -> None:
    shop.add_client(account, "Laura Méndez", "3004445566")
    shop.add_client(account, "Esposo de Laura Méndez", "3004445566")
    shop.add_client(account, "Pedro", "3001112233")
    shop.add_client(shop.add_admin("otra"), "Laura", "3007778899")
    for number in ("+573004445566", "+573001112233", "+573007778899"):
        add(shop, account, number)
    page = admin.get(URL, query_string={"q": wanted}).text
    assert shown(page) == ["+57 300 444 5566"]
    assert ("Esposo de Laura" in page) is (wanted == "esposo"), "who was looked for is shown"


@pytest.mark.parametrize("wanted", ["000000", "%", "laura", "' OR 1=1 --"])
def test_a_search_that_finds_nothing_says_so(admin: CheckingClient, shop: Shop, account: int, wanted: str) -> None:
    add(shop, account, "+573004445566")
    response = admin.get(URL, query_string={"q": wanted}, headers={"Accept-Language": "en"})
    assert "Nothing found" in response.text


@pytest.mark.parametrize("wanted", ["\x00", "\u0301", "x" * 101, "3" * 5_000])
def test_a_search_that_cannot_be_read_finds_nobody_and_says_why(
    admin: CheckingClient, shop: Shop, account: int, wanted: str
) -> None:
    add(shop, account, "+573004445566")
    response = admin.get(URL, query_string={"q": wanted}, headers={"Accept-Language": "en"})
    assert shown(response.text) == []
    assert "cannot be read. Write letters or digits, at most 100 characters." in response.text


def test_an_empty_list_says_what_to_do(admin: CheckingClient) -> None:
    assert "Nobody has opted out" in english(admin, URL)


def test_pages_follow_one_another(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = [add(shop, account, f"+57300{number:07d}") for number in range(120)]
    pages = [shown(admin.get(URL, query_string=query).text) for query in ({}, {"antes": ids[70]}, {"antes": ids[20]})]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [number for page in pages for number in page] == [
        f"+57 300 {number // 10_000:03d} {number % 10_000:04d}" for number in reversed(range(120))
    ]
    assert f"antes={ids[70]}" in admin.get(URL).text
    assert 'class="client-pages"' not in admin.get(URL, query_string={"antes": ids[20]}).text


@pytest.mark.parametrize("cursor", ["x", "-1", "0", "", str(2**63), "9" * 5_000])
def test_a_cursor_that_leads_nowhere_does_no_harm(admin: CheckingClient, shop: Shop, account: int, cursor: str) -> None:
    add(shop, account, "+573004445566")
    assert admin.get(URL, query_string={"antes": cursor}).status_code == 200


# Adding and taking out


@pytest.mark.parametrize("written", ["3004445566", "+57 300 444 5566", "(300) 444-5566"])
def test_a_number_is_added_once(admin: CheckingClient, app: Flask, written: str) -> None:
    for _ in range(2):
        response = admin.send(f"{URL}nueva/", {"telefono": written})
        assert (response.status_code, response.location) == (302, URL)
    assert stored(app) == {"+573004445566": OrigenBaja.MANUAL}
    assert "+57 300 444 5566" in english(admin, URL)


def test_adding_does_not_forget_how_a_number_came(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    add(shop, account, "+573004445566", OrigenBaja.MENSAJE)
    admin.send(f"{URL}nueva/", {"telefono": "3004445566"})
    assert stored(app) == {"+573004445566": OrigenBaja.MENSAJE}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "This field is required."),
        ("abc", "Write a mobile number"),
        ("300444", "Write a mobile number"),
        ("6015551234", "A landline gets no SMS."),
        ("01 8000 123456", "Toll-free line, not mobile."),
        ("3001234567 y 3119876543", "More than one number: keep one."),
        ("3" * 101, "Use at most 100 characters."),
    ],
)
def test_what_is_no_mobile_number_is_refused_beside_the_field(
    admin: CheckingClient, app: Flask, written: str, said: str
) -> None:
    headers = {"X-CSRFToken": admin.token(), "Accept-Language": "en"}
    response = admin.post(f"{URL}nueva/", data={"telefono": written}, headers=headers)
    assert response.status_code == 200
    assert said in response.text
    assert f'value="{written}"' in response.text
    assert stored(app) == {}
    assert admin.swap(f"{URL}nueva/", {"telefono": written}).status_code == 422


@pytest.mark.parametrize(
    "written", ["(+57) 300 - 444 - 5566", "Celular (WhatsApp): 300 444 5566;", "0057 03 300 444 5566", "3004445566.0"]
)
def test_a_number_is_entered_and_found_however_it_is_spelled(admin: CheckingClient, app: Flask, written: str) -> None:
    admin.send(f"{URL}nueva/", {"telefono": written})
    assert stored(app) == {"+573004445566": OrigenBaja.MANUAL}
    assert shown(admin.get(URL, query_string={"q": written}).text) == ["+57 300 444 5566"]


def test_an_older_spelling_is_the_same_number(admin: CheckingClient, app: Flask) -> None:
    for written in ("+52 1 55 1234 5678", "+52 55 1234 5678"):
        admin.send(f"{URL}nueva/", {"telefono": written})
        assert "+52 55 1234 5678" in admin.get(URL, query_string={"q": written}).text
    assert list(stored(app)) == ["+525512345678"]


def test_htmx_gets_the_form_and_then_the_list(admin: CheckingClient) -> None:
    form = admin.swap(f"{URL}nueva/", method="GET")
    assert 'id="dialog-title"' in form.text
    assert "<html" not in form.text
    done = admin.swap(f"{URL}nueva/", {"telefono": "3004445566"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, URL)
    assert shown(admin.get(URL).text) == ["+57 300 444 5566"]


def test_taking_out_warns_first(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    opt_out = add(shop, account, "+573004445566")
    page = english(admin, f"{URL}{opt_out}/quitar/")
    assert "This person asked for no more messages" in page
    assert "Twilio may go on refusing it" in page
    assert stored(app)
    assert admin.send(f"{URL}{opt_out}/quitar/").location == URL
    assert stored(app) == {}
    assert admin.send(f"{URL}{opt_out}/quitar/").status_code == 404


def test_a_vendedor_looks_and_changes_nothing(seller: CheckingClient, shop: Shop, account: int) -> None:
    opt_out = add(shop, account, "+573004445566")
    page = english(seller, URL)
    assert shown(page) == ["+57 300 444 5566"]
    assert "/nueva/" not in page
    assert "/quitar/" not in page
    assert seller.send(f"{URL}{opt_out}/quitar/").status_code == 403


# The export


def test_the_export_holds_everything_and_no_formula(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "=HYPERLINK(1)", "3001112233")
    add(shop, account, "+573001112233")
    add(shop, account, "+573004445566", OrigenBaja.MANUAL)
    response = admin.get(f"{URL}exportar/")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="bajas.csv"'
    assert rows_of_csv(response.text) == [
        ["telefono", "cliente", "origen", "fecha"],
        ["+573001112233", "'=HYPERLINK(1)", "mensaje", "2026-11-22T12:00:00-05:00"],
        ["+573004445566", "", "manual", "2026-11-22T12:00:00-05:00"],
    ]


def test_a_long_list_is_exported_whole(admin: CheckingClient, app: Flask, account: int) -> None:
    numbers = [f"+57301{number:07d}" for number in range(2_500)]
    with app.app_context():
        rows = [{"telefono_e164": number, "origen": OrigenBaja.TWILIO, "usuario_id": account} for number in numbers]
        db.session.execute(db.insert(Baja), rows)
        db.session.commit()
    lines = admin.get(f"{URL}exportar/").text.splitlines()[1:]
    assert [line.partition(";")[0] for line in lines] == numbers


# On the clients' pages


def test_a_clients_number_is_marked(admin: CheckingClient, shop: Shop, account: int) -> None:
    laura = shop.add_client(account, "Laura", "3004445566")
    pedro = shop.add_client(account, "Pedro", "3001112233")
    add(shop, account, "+573004445566")
    assert english(admin, "/clientes/").count("Wants no messages") == 1
    assert "Wants no messages" in english(admin, f"/clientes/{laura}/")
    assert "Wants no messages" not in english(admin, f"/clientes/{pedro}/")
    assert f'href="{URL}"' in admin.get("/clientes/").text


def test_the_list_outlives_the_client(admin: CheckingClient, app: Flask, shop: Shop, account: int) -> None:
    laura = shop.add_client(account, "Laura", "3004445566")
    add(shop, account, "+573004445566")
    assert admin.send(f"/clientes/eliminar/{laura}/").status_code == 302
    assert stored(app) == {"+573004445566": OrigenBaja.MENSAJE}
    assert shown(admin.get(URL).text) == ["+57 300 444 5566"]
    again = shop.add_client(account, "Laura", "3004445566")
    assert "Wants no messages" in english(admin, f"/clientes/{again}/")


def test_a_search_that_is_too_long_finds_nobody_and_says_why(admin: CheckingClient, shop: Shop, account: int) -> None:
    add(shop, account, "+573004445566")
    page = admin.get(URL, query_string={"q": "3004445566" * 30}).text
    assert "no se puede leer. Escribe letras o dígitos, hasta 100 caracteres." in page
    assert "300 444 5566" not in page
