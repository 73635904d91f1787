"""The list of clients and every change to one, as a browser and a program see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from clientes_app.extensions import db
from clientes_app.models import Baja, CampanaSMS, Cliente, EstadoCampana, EstadoSMS, OrigenBaja, SMSLog, Venta

from ..support.checking_client import CheckingClient, hidden_fields
from ..support.shop import Shop

BEYOND_64_BITS = 2**63
HTML = "<img src=x onerror=alert(1)>"
LAURA = {"nombre": "Laura Méndez", "telefono": "+573001234567", "documento": "456789123"}


def stored(app: Flask, client_id: int) -> Cliente | None:
    with app.app_context():
        return db.session.get(Cliente, client_id)


def names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Cliente.nombre).order_by(Cliente.id)))


def shown(html: str) -> list[str]:
    """Return the names in the list, in order."""
    return re.findall(r'<td class="client-name"><a [^>]*>([^<]*)</a>', html)


def listed(client: CheckingClient, **query: str) -> list[str]:
    return shown(client.get("/clientes/", query_string=query).text)


def add_sale(shop: Shop, account_id: int, client_id: int) -> int:
    return shop.add_sale(account_id, client_id, 50_000)


def add_message(shop: Shop, account_id: int, client_id: int, **fields: Any) -> int:
    campaign_id = shop.add(
        CampanaSMS(
            nombre="Promo <b>",
            mensaje="Hola",
            estado=EstadoCampana.COMPLETADO,
            completado=datetime.fromisoformat("2026-11-01T10:00:00+00:00"),
            enviada_por_id=account_id,
            usuario_id=account_id,
        )
    )
    given = {"estado": EstadoSMS.FALLIDO, "error_mensaje": "Not <reachable> 100%", **fields}
    return shop.add(SMSLog(campana_id=campaign_id, cliente_id=client_id, nombre="Laura", **given))


# The list


def test_the_list_shows_active_clients_newest_first(admin: CheckingClient, shop: Shop, account: int) -> None:
    for name, active in (("First", True), ("Asleep", False), ("Second", True)):
        shop.add_client(account, name, activo=active)
    assert listed(admin) == ["Second", "First"]
    assert listed(admin, estado="inactivos") == ["Asleep"]
    assert listed(admin, estado="todos") == ["Second", "Asleep", "First"]
    assert listed(admin, estado="nonsense") == [], "what cannot be read is nobody"


@pytest.mark.parametrize(
    "wanted",
    ["laura", "MENDEZ", "mendez laura", "méndez", "3001234567", "300 123-4567", "+57 300 123 4567", "1.020"],
)
def test_a_search_finds_names_numbers_and_documents(
    admin: CheckingClient, shop: Shop, account: int, wanted: str
) -> None:
    shop.add_client(account, "Laura María Méndez", "(300) 123 45 67", documento="1.020.333")
    shop.add_client(account, "Pedro", "3109876543", documento="777")
    assert listed(admin, q=wanted) == ["Laura María Méndez"]


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "/", "a%a", "' OR 1=1 --", "\x00", "🎈", "zz" * 5_000])
def test_a_search_takes_every_sign_as_it_is(admin: CheckingClient, shop: Shop, account: int, wanted: str) -> None:
    shop.add_client(account, "Laura")
    assert listed(admin, q=wanted) == []


def test_a_percent_sign_in_a_name_is_found(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Descuento 50% S.A.S.")
    shop.add_client(account, "Descuento 50 S.A.S.")
    assert listed(admin, q="50%") == ["Descuento 50% S.A.S."]


def test_a_search_answers_htmx_with_the_list_alone(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Laura")
    response = admin.swap("/clientes/?q=laura", method="GET")
    assert response.text.strip().startswith('<div id="clients"')
    assert shown(response.text) == ["Laura"]
    assert "HX-Request" in response.headers["Vary"]


def test_pages_follow_one_another_both_ways(admin: CheckingClient, shop: Shop, account: int) -> None:
    ids = [shop.add_client(account, f"C{number:03}") for number in range(120)]
    first, second, third = (
        listed(admin),
        listed(admin, antes=str(ids[70])),
        listed(admin, antes=str(ids[20])),
    )
    assert first + second + third == [f"C{number:03}" for number in reversed(range(120))]
    assert f"antes={ids[70]}" in admin.get("/clientes/").text
    middle = admin.get(f"/clientes/?antes={ids[70]}&q=c").text
    assert f"despues={ids[69]}&amp;q=c" in middle
    assert f"antes={ids[20]}&amp;q=c" in middle
    assert listed(admin, despues=str(ids[19])) == second
    assert listed(admin, despues=str(ids[69])) == first


@pytest.mark.parametrize("cursor", ["x", "-1", "0", "", str(BEYOND_64_BITS), "9" * 5_000, "1e3", "٣", "1_0"])
def test_a_cursor_that_is_no_id_does_no_harm(admin: CheckingClient, shop: Shop, account: int, cursor: str) -> None:
    shop.add_client(account, "Laura")
    assert listed(admin, antes=cursor) == ["Laura"]
    assert listed(admin, despues=cursor) == ["Laura"]


def test_the_list_says_how_many(admin: CheckingClient, shop: Shop, account: int) -> None:
    assert "No clients yet" in english(admin, "/clientes/")
    shop.add_client(account, "Laura")
    shop.add_client(account, "Pedro", activo=False)
    assert "1 client\n" in english(admin, "/clientes/")
    assert "2 clients" in english(admin, "/clientes/?estado=todos")
    assert "Nothing found" in english(admin, "/clientes/?q=nobody")


def english(client: CheckingClient, url: str) -> str:
    return client.get(url, headers={"Accept-Language": "en"}).text


def test_a_number_that_cannot_be_used_says_why(admin: CheckingClient, shop: Shop, account: int) -> None:
    for number in ("3001234567", "6015551234", "300-not-a-number", ""):
        shop.add_client(account, f"With {number}", number)
    page = english(admin, "/clientes/")
    assert "+57 300 123 4567" in page
    assert page.count("A landline gets no SMS") == 1
    assert page.count("Not a mobile number") == 1
    assert page.count("No number") == 1


def test_the_list_shows_the_last_message_and_purchase(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    add_message(shop, account, client_id, estado=EstadoSMS.FALLIDO)
    add_message(shop, account, client_id, estado=EstadoSMS.ENVIADO, twilio_sid="SM1", telefono_e164="+573001234567")
    add_sale(shop, account, client_id)
    page = english(admin, "/clientes/")
    assert "Sent</span>" in page
    assert "Failed</span>" not in page
    assert page.count("<time ") == 2


def test_html_in_what_people_type_is_text(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, HTML, HTML[:20], documento=HTML[:20])
    for url in ("/clientes/", *(f"/clientes/{path}/" for path in paths_of(client_id))):
        page = admin.get(url, query_string={"q": "<img"}).text
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def paths_of(client_id: int) -> list[str]:
    return [str(client_id), f"editar/{client_id}", f"eliminar/{client_id}"]


def test_ticked_clients_go_to_a_new_campaign(seller: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    page = seller.get("/clientes/").text
    assert re.search(r'formaction="/clientes/campanas/nueva/" formmethod="post"', page)
    assert re.search(rf'<input[^>]*form="selection" name="cliente_ids" value="{client_id}"', page)
    assert 'name="destino" value="busqueda"' not in page, "there is no more than the page"
    for _ in range(50):
        shop.add_client(account, "Laura")
    page = seller.get("/clientes/?q=laura&estado=todos").text
    assert 'name="destino" value="busqueda"' in page
    assert '<input type="hidden" name="q" value="laura">' in page


# Creating


def test_creating_redirects_to_the_list_with_a_flash(admin: CheckingClient, app: Flask) -> None:
    response = admin.send("/clientes/nuevo/", LAURA)
    assert (response.status_code, response.location) == (302, "/clientes/")
    page = admin.get(response.location).text
    assert shown(page) == ["Laura Méndez"]
    assert "alert-success" in page
    client = stored(app, 1)
    assert client is not None
    assert (client.telefono, client.telefono_e164, client.activo) == ("+573001234567", "+573001234567", True)


@pytest.mark.parametrize(("given", "active"), [("true", True), ("on", True), ("0", False), ("false", False)])
def test_activity_is_given_in_several_ways(admin: CheckingClient, app: Flask, given: str, active: bool) -> None:
    admin.send("/clientes/nuevo/", {**LAURA, "activo": given})
    client = stored(app, 1)
    assert client is not None
    assert client.activo is active


@pytest.mark.parametrize(
    "wrong",
    [
        {"nombre": ""},
        {"nombre": "   \x00\t"},
        {"nombre": "x" * 151},
        {"nombre": "x" * 10_000},
        {"telefono": "3" * 21},
        {"documento": "9" * 21},
        {"activo": "perhaps"},
    ],
)
def test_what_a_client_cannot_be_is_said_beside_the_field(
    admin: CheckingClient, app: Flask, wrong: dict[str, str]
) -> None:
    for answer, status in (
        (admin.send("/clientes/nuevo/", {**LAURA, **wrong}), 200),
        (admin.swap("/clientes/nuevo/", {**LAURA, **wrong}), 422),
    ):
        assert answer.status_code == status
        (name,) = wrong
        assert f'id="{name}-errors"' in answer.text
        assert 'value="456789123"' in answer.text or name == "documento", "what was typed is kept"
    assert names(app) == []


@pytest.mark.parametrize("name", ["🎈 Fiesta 🎉", "مريم", "x" * 150, "{nombre}", "100% Ñandú", "🎈" * 150])
def test_names_may_be_anything(admin: CheckingClient, app: Flask, name: str) -> None:
    assert admin.send("/clientes/nuevo/", {"nombre": name}).status_code == 302
    assert names(app) == [name]
    assert shown(admin.get("/clientes/").text) == [name]


def test_control_characters_part_words(admin: CheckingClient, app: Flask) -> None:
    admin.send("/clientes/nuevo/", {"nombre": "Laura\x00\x1b\r\nMéndez "})
    assert names(app) == ["Laura Méndez"]


def test_a_number_that_cannot_be_read_is_kept(admin: CheckingClient, app: Flask) -> None:
    admin.send("/clientes/nuevo/", {"nombre": "Laura", "telefono": "call the shop"})
    client = stored(app, 1)
    assert client is not None
    assert (client.telefono, client.telefono_e164) == ("call the shop", None)
    page = admin.get("/clientes/").text
    assert "Ojo: a ese número no le llegan SMS. No es un celular." in page
    assert "alert-warning" in page
    assert "alert-success" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("01 8000 123456", "Línea gratuita, no celular."),
        ("601 234 5678", "Un fijo no recibe SMS."),
        ("+870773123456", "Teléfono satelital, sin SMS."),
        ("3001234567 ext 5", "Quítale la extensión."),
        ("2345678 / 2345679", "Más de un número: deja uno."),
    ],
)
def test_a_number_without_sms_is_a_warning_with_the_reason(admin: CheckingClient, typed: str, said: str) -> None:
    answer = admin.swap("/clientes/nuevo/", {"nombre": "Laura", "telefono": typed})
    assert f"Ojo: a ese número no le llegan SMS. {said}" in answer.text
    assert 'class="alert alert-warning' in answer.text
    again = admin.swap("/clientes/nuevo/", {"nombre": "Pedro", "telefono": typed, "otro": "1"})
    assert re.search(rf'alert alert-warning" role="status">.*Ojo: .*{re.escape(said)}', again.text, re.DOTALL)
    assert said.rstrip(".") in admin.get("/clientes/").text


def test_a_client_without_a_number_is_no_mistake(admin: CheckingClient) -> None:
    answer = admin.swap("/clientes/nuevo/", {"nombre": "Laura", "telefono": ""})
    assert "alert-success" in answer.text
    assert "Ojo" not in answer.text


@pytest.mark.parametrize(
    "typed", ["(+57) 300 - 124 - 2001", "Teléfono celular: 300 124 2001;", "+57\N{NO-BREAK SPACE}(300) - 124 - 2001"]
)
def test_a_long_spelling_of_a_number_is_stored_in_a_short_one(admin: CheckingClient, app: Flask, typed: str) -> None:
    assert admin.send("/clientes/nuevo/", {"nombre": "Laura", "telefono": typed}).status_code == 302
    assert admin.send_json("/clientes/crear/ajax/", {"nombre": "Pedro", "telefono": typed}).status_code == 200
    admin.send("/clientes/editar/1/", {"telefono": f"{typed} WhatsApp"})
    for number in (1, 2):
        client = stored(app, number)
        assert client is not None
        assert (client.telefono, client.telefono_e164) == ("+57 300 124 2001", "+573001242001")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3001234567 / 3119876543", "More than one number: keep one."),
        ("+57 300 123 4567 extension 5", "Leave out the extension."),
        ("ask at the shop next door", "Use at most 20 characters."),
        ("3" * 300, "Use at most 20 characters."),
    ],
)
def test_what_is_too_long_and_no_number_is_kept_in_the_field(
    admin: CheckingClient, app: Flask, typed: str, said: str
) -> None:
    headers = {"X-CSRFToken": admin.token(), "Accept-Language": "en"}
    answer = admin.post("/clientes/nuevo/", data={"nombre": "Laura", "telefono": typed}, headers=headers)
    assert said in answer.text
    assert f'value="{typed}"' in answer.text
    assert names(app) == []


@pytest.mark.parametrize(
    ("stored_as", "sought"),
    [
        ("+52 55 1234 5678", "+52 1 55 1234 5678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+54 11 2345 6789", "+54 9 11 2345 6789"),
        ("+54 9 11 2345 6789", "+54 11 15 2345 6789"),
        ("+55 11 98765 4321", "+55 11 8765 4321"),
        ("300 124 2001", "(+57) 300 - 124 - 2001"),
        ("300 124 2001", "0057 300 124 2001"),
        ("300 124 2001", "03 300 124 2001"),
        ("300 124 2001", "cel: 300 124 2001"),
        ("601 234 5678", "+57 601 234 5678"),
        ("(1) 234 5678", "601 234 5678"),
    ],
)
def test_a_number_is_found_however_it_is_spelled(
    admin: CheckingClient, shop: Shop, account: int, stored_as: str, sought: str
) -> None:
    shop.add_client(account, "Laura", stored_as)
    shop.add_client(account, "Pedro", "310 999 8877")
    assert listed(admin, q=sought) == ["Laura"]
    assert listed(admin, q=stored_as) == ["Laura"]


def test_a_doubled_number_is_allowed_and_said(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(shop.add_admin("other"), "Not ours", "3001234567")
    admin.send("/clientes/nuevo/", {"nombre": "Laura", "telefono": "300 123 4567"})
    assert "Not ours" not in admin.get("/clientes/").text
    admin.send("/clientes/nuevo/", {"nombre": "Pedro", "telefono": "+573001234567"}, Accept_Language="en")
    assert "Another client has this number: Laura." in english(admin, "/clientes/")
    assert listed(admin) == ["Pedro", "Laura"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("+52 1 55 1234 5678", "+52 55 1234 5678"), ("+54 11 2345 6789", "+54 9 11 2345 6789")],
)
def test_a_number_in_two_spellings_is_doubled(admin: CheckingClient, one: str, other: str) -> None:
    admin.send("/clientes/nuevo/", {"nombre": "Laura", "telefono": one})
    answer = admin.swap("/clientes/nuevo/", {"nombre": "Pedro", "telefono": other})
    assert "Otro cliente tiene este número: Laura." in answer.text
    assert "alert-warning" in answer.text


def test_a_doubled_document_is_allowed_and_said(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(shop.add_admin("other"), "Not ours", "", documento="1020345")
    first = shop.add_client(account, "Laura <b>", "3001234567", documento="1.020.345")
    answer = admin.swap("/clientes/nuevo/", {"nombre": "Pedro", "documento": "1020345"})
    assert "Otro cliente tiene este documento: Laura &lt;b&gt;." in answer.text
    assert re.search(rf'href="[^"]*a={first}&amp;b=\d+">Unir los dos', answer.text)
    assert "alert-warning" in answer.text
    assert "Not ours" not in answer.text
    both = admin.swap("/clientes/nuevo/", {"nombre": "Ana", "telefono": "3001234567", "documento": "1020345"})
    assert "Otro cliente tiene este número y este documento: Laura &lt;b&gt;." in both.text
    assert both.text.count("Unir los dos") == 1
    nothing = admin.swap("/clientes/nuevo/", {"nombre": "Eva", "documento": ""})
    assert "alert-success" in nothing.text


def test_a_number_of_one_and_a_document_of_another_are_both_said(
    admin: CheckingClient, shop: Shop, account: int
) -> None:
    shop.add_client(account, "Laura", "3001234567")
    shop.add_client(account, "Luis", "", documento="1020345")
    client_id = shop.add_client(account, "Ana", "")
    said = admin.swap(f"/clientes/editar/{client_id}/", {"telefono": "3001234567", "documento": "1020345"}).text
    assert "Otro cliente tiene este número: Laura." in said
    assert "Otro cliente tiene este documento: Luis." in said


def test_htmx_gets_the_new_row_and_the_count(admin: CheckingClient) -> None:
    response = admin.swap("/clientes/nuevo/", LAURA)
    assert response.status_code == 200
    assert '<hx-partial hx-target="#client-rows" hx-swap="afterbegin">' in response.text
    assert 'class="just-saved"' in response.text
    assert "dialog:close" in response.headers["HX-Trigger"]


def test_save_and_add_another_offers_an_empty_form(admin: CheckingClient, app: Flask) -> None:
    again = {**LAURA, "otro": "1"}
    assert admin.send("/clientes/nuevo/", again).location == "/clientes/nuevo/"
    response = admin.swap("/clientes/nuevo/", again)
    assert 'name="nombre" type="text" value=""' in response.text
    assert "HX-Trigger" not in response.headers, "the dialog stays"
    assert names(app) == ["Laura Méndez"] * 2


# Creating with JSON


def test_json_creates_and_echoes_the_client(admin: CheckingClient) -> None:
    response = admin.send_json(
        "/clientes/crear/ajax/", {"nombre": "Carlos Ruiz", "telefono": "300 987-6543", "documento": 123456789}
    )
    assert response.status_code == 200
    body = response.get_json()
    created = datetime.fromisoformat(body["cliente"].pop("creado"))
    assert body == {
        "success": True,
        "cliente": {
            "id": 1,
            "nombre": "Carlos Ruiz",
            "telefono": "300 987-6543",
            "documento": "123456789",
            "activo": True,
            "recibe_sms": True,
            "motivo_sin_sms": None,
            "campos": {},
        },
    }
    assert created.utcoffset() == timedelta(hours=-5)
    assert created.microsecond == 0


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "nombre"),
        ({"nombre": None}, "nombre"),
        ({"nombre": ["x"]}, "nombre"),
        ({"nombre": {"x": 1}}, "nombre"),
        ({"nombre": "x" * 10_000}, "nombre"),
        ({"nombre": "\ud800\x00"}, "nombre"),
        ({"nombre": True}, "nombre"),
        ({"nombre": 1}, "nombre"),
        ({"nombre": 1.5}, "nombre"),
        ({"nombre": "Ana", "telefono": 10**20}, "telefono"),
        ({"nombre": "Ana", "telefono": True}, "telefono"),
        ({"nombre": "Ana", "telefono": False}, "telefono"),
        ({"nombre": "Ana", "telefono": [3001230001]}, "telefono"),
        ({"nombre": "Ana", "telefono": {"numero": 3001230001}}, "telefono"),
        ({"nombre": "Ana", "telefono": 3001230001.5}, "telefono"),
        ({"nombre": "Ana", "telefono": -3001230001}, "telefono"),
        ({"nombre": "Ana", "telefono": 1e300}, "telefono"),
        ({"nombre": "Ana", "documento": True}, "documento"),
        ({"nombre": "Ana", "documento": []}, "documento"),
        ({"nombre": "Ana", "activo": "perhaps"}, "activo"),
    ],
)
def test_json_names_the_wrong_field(admin: CheckingClient, app: Flask, payload: object, field: str) -> None:
    response = admin.send_json("/clientes/crear/ajax/", payload)
    assert response.status_code == 400
    body = response.get_json()
    assert body["success"] is False
    assert list(body["errors"]) == [field]
    assert names(app) == []


@pytest.mark.parametrize("given", ["3001230001.0", "3001230001", "3.001230001E9", '"3001230001.0"', '"3001230001"'])
def test_a_number_is_that_number_however_json_writes_it(admin: CheckingClient, app: Flask, given: str) -> None:
    headers = {"X-CSRFToken": admin.token()}
    body = f'{{"nombre": "Ana", "telefono": {given}, "documento": 1020345.0}}'
    answer = admin.post("/clientes/crear/ajax/", data=body, content_type="application/json", headers=headers)
    assert answer.get_json()["cliente"]["recibe_sms"] is True
    client = stored(app, 1)
    assert client is not None
    assert (client.telefono_e164, client.documento) == ("+573001230001", "1020345")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("3001234567", None),
        ("01 8000 123456", "Toll-free line, not mobile"),
        ("+870773123456", "Satellite phone, no SMS"),
        ("no number", "Not a mobile number"),
        ("3007654321", "Wants no messages"),
        ("", "No number"),
    ],
)
def test_json_says_whether_a_number_gets_sms(
    admin: CheckingClient, shop: Shop, account: int, number: str, why: str | None
) -> None:
    client_id = shop.add_client(account, "Laura", "3009998877")
    shop.add(Baja(usuario_id=account, telefono_e164="+573007654321", origen=OrigenBaja.MANUAL))
    for address in ("/clientes/crear/ajax/", f"/clientes/editar/{client_id}/"):
        body = admin.send_json(address, {"nombre": "Ana", "telefono": number}, Accept_Language="en").get_json()
        assert body["success"] is True
        assert (body["cliente"]["recibe_sms"], body["cliente"]["motivo_sin_sms"]) == (why is None, why)


def test_json_edits_what_it_gives_and_keeps_the_rest(
    admin: CheckingClient, shop: Shop, account: int, app: Flask
) -> None:
    client_id = shop.add_client(account, "Laura", "3001234567", documento="77")
    answer = admin.send_json(f"/clientes/editar/{client_id}/", {"telefono": 3102223344.0, "activo": False})
    assert answer.status_code == 200
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.telefono, client.documento) == ("Laura", "3102223344", "77")
    assert client.activo is False
    refused = admin.send_json(f"/clientes/editar/{client_id}/", {"nombre": True})
    assert (refused.status_code, list(refused.get_json()["errors"])) == (400, ["nombre"])
    assert admin.send_json("/clientes/editar/999/", {"nombre": "Ana"}).status_code == 404


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"', b"{", b"", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(admin: CheckingClient, body: bytes, kind: str) -> None:
    headers = {"X-CSRFToken": admin.token()}
    response = admin.post("/clientes/crear/ajax/", data=body, content_type=kind, headers=headers)
    assert response.status_code == 400
    assert response.get_json()["success"] is False
    assert response.get_json()["error"]


# Editing


def test_editing_changes_what_is_given_and_keeps_the_rest(
    admin: CheckingClient, shop: Shop, account: int, app: Flask
) -> None:
    client_id = shop.add_client(account, "Laura", "3001234567", documento="77")
    response = admin.send(f"/clientes/editar/{client_id}/", {"activo": "false"})
    assert (response.status_code, response.location) == (302, "/clientes/")
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.telefono, client.documento, client.activo) == (
        "Laura",
        "3001234567",
        "77",
        False,
    )
    admin.send(f"/clientes/editar/{client_id}/", {"telefono": "310 222 3344"})
    client = stored(app, client_id)
    assert client is not None
    assert (client.telefono_e164, client.activo) == ("+573102223344", False)
    assert listed(admin, q="laura 77", estado="todos") == ["Laura"]
    assert listed(admin, q="3102223344", estado="todos") == ["Laura"]
    assert listed(admin, q="3001234567", estado="todos") == []


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://localhost/clientes/?q=lau&orden=compra", "/clientes/?q=lau&amp;orden=compra"),
        ("http://localhost/", "/clientes/"),
        ("http://evil.example/clientes/?q=x", "/clientes/"),
        ("http://[", "/clientes/"),
        ("", "/clientes/"),
    ],
)
def test_the_clients_page_leads_back_to_the_list_as_it_was_left(
    admin: CheckingClient, shop: Shop, account: int, came_from: str, leads_to: str
) -> None:
    client_id = shop.add_client(account)
    page = admin.get(f"/clientes/{client_id}/", headers={"Referer": came_from}).text
    assert f'<p><a href="{leads_to}">' in page


@pytest.mark.parametrize("page", [CheckingClient.get, partial(CheckingClient.swap, method="GET")])
def test_two_who_edit_one_client_keep_what_each_changed(
    admin: CheckingClient, shop: Shop, account: int, app: Flask, page: Callable[..., TestResponse]
) -> None:
    client_id = shop.add_client(account, "Laura Mendez", "+573001234567")
    url = f"/clientes/editar/{client_id}/"
    seen = hidden_fields(page(admin, url).text)
    typed = {"nombre": "Laura Mendez", "telefono": "+573001234567", "activo": "true"}
    admin.send(url, {**seen, **typed, "nombre": "Laura Méndez"})
    refused = admin.send(url, {**seen, **typed, "documento": "1" * 21})
    admin.send(url, {**hidden_fields(refused.text), **typed, "documento": "456"})
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.documento) == ("Laura Méndez", "456")


def test_a_wrong_edit_changes_nothing(admin: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    url = f"/clientes/editar/{client_id}/"
    assert admin.send(url, {"nombre": "", "documento": "5"}).status_code == 200
    assert admin.swap(url, {"nombre": ""}).status_code == 422
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.documento) == ("Laura", "")


def test_an_upload_in_place_of_a_name_does_no_harm(admin: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    for url in (f"/clientes/editar/{client_id}/", "/clientes/nuevo/"):
        assert admin.send(url, {"nombre": (__file__, "a file")}).status_code in (200, 302)
    assert names(app) == ["Laura"]


def test_htmx_gets_the_changed_row_in_its_place(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    response = admin.swap(f"/clientes/editar/{client_id}/", {"nombre": "Laura Ruiz"})
    assert f'<hx-partial hx-target="#client-{client_id}" hx-swap="outerMorph">' in response.text
    assert shown(response.text) == ["Laura Ruiz"]


def test_an_edit_from_the_clients_page_goes_back_there(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    url = f"/clientes/editar/{client_id}/?volver=cliente"
    assert "volver=cliente" in admin.get(url).text
    assert admin.send(url, {"nombre": "A"}).location == f"/clientes/{client_id}/"
    assert admin.swap(url, {"nombre": "B"}).headers["HX-Redirect"] == f"/clientes/{client_id}/"


@pytest.mark.parametrize("active", [True, False])
def test_activity_is_switched_in_place(
    admin: CheckingClient, shop: Shop, account: int, app: Flask, active: bool
) -> None:
    given = "true" if active else "off"
    client_id = shop.add_client(account, "Laura", activo=not active)
    response = admin.swap(f"/clientes/{client_id}/activo/", {"activo": given})
    assert f'<hx-partial hx-target="#client-{client_id}"' in response.text
    client = stored(app, client_id)
    assert client is not None
    assert client.activo is active
    assert admin.send(f"/clientes/{client_id}/activo/", {"activo": given}).location == "/clientes/"


@pytest.mark.parametrize("form", [{}, {"activo": "perhaps"}, {"activo": ""}])
def test_no_activity_is_no_switch(admin: CheckingClient, shop: Shop, account: int, form: dict[str, str]) -> None:
    client_id = shop.add_client(account, "Laura")
    assert admin.send(f"/clientes/{client_id}/activo/", form).status_code == 400
    assert listed(admin) == ["Laura"]


# Deleting


def test_deleting_names_the_client_first(admin: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    url = f"/clientes/eliminar/{client_id}/"
    for answer in (admin.get(url), admin.swap(url, method="GET")):
        assert "Laura" in answer.text
    assert names(app) == ["Laura"], "asking deletes nothing"
    assert admin.send(url).location == "/clientes/"
    assert names(app) == []


def test_messages_outlive_their_client(admin: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    message_id = add_message(shop, account, client_id)
    admin.send(f"/clientes/eliminar/{client_id}/")
    with app.app_context():
        message = db.session.get_one(SMSLog, message_id)
        assert (message.cliente_id, message.nombre) == (None, "Laura")


def test_a_client_with_sales_is_not_deleted(admin: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    add_sale(shop, account, client_id)
    url = f"/clientes/eliminar/{client_id}/"

    response = admin.send(url)
    assert (response.status_code, response.location) == (302, "/clientes/")
    page = admin.get("/clientes/").text
    assert "alert-danger" in page
    assert shown(page) == ["Laura"]

    response = admin.swap(url)
    assert response.status_code == 409
    assert "Laura" in response.text

    for answer in (admin.send(url, Accept="application/json"), admin.send_json(url, {})):
        assert answer.status_code == 409
        assert "Laura" in answer.get_json()["error"]
    assert names(app) == ["Laura"]


def test_htmx_takes_the_deleted_row_away(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura")
    response = admin.swap(f"/clientes/eliminar/{client_id}/")
    assert f'<hx-partial hx-target="#client-{client_id}" hx-swap="delete">' in response.text


def test_the_count_follows_the_list_that_is_shown(admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Laura")
    client_id = shop.add_client(account, "Lauro")
    headers = {
        "X-CSRFToken": admin.token(),
        "HX-Request": "true",
        "HX-Current-URL": "http://localhost/clientes/?q=laur&estado=todos#x",
        "Accept-Language": "en",
    }
    assert "1 client\n" in admin.post(f"/clientes/eliminar/{client_id}/", headers=headers).text


# The client's own page


def test_the_own_page_shows_data_and_messages(seller: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura", "3001234567", documento="77")
    add_message(shop, account, client_id)
    page = seller.get(f"/clientes/{client_id}/").text
    assert "+57 300 123 4567" in page
    assert "Promo &lt;b&gt;" in page
    assert "Not &lt;reachable&gt; 100%" in page
    assert f'name="cliente_ids" value="{client_id}"' in page


# Who may do what

ADMIN_PATHS = ["nuevo/", "editar/{id}/", "eliminar/{id}/"]
ADMIN_POSTS = [*ADMIN_PATHS, "{id}/activo/", "crear/ajax/"]


def test_a_seller_looks_and_changes_nothing(seller: CheckingClient, shop: Shop, account: int, app: Flask) -> None:
    client_id = shop.add_client(account, "Laura")
    assert listed(seller) == ["Laura"]
    for path in ADMIN_PATHS:
        assert seller.get("/clientes/" + path.format(id=client_id)).status_code == 403
    for path in ADMIN_POSTS:
        form = {"nombre": "Changed", "activo": "false"}
        assert seller.send("/clientes/" + path.format(id=client_id), form).status_code == 403
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.activo) == ("Laura", True)
    for url in ("/clientes/", f"/clientes/{client_id}/"):
        page = seller.get(url).text
        assert not re.search(r"/(nuevo|editar|eliminar|activo)/", page)


def test_another_accounts_client_does_not_exist(admin: CheckingClient, shop: Shop, app: Flask) -> None:
    client_id = shop.add_client(shop.add_admin("other"), "Secret")
    for wanted in (client_id, 0, 999, BEYOND_64_BITS, 10**100):
        for path in ("{id}/", "editar/{id}/", "eliminar/{id}/", "{id}/ventas/"):
            assert admin.get("/clientes/" + path.format(id=wanted)).status_code == 404
        for path in ("editar/{id}/", "eliminar/{id}/", "{id}/activo/", "{id}/ventas/"):
            form = {"nombre": "Changed", "activo": "false", "total": "1"}
            assert admin.send("/clientes/" + path.format(id=wanted), form).status_code == 404
    client = stored(app, client_id)
    assert client is not None
    assert (client.nombre, client.activo) == ("Secret", True)
    assert listed(admin, q="Secret", estado="todos") == []
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count(Venta.id))) == 0


def test_an_order_that_cannot_be_read_is_said_and_hides_nobody(admin: CheckingClient) -> None:
    admin.send("/clientes/nuevo/", {"nombre": "Laura"})
    page = admin.get("/clientes/?orden=edad").text
    assert "orden: “edad” no se puede leer. Es uno de: recientes, nombre, compra." in page
    assert shown(page) == ["Laura"]


def test_a_client_is_switched_off_and_on_on_its_own_page(admin: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura", "3001112233")
    url = f"/clientes/{client_id}/"
    assert 'role="switch" aria-checked="true"' in admin.get(url).text
    said = admin.swap(f"{url}no-contactar/").text
    assert "No quiere mensajes" in said
    assert "Se agregó a mano" in said
    removal = re.search(r'href="(/clientes/bajas/\d+/quitar/\?cliente=\d+)" [^>]*aria-checked="false"', said)
    assert removal
    assert f'href="{url}"' in admin.get(removal[1]).text
    assert admin.send(removal[1]).headers["Location"] == url
    assert 'role="switch" aria-checked="true"' in admin.get(url).text


def test_who_has_no_number_or_is_inactive_has_no_switch(admin: CheckingClient, shop: Shop, account: int) -> None:
    for client_id in (shop.add_client(account, "Sin", ""), shop.add_client(account, "In", "3001112233", activo=False)):
        assert 'role="switch"' not in admin.get(f"/clientes/{client_id}/").text
    refused = admin.send(f"/clientes/{shop.add_client(account, 'Fijo', '6011234567')}/no-contactar/")
    assert refused.status_code == 409


def test_a_vendedor_switches_off_only(seller: CheckingClient, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account, "Laura", "3001112233")
    url = f"/clientes/{client_id}/"
    assert seller.send(f"{url}no-contactar/").status_code == 302
    page = seller.get(url).text
    assert 'role="switch"' not in page
    assert "/quitar/?cliente" not in page
