"""Trying a campaign first: the text of the client shown, sent to one's own number, and listed nowhere."""

from __future__ import annotations

import dataclasses
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.config import SmsMode
from clientes_app.drafts.own_numbers import trying
from clientes_app.extensions import db
from clientes_app.messaging.personalization import recipient_of, shared_of, template_of
from clientes_app.models import Accion, Auditoria, Baja, CampanaSMS, NumeroPropio, OrigenBaja, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.shop.services import ShopSettings, save_settings

from ..support.carrier import Simulator, wait_until
from ..support.checking_client import CheckingClient
from ..support.drafts import OpenPage
from ..support.races import race
from ..support.shop import Shop

TRY = "/clientes/campanas/pruebas/"
MINE = "+573007654321"
FORM = {"mensaje": "Hola {nombre}, hay promoción", "destino": "todos", "prueba": "11111111-1111-4111-8111-111111111111"}

pytestmark = pytest.mark.both_databases


@pytest.fixture
def english(admin: CheckingClient, shop: Shop, account: int) -> CheckingClient:
    """The admin's browser, in English; the admin has proven a number."""
    shop.add_client(account, "Ana", "3001110000")
    shop.add_client(account, "Rosa Gil", "3001110001")
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


@pytest.fixture
def proven(app: Flask, english: CheckingClient, account: int) -> CheckingClient:
    with app.app_context():
        db.session.add(NumeroPropio(persona_id=account, telefono_e164=MINE, probado=utc_now()))
        db.session.commit()
    return english


def tried(app: Flask) -> list[str]:
    with app.app_context():
        sent = select(SMSLog.valores).join(CampanaSMS).where(CampanaSMS.es_prueba).order_by(CampanaSMS.id)
        return [json.loads(values)["texto"] for values in db.session.scalars(sent)]


def settle(app: Flask, account: int, **settings: Any) -> None:
    with app.test_request_context():
        save_settings(account, ShopSettings(**settings), by=NOBODY)


def test_the_text_of_the_client_shown_arrives(
    app: Flask, proven: CheckingClient, sender: object, simulator: Simulator
) -> None:
    answer = proven.swap(TRY, {**FORM, "cliente": "2"})
    assert answer.status_code == 200
    state = re.search(r'hx-get="([^"]*)"', answer.text)
    assert state
    wait_until(lambda: "Sent" in proven.swap(state[1], method="GET").text)
    assert [(line["to"], line["body"]) for line in simulator.ledger()][-1] == (MINE, "Hola Rosa Gil, hay promoción")
    with app.app_context():
        acts = db.session.scalars(select(Auditoria.accion)).all()
    assert Accion.TEST_SENT in acts
    assert Accion.CAMPAIGN_SENT not in acts


def test_why_it_failed_is_said(app: Flask, proven: CheckingClient, sender: object) -> None:
    with app.app_context():
        db.session.execute(update(NumeroPropio).values(telefono_e164="+15005550009"))
        db.session.commit()
    state = re.search(r'hx-get="([^"]*)"', proven.swap(TRY, FORM).text)
    assert state
    wait_until(lambda: "The number is not a mobile" in proven.swap(state[1], method="GET").text)


def test_a_fault_of_the_whole_account_is_said_too(proven: CheckingClient, sender: object, simulator: Simulator) -> None:
    simulator.behave(next=["401"])
    state = re.search(r'hx-get="([^"]*)"', proven.swap(TRY, FORM).text)
    assert state
    wait_until(lambda: "Twilio does not accept the account" in proven.swap(state[1], method="GET").text)


def test_a_form_sent_twice_is_one_test(app: Flask, proven: CheckingClient) -> None:
    assert proven.swap(TRY, FORM).status_code == proven.swap(TRY, FORM).status_code == 200
    assert len(tried(app)) == 1
    proven.swap(TRY, {**FORM, "mensaje": "Otro texto"})
    assert tried(app) == ["Hola Ana, hay promoción", "Otro texto"]


def test_who_has_no_number_is_asked_for_it(app: Flask, english: CheckingClient) -> None:
    assert "Your mobile number" in english.swap(TRY, FORM).text
    assert tried(app) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mensaje": " "}, "Write the message first."),
        ({"mensaje": "Hola {nombe}"}, "did you mean {nombre}?"),
        ({"mensaje": "a" * 1601}, "Use at most 1,600 characters"),
    ],
)
def test_a_text_with_faults_is_refused(app: Flask, proven: CheckingClient, changes: dict[str, str], said: str) -> None:
    refused = proven.swap(TRY, {**FORM, **changes})
    assert refused.status_code == 400
    assert said in refused.text
    assert tried(app) == []


