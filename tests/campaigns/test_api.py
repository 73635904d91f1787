"""`POST /clientes/enviar-sms/`: the specification's answers, and what the contract adds."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app.config import SmsMode, TwilioSettings
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import CampanaSMS

from ..support.carrier import Simulator, sending
from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

URL = "/clientes/enviar-sms/"


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, send_wait_seconds=20.0)


@pytest.fixture
def five(shop: Shop, account: int) -> list[int]:
    """Five clients, the second with a number that does not exist."""
    return shop.add_clients(account, ["3001110001", "+15005550001", "3001110003", "3001110004", "3001110005"])


def order(ids: list[Any], **fields: Any) -> dict[str, Any]:
    return {"cliente_ids": ids, "mensaje": "Hola {nombre}, 20% de descuento", **fields}


def test_the_specifications_example(admin: CheckingClient, five: list[int], simulator: Simulator, app: Flask) -> None:
    with sending(app):
        response = admin.send_json(URL, order(five, nombre_campana="Promoción Marzo 2024"))
    answer = response.get_json()
    assert response.status_code == 200
    assert answer["success"] is True
    assert (answer["total_clientes"], answer["enviados_exitosos"], answer["enviados_fallidos"]) == (5, 4, 1)
    assert [detail["cliente_id"] for detail in answer["detalles"]] == five
    sent, failed = answer["detalles"][0], answer["detalles"][1]
    assert sent.keys() == {"cliente_id", "nombre", "estado", "twilio_sid"}
    assert (sent["estado"], sent["twilio_sid"][:2]) == ("enviado", "SM")
    assert failed.keys() == {"cliente_id", "nombre", "estado", "error"}
    assert (failed["estado"], "21211" in failed["error"]) == ("fallido", True)


def test_not_finished_in_time_is_202_with_where_to_look(
    admin: CheckingClient, five: list[int], simulator: Simulator
) -> None:
    response = admin.send_json(URL, order(five), Prefer="respond-async")
    answer = response.get_json()
    assert response.status_code == 202
    assert answer["estado"] == "procesando"
    assert answer["progreso_url"] == f"/clientes/campanas/{answer['campana_id']}/progreso/"
    assert answer["total_clientes"] == 5
    assert {detail["estado"] for detail in answer["detalles"]} == {"pendiente"}


def test_a_campaign_without_a_name_gets_one(admin: CheckingClient, five: list[int], simulator: Simulator) -> None:
    number = admin.send_json(URL, order(five), Prefer="respond-async").get_json()["campana_id"]
    assert "202" in admin.get(f"/clientes/campanas/{number}/").text.split("<title>")[1].split("</title>")[0]


def test_the_same_key_gives_the_same_campaign(admin: CheckingClient, five: list[int], simulator: Simulator) -> None:
    def send(key: str) -> int:
        answer = admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key=key)
        return int(answer.get_json()["campana_id"])

    assert send("one") == send("one")
    assert send("one") != send("two")


def test_the_same_body_may_be_spelled_otherwise(admin: CheckingClient, five: list[int], simulator: Simulator) -> None:
    first = admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="one").get_json()
    spaced = json.dumps(dict(reversed(order(five).items())), indent=2)
    headers = {"X-CSRFToken": admin.token(), "Prefer": "respond-async", "Idempotency-Key": "one"}
    assert admin.post(URL, data=spaced, headers=headers).get_json()["campana_id"] == first["campana_id"]


@pytest.mark.parametrize(
    "other",
    [
        {"mensaje": "Otra cosa"},
        {"cliente_ids": [1]},
        {"nombre_campana": "Otra"},
        {"mensaje": ""},
        {"cliente_ids": ["abc"]},
        {"cliente_ids": [999_999]},
    ],
)
def test_a_key_that_comes_with_something_else_sends_nothing(
    admin: CheckingClient, five: list[int], simulator: Simulator, app: Flask, other: dict[str, Any]
) -> None:
    assert admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="one").status_code == 202
    response = admin.send_json(URL, {**order(five), **other}, Prefer="respond-async", Idempotency_Key="one")
    assert (response.status_code, response.get_json()["success"]) == (422, False)
    assert "Idempotency-Key" in response.get_json()["error"]
    assert campaigns_stored(app) == 1


@pytest.mark.parametrize("wrong", [999_999, "no id", True, {"id": 1}])
def test_an_error_about_many_ids_names_some_and_counts_the_others(
    admin: CheckingClient, five: list[int], wrong: object
) -> None:
    ids = [wrong] * 30 if not isinstance(wrong, int) or wrong is True else [wrong + place for place in range(20_000)]
    answer = admin.send_json(URL, order([*five, *ids]), Accept_Language="en")
    assert answer.status_code == 400
    assert f"and {len(ids) - 20:,} more" in answer.get_json()["error"]
    assert len(answer.data) < 2_000


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 3_000, b"null"])
def test_a_key_that_comes_with_no_json_at_all_sends_nothing(
    admin: CheckingClient, five: list[int], simulator: Simulator, app: Flask, body: bytes
) -> None:
    headers = {"X-CSRFToken": admin.token(), "Idempotency-Key": "one", "Prefer": "respond-async"}
    assert admin.post(URL, data=body, headers=headers).status_code == 400
    assert admin.post(URL, json=order(five), headers=headers).status_code == 202
    assert admin.post(URL, data=body, headers=headers).status_code == 422
    assert campaigns_stored(app) == 1


def test_another_person_cannot_use_a_key(
    admin: CheckingClient, seller: CheckingClient, five: list[int], simulator: Simulator, app: Flask
) -> None:
    assert admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="one").status_code == 202
    assert seller.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="one").status_code == 422
    assert campaigns_stored(app) == 1


def test_a_key_is_looked_up_before_anything_else_is_judged(
    admin: CheckingClient, five: list[int], simulator: Simulator
) -> None:
    def send() -> Any:
        return admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="one")

    first = send().get_json()["campana_id"]
    admin.send(f"/clientes/eliminar/{five[0]}/")
    again = send()
    assert (again.status_code, again.get_json()["campana_id"]) == (202, first)


def test_a_key_is_good_for_a_day(admin: CheckingClient, five: list[int], simulator: Simulator, app: Flask) -> None:
    def send(**fields: str) -> Any:
        return admin.send_json(URL, order(five, **fields), Prefer="respond-async", Idempotency_Key="one")

    first = send().get_json()["campana_id"]
    grow_older(app, timedelta(hours=23, minutes=59))
    assert send().get_json()["campana_id"] == first
    grow_older(app, timedelta(minutes=1))
    second = send(mensaje="Otra cosa").get_json()["campana_id"]
    assert second != first
    assert send().status_code == 422, "the key is the second one's now"


def test_programs_keys_and_those_of_forms_are_apart(
    admin: CheckingClient, five: list[int], simulator: Simulator, app: Flask
) -> None:
    program = admin.send_json(URL, order(five), Prefer="respond-async", Idempotency_Key="web:x").get_json()
    form = {"destino": "todos", "mensaje": "Hola", "clave": "x"}
    for clave in ("x", "web:x"):
        sent = admin.send("/clientes/campanas/enviar/", {**form, "clave": clave})
        assert sent.status_code == 302
        assert f"/{program['campana_id']}/" not in sent.location
    assert campaigns_stored(app) == 3


def campaigns_stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CampanaSMS)) or 0


def grow_older(app: Flask, age: timedelta) -> None:
    """Let every campaign be older than it is."""
    with app.app_context(), unit_of_work() as session:
        for campaign in session.scalars(select(CampanaSMS)):
            campaign.creado -= age


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_of_a_wrong_length_is_refused(admin: CheckingClient, five: list[int], key: str) -> None:
    assert admin.send_json(URL, order(five), Idempotency_Key=key).status_code == 400


@pytest.mark.parametrize("ids", [[], None, "1", [1.5], ["1"], [True], [None], [2**70], [-1], [[1]], {"a": 1}])
def test_ids_that_are_none_are_refused(admin: CheckingClient, simulator: Simulator, ids: Any) -> None:
    response = admin.send_json(URL, order(ids))
    assert response.status_code == 400
    assert response.get_json()["error"]


def test_ids_of_nobody_and_of_another_account_are_named_and_nothing_is_stored(
    admin: CheckingClient, five: list[int], shop: Shop, simulator: Simulator
) -> None:
    stranger = shop.add_client(shop.add_admin("otra"))
    response = admin.send_json(URL, order([*five, stranger, 999_999]))
    assert response.status_code == 400
    assert f"{stranger}, 999999" in response.get_json()["error"]
    assert "No campaigns yet" in admin.get("/clientes/campanas/", headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("mensaje", ["", "   ", None, "x" * 1601, "Hola {apellido}", ["Hola"]])
def test_a_message_that_cannot_be_sent_is_refused_at_its_field(
    admin: CheckingClient, five: list[int], simulator: Simulator, mensaje: Any
) -> None:
    response = admin.send_json(URL, order(five, mensaje=mensaje))
    assert response.status_code == 400
    assert response.get_json()["errors"].keys() == {"mensaje"}


def test_ten_thousand_ids(admin: CheckingClient, simulator: Simulator, shop: Shop, account: int) -> None:
    ids = shop.add_clients(account, [f"301{number:07d}" for number in range(3_000)])
    answer = admin.send_json(URL, order(ids), Prefer="respond-async").get_json()
    assert answer["total_clientes"] == 3_000
    assert len(answer["detalles"]) == 1_000
    more = admin.get(answer["detalles_url"]).get_json()
    assert [detail["cliente_id"] for detail in more["detalles"]] == ids[1_000:2_000]
    last = admin.get(more["detalles_url"]).get_json()
    assert "detalles_url" not in last


def test_a_vendedor_may_send(seller: CheckingClient, five: list[int], simulator: Simulator) -> None:
    assert seller.send_json(URL, order(five), Prefer="respond-async").status_code == 202


def test_an_anonymous_program_gets_401_as_json(browser: CheckingClient, five: list[int]) -> None:
    response = browser.send_json(URL, order(five))
    assert (response.status_code, response.get_json()["success"]) == (401, False)


def test_without_a_token_nothing_is_stored(admin: CheckingClient, five: list[int], simulator: Simulator) -> None:
    response = admin.post(URL, json=order(five))
    assert (response.status_code, response.get_json()["success"]) == (400, False)


class TestWithoutTwilio:
    """Twilio mode with variables missing."""

    @pytest.fixture
    def settings(self, settings: Any) -> Any:
        return dataclasses.replace(settings, sms_mode=SmsMode.TWILIO, twilio=TwilioSettings(account_sid="AC1"))

    def test_it_names_what_is_missing(self, app: Flask, five: list[int], account: int) -> None:
        client = open_browser(app)
        secure = "https://localhost"
        client.get("/cuenta/entrar/", base_url=secure)
        form = {"usuario": "ana", "clave": "a good password", "csrf_token": client.token()}
        client.post("/cuenta/entrar/", data=form, base_url=secure, headers={"Referer": f"{secure}/"})
        headers = {"X-CSRFToken": client.token(), "Referer": f"{secure}/"}
        response = client.post(URL, json=order(five), base_url=secure, headers=headers)
        assert response.status_code == 503
        assert "TWILIO_AUTH_TOKEN" in response.get_json()["error"]
