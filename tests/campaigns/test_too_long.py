"""Nobody is sent a text that is too long with their name, or one with a placeholder that is not filled in."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from clientes_app.campaigns.missing import missing_of
from clientes_app.models import EstadoSMS

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending
from ..support.checking_client import CheckingClient
from ..support.shop import Shop

REVIEW = "/clientes/campanas/revisar/"
NEARLY_FULL = "a" * 1580 + "{nombre}"
LONG_NAME = "María del Rosario de los Ángeles Gutiérrez Castro"
TOO_LONG = "With the client's name the message is too long: over 1,600 characters"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.mark.parametrize("placeholder", ["{nombre}", "{ Nombre }", "{nombre_sin_tildes}"])
def test_the_review_tells_for_whom_it_is_too_long(
    english: CheckingClient, shop: Shop, account: int, placeholder: str
) -> None:
    shop.add_client(account, "Ana", "3001110001")
    shop.add_client(account, LONG_NAME, "3001110002")
    form = {"destino": "todos", "mensaje": "a" * 1580 + placeholder}
    page = english.follow(REVIEW, form).text
    assert "It will be sent to 1 of 2 clients." in page
    assert re.search(r"1\s*· With the client&#39;s name the message is too long", page)
    assert f"<bdi>{LONG_NAME}</bdi>" in page
    assert "Send 1 message" in page


def test_where_it_is_too_long_for_everybody_a_shorter_text_is_asked_for(
    english: CheckingClient, shop: Shop, account: int
) -> None:
    shop.add_client(account, LONG_NAME)
    page = english.follow(REVIEW, {"destino": "todos", "mensaje": NEARLY_FULL}).text
    assert "Nobody would get it: make the text shorter." in page


def test_json_names_who_does_not_get_it_and_twilio_is_not_asked(
    english: CheckingClient, shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns
) -> None:
    ids = [shop.add_client(account, "Ana", "3001110001"), shop.add_client(account, LONG_NAME, "3001110002")]
    with sending(campaigns.app):
        answer = english.send_json("/clientes/enviar-sms/", {"cliente_ids": ids, "mensaje": NEARLY_FULL}).get_json()
        campaigns.ended(answer["campana_id"])
    assert campaigns.has(answer["campana_id"], enviado=1, fallido=1)
    assert answer["detalles"][1] == {
        "cliente_id": ids[1],
        "nombre": LONG_NAME,
        "estado": "fallido",
        "error": TOO_LONG,
    }
    assert [row.error_codigo for row in campaigns.rows(answer["campana_id"])] == [None, None]
    assert campaigns.hold(answer["campana_id"])


def test_of_two_with_one_number_the_one_gets_it_for_whom_it_is_short_enough(
    shop: Shop, account: int, campaigns: Campaigns
) -> None:
    ids = [shop.add_client(account, name, "3001110001") for name in (LONG_NAME, "Ana", "Eva")]
    rows = campaigns.rows(campaigns.start_to(ids, NEARLY_FULL))
    assert [row.estado for row in rows] == [EstadoSMS.FALLIDO, EstadoSMS.PENDIENTE, EstadoSMS.OMITIDO]


def test_who_asked_for_no_messages_is_told_so_first(
    english: CheckingClient, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    ids = [shop.add_client(account, LONG_NAME, "3001110001")]
    english.send("/clientes/bajas/nueva/", {"telefono": "3001110001"})
    (row,) = campaigns.rows(campaigns.start_to(ids, NEARLY_FULL))
    assert row.estado is EstadoSMS.OMITIDO


def test_they_can_be_written_to_once_more_with_a_shorter_text(
    app: Flask, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    ids = [shop.add_client(account, LONG_NAME, "3001110001")]
    campaign_id = campaigns.start_to(ids, NEARLY_FULL)
    with app.test_request_context():
        missing = missing_of(account, campaign_id)
    assert (missing.client_ids, missing.counts["passing"]) == ((ids[0],), 1)


@pytest.mark.parametrize("written", ["{nombre completo}", "{{nombre}}", "{nombr}", "[nombre]"])
def test_a_near_miss_is_refused_by_every_way_in(
    english: CheckingClient, shop: Shop, account: int, written: str
) -> None:
    client_id = shop.add_client(account)
    refusal = f"{written} is not filled in: did you mean {{nombre}}?"
    answer = english.send_json("/clientes/enviar-sms/", {"cliente_ids": [client_id], "mensaje": f"Hola {written}"})
    assert (answer.status_code, answer.get_json()["errors"]["mensaje"]) == (400, [refusal])
    page = english.follow(REVIEW, {"destino": "todos", "mensaje": f"Hola {written}"}).text
    assert refusal in page
    assert f"Hola {written}</textarea>" in page, "what was typed is kept"


def test_it_is_filled_in_where_it_is_clear_what_is_meant(
    app: Flask, shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns
) -> None:
    ids = [shop.add_client(account, "{Ana} {nombre}", "3001110001")]
    campaign_id = campaigns.start_to(ids, "Hola { NOMBRE }, {nombre }")
    with sending(app):
        campaigns.ended(campaign_id)
    assert campaigns.row(campaign_id).mensaje == "Hola {Ana} {nombre}, {Ana} {nombre}"
