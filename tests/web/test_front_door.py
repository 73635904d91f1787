"""Whatever comes from outside is bounded before it is looked at: no endpoint is held up by it, and none breaks."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from clientes_app.config import TwilioSettings
from clientes_app.extensions import db
from clientes_app.models import Cliente, Segmento
from clientes_app.settings import current_settings, replace_settings
from clientes_app.web.front_door import LONGEST_ADDRESS, LONGEST_HEADER, LONGEST_VALUE, MOST_FIELDS, MOST_FORM_BYTES

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

MOST_CPU = 0.4
"""Seconds that a request may take from the others, whatever it says."""

MARKS = "\u0316\u0300"
HUGE = "9" * 60
BODIES = st.sampled_from(
    [
        "a" + MARKS * 9_000,
        MARKS * 5_000 + "\ufdfa" * 5_000,
        "\u202e\ud7ff" * 9_000,
        " " * 19_000 + "x",
        "{nombre}" * 2_400,
        "{" * 19_000,
        "(" * 19_000,
        "1.234" * 4_000,
        "3001234567 " * 1_800,
        HUGE,
        "9" * 19_000,
        "²",
        "٣٠٠",
        "1e999999999",
        "-0",
        "NaN",
        str(2**63),
        str(2**63 - 1),
        "0001-01-01",
        "9999-12-31",
        "2024-02-30",
        "2026-11-22T00:00:00-23:59",
        "9999-12-31T23:59:59-23:59_4_1",
        "SM" + "²" * 32,
        "[" * 19_000,
        "\u200b",
        "\u0430na",
    ]
)
FIELDS = """
    nombre telefono documento activo mensaje total concepto fecha q estado antes despues cliente_ids plantilla destino
    clave cliente paso abaratar vista_previa usar_plantilla next usuario idioma tema numero a b por persona accion
    desde hasta compro_por compro_desde creado_hasta segmento etiqueta etiqueta_id etiqueta_ids etiqueta_nueva
    codigo credencial llave zona_horaria mensajes_por_dia pesos_por_mes precios-0-pais precios-0-precio
    precios-²-pais precios-9999999999999999999999-precio quitar c0 c1 hoja veredicto alcances clave_actual
    clave_nueva From Body OptOutType MessageSid MessageStatus ErrorCode antes-nombre nombre_campana
"""
NAMES = st.sampled_from(FIELDS.split())
FORMS = st.dictionaries(NAMES, BODIES, max_size=6)
UNCALLED = ("static", "auth.log_out", "health.ready")
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)


@contextmanager
def little_work() -> Iterator[None]:
    gc.disable()  # what the whole run of tests has left is no request's to look through
    begun = time.thread_time()
    yield
    taken = time.thread_time() - begun
    gc.enable()
    assert taken < MOST_CPU


@pytest.fixture
def calls(app: Flask, shop: Shop, account: int) -> list[tuple[str, str]]:
    """Every method and URL."""
    shop.add_client(account)
    shop.add_template(account)
    return [
        (method, rule.rule.replace("<int:pk>", "1").replace("<int:row>", "1").replace("<secret>", "x" * 43))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in UNCALLED
    ]


class Bare(CheckingClient):
    """A client that does not look at the pages: that takes more time than making them."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request."""
        kwargs.setdefault("buffered", True)
        return super(CheckingClient, self).open(*args, **kwargs)


@pytest.fixture
def caller(app: Flask, admin: CheckingClient, calls: list[tuple[str, str]]) -> Bare:
    """The browser of the admin, for whom everything has been asked once: libraries and templates are loaded."""
    app.test_client_class = Bare
    client = app.test_client()
    assert isinstance(client, Bare)
    client.log_in("ana")
    for method, url in calls:
        client.open(url, method=method, headers={"X-CSRFToken": client.token()})
    return client


@QUIET
@given(data=st.data())
def test_no_form_and_no_query_holds_the_others_up(
    caller: Bare, calls: list[tuple[str, str]], data: st.DataObject
) -> None:
    method, url = data.draw(st.sampled_from(calls))
    fields = data.draw(FORMS)
    if method == "GET":
        fields = {name: value[:1_000] for name, value in fields.items()}
    where: dict[str, Any] = {"query_string": fields} if method == "GET" else {"data": fields}
    headers = {"X-CSRFToken": caller.token()}
    with little_work():
        response = caller.open(url, method=method, headers=headers, **where)
    assert response.status_code < 500, response.text
    if caller.get("/").status_code == 302:
        caller.log_in("ana")


