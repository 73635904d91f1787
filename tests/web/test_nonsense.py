"""Bad input gets an answer, never a 500: whatever is thrown at whichever endpoint."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

FIELDS = [
    "nombre",
    "telefono",
    "documento",
    "activo",
    "mensaje",
    "total",
    "concepto",
    "fecha",
    "q",
    "estado",
    "antes",
    "despues",
    "cliente_ids",
    "plantilla",
    "destino",
    "clave",
    "cliente",
    "paso",
    "abaratar",
    "vista_previa",
    "usar_plantilla",
    "next",
    "usuario",
    "clave",
    "idioma",
    "tema",
    "numero",
    "a",
    "b",
    "por",
    "persona",
    "etiqueta",
    "no_etiqueta",
    "no_compro_por",
    "compro_desde",
    "importacion",
    "accion",
    "desde",
    "hasta",
]
NASTY = st.sampled_from(
    [
        "",
        "\x00",
        "a\x00b",
        "\u202eoveja",
        "مرحبا",
        "👩‍👩‍👧‍👦" * 30,
        "<script>alert(1)</script>",
        "{nombre}",
        "{{7*7}}",
        "{",
        "{otro}",
        "%",
        "_",
        "'; DROP TABLE cliente; --",
        "-1",
        "0",
        "1.5",
        "1e999",
        "NaN",
        "9" * 30,
        str(2**63),
        str(2**63 - 1),
        "x" * 5000,
        "\ud800",
        "á" * 151,
        "true",
        "\r\n\t",
        "2026-02-30",
        "+15005550001",
        "//evil.example",
    ]
)
VALUES = NASTY | st.text(max_size=40)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
IDS = st.sampled_from([1, 0, 2, 2**31, 2**63 - 1, 2**63, 10**30])
UNCALLED = ("static", "auth.log_out", "health.ready")
"""Among them what rightly answers 503, for nobody sends here."""
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


@pytest.fixture
def calls(app: Flask, shop: Shop, account: int) -> list[tuple[str, str]]:
    """Every method and URL, with a place for an id."""
    shop.add_client(account)
    shop.add_template(account)
    return [
        (method, rule.rule.replace("<int:pk>", "{pk}").replace("<int:row>", "1"))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in UNCALLED
    ]


@pytest.fixture
def polite(admin: CheckingClient) -> CheckingClient:
    return admin


def encoded(fields: dict[str, str]) -> dict[str, str]:
    """Return fields that can be sent: a lone surrogate has no UTF-8."""
    return {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name, value in fields.items()}


@QUIET
@given(data=st.data())
def test_forms_and_queries(polite: CheckingClient, calls: list[tuple[str, str]], data: st.DataObject) -> None:
    method, url = data.draw(st.sampled_from(calls))
    url = url.replace("{pk}", str(data.draw(IDS)))
    fields = encoded(data.draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8)))
    headers = {"X-CSRFToken": polite.token()} | data.draw(
        st.sampled_from([{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
    )
    where: dict[str, Any] = {"query_string": fields} if method == "GET" else {"data": fields}
    response = polite.open(url, method=method, headers=headers, **where)
    assert response.status_code < 500, response.text
    stay_logged_in(polite)


@QUIET
@given(data=st.data())
def test_json(polite: CheckingClient, calls: list[tuple[str, str]], data: st.DataObject) -> None:
    url = data.draw(st.sampled_from([url for method, url in calls if method == "POST"])).replace("{pk}", "1")
    payload = data.draw(
        JSON_VALUES | st.dictionaries(st.sampled_from([*FIELDS, "nombre_campana"]), JSON_VALUES, max_size=6)
    )
    body = json.dumps(payload)
    headers = {"X-CSRFToken": polite.token(), "Content-Type": "application/json", "Prefer": "respond-async"}
    response = polite.post(url, data=body, headers=headers)
    assert response.status_code < 500, response.text
    stay_logged_in(polite)


BODIES = [b"", b"{", b"\xff\xfe", b'{"nombre": "\xff"}', b"[" * 3_000, b"null", b'"x"', b"\x00", b'{"a": 1e400}']


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
@pytest.mark.parametrize("url", ["/clientes/crear/ajax/", "/clientes/enviar-sms/", "/clientes/nuevo/"])
def test_broken_bodies(polite: CheckingClient, url: str, content_type: str, body: bytes) -> None:
    headers = {"X-CSRFToken": polite.token(), "Content-Type": content_type}
    response = polite.post(url, data=body, headers=headers)
    assert 200 <= response.status_code < 500, response.text
    if url != "/clientes/nuevo/":
        assert (response.status_code, response.get_json()["success"]) == (400, False)


@pytest.mark.parametrize("url", ["/clientes/crear/ajax/", "/clientes/nuevo/", "/cuenta/entrar/"])
def test_a_body_over_two_megabytes_is_413(polite: CheckingClient, url: str) -> None:
    headers = {"X-CSRFToken": polite.token(), "Content-Type": "application/x-www-form-urlencoded"}
    response = polite.post(url, data=b"nombre=" + b"x" * (2 * 1024 * 1024 + 1), headers=headers)
    assert response.status_code == 413


@pytest.mark.parametrize("url", ["/clientes/?q=%ff%fe", "/clientes/%ff/", "/clientes/?antes=%00", "/%c0%af"])
def test_bad_utf8_in_an_address(polite: CheckingClient, url: str) -> None:
    assert polite.get(url).status_code in (200, 400, 404)


def stay_logged_in(client: CheckingClient) -> None:
    if client.get("/").status_code == 302:
        client.log_in("ana")