def test_limits_hold_and_count_it(app: Flask, proven: CheckingClient, account: int) -> None:
    settle(app, account, mensajes_por_dia=1, precios={"CO": Decimal(30)})
    assert proven.swap(TRY, FORM).status_code == 200
    refused = proven.swap(TRY, {**FORM, "mensaje": "Otra vez"})
    assert refused.status_code == 409
    assert "Left for today: 0." in refused.text
    assert len(tried(app)) == 1
    with app.app_context():
        assert db.session.scalars(select(CampanaSMS.costo)).one() == Decimal(30)


def test_who_opted_out_is_refused(app: Flask, proven: CheckingClient, shop: Shop, account: int) -> None:
    shop.add(Baja(telefono_e164=MINE, origen=OrigenBaja.MENSAJE, usuario_id=account))
    assert "list of opt-outs" in proven.swap(TRY, FORM).text
    assert tried(app) == []


def test_few_an_hour(app: Flask, proven: CheckingClient) -> None:
    for place in range(10):
        assert proven.swap(TRY, {**FORM, "mensaje": f"Texto {place}"}).status_code == 200
    assert "Too many tries." in proven.swap(TRY, FORM).text
    assert len(tried(app)) == 10


def test_it_is_listed_nowhere(app: Flask, proven: CheckingClient, seller: CheckingClient, shop: Shop) -> None:
    proven.swap(TRY, FORM)
    with app.app_context():
        sent_id = db.session.scalars(select(CampanaSMS.id)).one()
        assert db.session.scalar(select(func.count()).where(SMSLog.cliente_id.is_not(None))) == 0
    for page in ("/", "/clientes/campanas/", "/clientes/2/", "/clientes/campanas/en-curso/"):
        assert "Message to oneself" not in proven.get(page).text
    assert "Three steps to the first campaign" in proven.get("/").text
    assert proven.get(f"/clientes/campanas/{sent_id}/").status_code == 404
    assert proven.send(f"/clientes/campanas/{sent_id}/cancelar/").status_code == 404
    assert seller.get(f"{TRY}{sent_id}/").status_code == 404


def test_without_scripts_the_draft_is_kept_and_the_test_has_a_page(app: Flask, proven: CheckingClient) -> None:
    page = OpenPage.new(proven).type("Hola {nombre}")
    sent = proven.send(TRY, page.fields)
    assert sent.status_code == 302
    shown = proven.get(sent.location).text
    assert "Test to +57 300 765 4321" in shown
    assert page.key in shown
    assert tried(app) == ["Hola Ana"]


def test_without_scripts_and_number_one_is_led_to_it_and_back(english: CheckingClient) -> None:
    page = OpenPage.new(english).type("Hola {nombre}")
    led = english.send(TRY, page.fields)
    assert (led.location or "").startswith("/cuenta/yo/numero/")
    assert page.key in english.get(led.location).text


class TestWithoutTwilio:
    """Where Twilio is not set up."""

    @pytest.fixture
    def settings(self, settings: Any) -> Any:
        return dataclasses.replace(settings, sms_mode=SmsMode.TWILIO)

    def test_it_says_what_is_missing(self, app: Flask, proven: CheckingClient) -> None:
        refused = proven.swap(TRY, FORM)
        assert refused.status_code == 503
        assert "TWILIO_ACCOUNT_SID" in refused.text
        assert tried(app) == []


def test_a_double_click_at_once_is_one_test(app: Flask, proven: CheckingClient, account: int) -> None:
    def click() -> int:
        return trying.send(account, "Hola Ana", FORM["prueba"], by=Actor(account, account_id=account)).sent.id

    assert len(set(race(app, *[click] * 4).won)) == 1
    assert tried(app) == ["Hola Ana"]


def test_braces_in_a_clients_name_are_text(app: Flask, proven: CheckingClient, shop: Shop, account: int) -> None:
    odd = shop.add_client(account, "{nombre}", "3001234567")
    proven.swap(TRY, {**FORM, "mensaje": "Hola {nombre}", "cliente": str(odd)})
    assert tried(app) == ["Hola {nombre}"]
    with app.app_context():
        (row,) = db.session.scalars(select(SMSLog)).all()
        (sent,) = db.session.scalars(select(CampanaSMS)).all()
        assert (
            template_of(sent.mensaje, shared_of(sent.compartido)).render(recipient_of(row.nombre, row.valores))
            == "Hola {nombre}"
        )