@QUIET
@given(data=st.data())
def test_no_json_holds_the_others_up(caller: Bare, calls: list[tuple[str, str]], data: st.DataObject) -> None:
    url = data.draw(st.sampled_from([url for method, url in calls if method == "POST"]))
    values: st.SearchStrategy[Any] = BODIES | st.sampled_from(
        [True, None, 1.5, 3e300, 10**90, [], {}, [[[]]], {"a": {"b": 1}}]
    )
    payload = data.draw(st.dictionaries(NAMES, values, max_size=6))
    headers = {"X-CSRFToken": caller.token(), "Content-Type": "application/json", "Prefer": "respond-async"}
    body = json.dumps(payload)
    with little_work():
        response = caller.post(url, data=body, headers=headers)
    assert response.status_code < 500, response.text
    if caller.get("/").status_code == 302:
        caller.log_in("ana")


class TestMarks:
    """Long runs of marks, by every way in."""

    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
    def test_before_a_log_in(self, browser: CheckingClient, kind: str) -> None:
        token = browser.token()
        data = {"usuario": "a" + MARKS * 60_000, "clave": MARKS * 20_000}
        with little_work():
            answer = browser.post("/cuenta/entrar/", data=data, content_type=kind, headers={"X-CSRFToken": token})
        assert answer.status_code == 200
        assert "Usa máximo 150 caracteres." in answer.text

    def test_in_json(self, admin: CheckingClient) -> None:
        with little_work():
            answer = admin.send_json("/clientes/crear/ajax/", {"nombre": "a" + MARKS * 100_000})
        assert answer.get_json()["errors"] == {"nombre": ["Usa máximo 150 caracteres."]}

    def test_in_a_message_and_what_was_typed_stays(self, admin: CheckingClient) -> None:
        typed = "Hola " + "á" * 30_000
        answer = admin.send("/clientes/plantillas/crear/", {"nombre": "Marzo", "mensaje": typed})
        assert answer.status_code == 200
        assert "Usa máximo 1600 caracteres." in answer.text
        assert "á" * 10_000 in answer.text
        assert len(answer.text) < 3 * LONGEST_VALUE

    def test_in_the_cells_of_a_list(self, app: Flask, admin: CheckingClient) -> None:
        token = admin.token()
        rows = "".join(f"a{MARKS * 500}{place},{3001230000 + place}\n" for place in range(200))
        file = (BytesIO(f"Nombre,Celular\n{rows}".encode()), "clientes.csv")
        with little_work():
            answer = admin.post("/clientes/importar/", data={"archivo": file}, headers={"X-CSRFToken": token})
        assert answer.status_code == 302

    def test_a_letter_keeps_thirty(self, app: Flask, admin: CheckingClient) -> None:
        assert admin.send("/clientes/nuevo/", {"nombre": "Zo" + "\u0316" * 99 + "é"}).status_code == 302
        with app.app_context():
            assert db.session.scalars(select(Cliente.nombre)).one() == "Zo" + "\u0316" * 30 + "é"


class TestSizes:
    """Addresses, headers and bodies."""

    def test_a_long_address_is_414(self, admin: CheckingClient) -> None:
        assert admin.get("/clientes/?q=" + "x" * LONGEST_ADDRESS).status_code == 414

    def test_a_long_header_is_431(self, admin: CheckingClient) -> None:
        assert admin.get("/", headers={"Accept-Language": "es," * LONGEST_HEADER}).status_code == 431

    @pytest.mark.parametrize("body", [b"nombre=" + b"x" * MOST_FORM_BYTES, b"a&" * MOST_FIELDS])
    def test_a_form_of_too_many_bytes_or_fields_is_413(self, browser: CheckingClient, body: bytes) -> None:
        headers = {"X-CSRFToken": browser.token(), "Content-Type": "application/x-www-form-urlencoded"}
        with little_work():
            answer = browser.post("/cuenta/entrar/", data=body, headers=headers)
        assert answer.status_code == 413

    def test_ids_of_a_whole_shop_fit_into_json(self, admin: CheckingClient, account: int) -> None:
        body = {"cliente_ids": list(range(1_000_000, 1_200_000)), "mensaje": "Hola"}
        answer = admin.send_json("/clientes/enviar-sms/", body)
        assert answer.status_code == 400
        assert len(answer.data) < 1_000
        assert "1000000" in answer.get_json()["error"]
        assert "199.980 más" in answer.get_json()["error"]

    def test_so_do_those_that_are_none(self, admin: CheckingClient) -> None:
        answer = admin.send_json("/clientes/enviar-sms/", {"cliente_ids": [[0] * 99, "x" * 99, *[0] * 500]})
        assert answer.status_code == 400
        assert len(answer.data) < 2_000
        assert "482 más" in answer.get_json()["error"]


class TestJson:
    """What a program sends is of the type that the field takes."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("nombre", True),
            ("nombre", 12),
            ("nombre", ["Ana"]),
            ("nombre", {"de": "pila"}),
            ("telefono", 300.5),
            ("telefono", False),
            ("documento", [1]),
            ("activo", "quizás"),
            ("activo", 2),
            ("activo", []),
        ],
    )
    def test_a_wrong_type_is_said_beside_its_name(
        self, app: Flask, admin: CheckingClient, field: str, value: object
    ) -> None:
        answer = admin.send_json("/clientes/crear/ajax/", {"nombre": "Ana", field: value})
        assert answer.status_code == 400
        assert set(answer.get_json()["errors"]) == {field}
        with app.app_context():
            assert db.session.scalars(select(Cliente)).all() == []

    @pytest.mark.parametrize(("value", "text"), [(3001230001, "3001230001"), (3001230001.0, "3001230001")])
    def test_a_whole_number_is_taken_for_a_number(self, admin: CheckingClient, value: object, text: str) -> None:
        answer = admin.send_json("/clientes/crear/ajax/", {"nombre": "Ana", "telefono": value, "documento": value})
        created = answer.get_json()["cliente"]
        assert (created["telefono"], created["documento"]) == (text, text)

    @pytest.mark.parametrize(
        "body",
        [
            '{"nombre": NaN}',
            '{"nombre": "Ana", "otro": Infinity}',
            '{"nombre": "Ana", "telefono": 1e400}',
            '{"nombre": "Ana", "documento": ' + "9" * 5_000 + "}",
            '{"nombre": "Ana", "nombre": "Eva"}',
            '{"nombre": "Ana", "x": ' + "[" * 50 + "]" * 50 + "}",
            '{"nombre": "Ana", "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
            '{"nombre": "Ana", "x": ' + '{"a":' * 900 + "1" + "}" * 901,
        ],
    )
    def test_what_can_be_read_in_several_ways_is_refused(self, app: Flask, admin: CheckingClient, body: str) -> None:
        headers = {"X-CSRFToken": admin.token(), "Content-Type": "application/json"}
        answer = admin.post("/clientes/crear/ajax/", data=body, headers=headers)
        assert (answer.status_code, answer.get_json()["success"]) == (400, False)
        with app.app_context():
            assert db.session.scalars(select(Cliente)).all() == []

    @pytest.mark.parametrize("url", ["/clientes/crear/ajax/", "/clientes/enviar-sms/"])
    def test_without_a_log_in_it_is_401_before_all_else(self, browser: CheckingClient, url: str) -> None:
        answer = browser.post(url, json={"nombre": "Ana"})
        assert (answer.status_code, answer.get_json()["success"]) == (401, False)
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_with_one_a_token_is_needed_as_before(self, admin: CheckingClient) -> None:
        assert admin.post("/clientes/crear/ajax/", json={"nombre": "Ana"}).status_code == 400


class TestNumbers:
    """Numbers that no row has and no database keeps."""

    @pytest.mark.parametrize("number", [str(2**63), "9" * 60, "9" * 5_000, "²", "-1", "1_0", " 1"])
    def test_pairs(self, admin: CheckingClient, shop: Shop, account: int, number: str) -> None:
        other = str(shop.add_client(account))
        for url in ("/clientes/dobles/distintos/", "/clientes/dobles/distintos/deshacer/", "/clientes/unir/"):
            assert admin.send(url, {"a": number, "b": other}).status_code == 404

    @pytest.mark.parametrize("number", [2**63, "9" * 60, "9" * 5_000, "²", "٣"])
    def test_paths(self, admin: CheckingClient, number: object) -> None:
        assert admin.get(f"/clientes/{number}/").status_code == 404
        assert admin.send(f"/clientes/editar/{number}/", {"nombre": "Ana"}).status_code == 404

    @pytest.mark.parametrize("name", ["precios-²-pais", "precios-٣-pais", "precios-" + "9" * 5_000 + "-pais"])
    def test_names_of_fields(self, admin: CheckingClient, name: str) -> None:
        assert admin.send("/ajustes/", {"negocio": "Tienda", name: "CO"}).status_code == 302

    @pytest.mark.both_databases
    def test_amounts(self, shop: Shop, admin: CheckingClient, account: int) -> None:
        query = f"compro_por={HUGE}"
        assert admin.get(f"/clientes/?{query}").status_code == 200
        assert admin.get(f"/clientes/segmentos/nuevo/?{query}").status_code == 200
        shop.add(Segmento(nombre="Ricos", busqueda={"compro_por": HUGE}, creado_por_id=account, usuario_id=account))
        assert admin.get("/clientes/segmentos/").status_code == 200
        assert admin.get("/clientes/campanas/nueva/", follow_redirects=True).status_code == 200
        assert admin.get("/clientes/campanas/nueva/?destino=segmento&segmento=1").status_code < 500


class TestCallbacks:
    """What Twilio signed is read with the same bounds, and its signature still fits."""

    @pytest.fixture(autouse=True)
    def twilio(self, app: Flask) -> None:
        with app.app_context():
            account = TwilioSettings("AC1", "secret", "+15005550006")
            replace_settings(app, replace(current_settings(), twilio=account, public_base_url="https://shop.example"))

    def post(self, browser: CheckingClient, path: str, fields: dict[str, str]) -> int:
        signature = RequestValidator("secret").compute_signature(f"https://shop.example{path}", fields)
        with little_work():
            answer = browser.post(path, data=fields, headers={"X-Twilio-Signature": signature})
        return answer.status_code

    def test_an_answer_of_marks(self, browser: CheckingClient) -> None:
        fields = {"From": "+573001234567", "Body": "a" + MARKS * 800, "MessageSid": "SM" + "0" * 32}
        assert self.post(browser, "/twilio/entrante/", fields) == 200

    @pytest.mark.parametrize(
        "fields",
        [
            {"MessageSid": "SM" + "²" * 32},
            {"MessageSid": "SM" + "0" * 32, "MessageStatus": "x" * 9_000, "ErrorCode": "9" * 9_000},
            {"MessageSid": "SM" + "0" * 32, "MessageStatus": "failed", "ErrorCode": "²"},
            {"SmsSid": "a" + MARKS * 2_000},
        ],
    )
    def test_odd_sids_and_codes(self, browser: CheckingClient, fields: dict[str, str]) -> None:
        assert self.post(browser, "/twilio/estado/" + "0" * 32, fields) in (204, 400)


@pytest.mark.parametrize("piece", ["%", "%zz", "%41", "nombre=%&"])
def test_no_form_of_escapes_holds_the_others_up(caller: Bare, piece: str) -> None:
    body = (piece * MOST_FORM_BYTES)[: MOST_FORM_BYTES - 10]
    kind = "application/x-www-form-urlencoded"
    headers = {"X-CSRFToken": caller.token()}
    with little_work():
        response = caller.post("/clientes/nuevo/", data=body, content_type=kind, headers=headers)
    assert response.status_code in (200, 413)


def test_a_percent_sign_that_is_no_escape_is_text(caller: Bare, app: Flask) -> None:
    kind = "application/x-www-form-urlencoded"
    headers = {"X-CSRFToken": caller.token()}
    caller.post("/clientes/nuevo/", data="nombre=100%% Lana", content_type=kind, headers=headers)
    with app.app_context():
        assert db.session.scalar(select(Cliente.nombre).where(Cliente.nombre.contains("Lana"))) == "100%% Lana"
