"""One's own number: proven by a code that is sent to it, limited, changed and forgotten."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria, Baja, CampanaSMS, NumeroPropio, OrigenBaja, SMSLog

from ...support.campaigns import Campaigns
from ...support.checking_client import CheckingClient, open_browser
from ...support.clock import Clock
from ...support.shop import Shop

NUMBER = "/cuenta/yo/numero/"
MINE = "300 765 4321"
E164 = "+573007654321"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def codes(app: Flask) -> list[str]:
    """Answer the codes that were sent, the oldest first."""
    with app.app_context():
        texts = db.session.scalars(
            select(SMSLog.valores).join(CampanaSMS).where(CampanaSMS.es_prueba).order_by(CampanaSMS.id)
        )
        return [code[0] for text in texts if (code := re.search(r"\d{6}", text or ""))]


def ask(client: CheckingClient, number: str = MINE) -> str:
    return post(client, NUMBER, telefono_propio=number)


def post(client: CheckingClient, address: str, **fields: str) -> str:
    """Send a form, and answer the page that it leads to, or that says why it leads nowhere."""
    sent = client.send(address, fields)
    return (client.get(sent.location) if sent.status_code == 302 else sent).text


def prove(client: CheckingClient, code: str) -> str:
    return post(client, f"{NUMBER}codigo/", codigo=code)


def own(app: Flask, person_id: int) -> str | None:
    with app.app_context():
        return db.session.scalar(select(NumeroPropio.telefono_e164).where(NumeroPropio.persona_id == person_id))


def test_a_number_is_proven_by_its_code(app: Flask, english: CheckingClient, account: int) -> None:
    assert "A code is being sent to +57 300 765 4321." in ask(english)
    assert own(app, account) is None
    (code,) = codes(app)
    assert "Your number: +57 300 765 4321." in prove(english, f"{code[:3]} {code[3:]}")
    assert own(app, account) == E164
    with app.app_context():
        acts = db.session.scalars(select(Auditoria.accion).order_by(Auditoria.id)).all()
    assert acts[-2:] == [Accion.CODE_SENT, Accion.OWN_NUMBER_PROVEN]


def test_a_number_stays_until_another_is_proven(app: Flask, english: CheckingClient, account: int) -> None:
    ask(english)
    prove(english, codes(app)[-1])
    assert "Your mobile number" in english.get(f"{NUMBER}?otro=1").text
    ask(english, "310 765 4321")
    assert own(app, account) == E164
    prove(english, codes(app)[-1])
    assert own(app, account) == "+573107654321"
    assert "Your number is forgotten." in post(english, f"{NUMBER}borrar/")
    assert own(app, account) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "This field is required."), ("hola", "Not a mobile number."), ("601 234 5678", "A landline gets no SMS.")],
)
def test_what_gets_no_sms_is_refused_beside_its_field(
    app: Flask, english: CheckingClient, typed: str, said: str
) -> None:
    text = english.send(NUMBER, {"telefono_propio": typed}).text
    assert said in text
    assert f'value="{typed}"' in text
    assert codes(app) == []


def test_a_code_counts_for_ten_minutes_and_five_tries(
    app: Flask, english: CheckingClient, clock: Clock, account: int
) -> None:
    ask(english)
    code = codes(app)[-1]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert "That is not the code." in prove(english, wrong)
    assert "This code counts no more." in prove(english, code)
    ask(english)
    clock.pass_by(minutes=11)
    assert "This code counts no more." in prove(english, codes(app)[-1])
    assert own(app, account) is None


def test_a_code_counts_once_and_for_its_person(
    app: Flask, english: CheckingClient, seller: CheckingClient, account: int
) -> None:
    ask(english)
    code = codes(app)[-1]
    assert "counts no more" in seller.send(f"{NUMBER}codigo/", {"codigo": code}).text or own(app, account) is None
    prove(english, code)
    ask(english, "310 765 4321")
    assert "That is not the code." in prove(english, code)


def test_nobody_is_sent_more_than_three_codes_a_day(app: Flask, english: CheckingClient, shop: Shop) -> None:
    for _ in range(3):
        ask(english)
    other_shop = shop.add_admin("bea")
    assert other_shop
    stranger = open_browser(app)
    stranger.log_in("bea")
    stranger.send("/cuenta/idioma/", {"idioma": "en"})
    assert "Too many tries." in ask(stranger)
    assert len(codes(app)) == 3
    for number in ("3101110000", "3101110001"):
        ask(english, number)
    assert "Too many tries." in ask(english, "3101110002")


def test_who_opted_out_is_sent_no_code(app: Flask, english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add(Baja(telefono_e164=E164, origen=OrigenBaja.MENSAJE, usuario_id=account))
    assert "This number is in the shop&#39;s list of opt-outs" in ask(english)
    assert codes(app) == []


def test_a_code_is_no_campaign(app: Flask, english: CheckingClient, campaigns: Campaigns) -> None:
    ask(english)
    with app.app_context():
        sent_id = db.session.scalars(select(CampanaSMS.id)).one()
    assert campaigns.row(sent_id).cliente_id is None
    for address in ("", "mensajes/", "progreso/", "certificado/"):
        assert english.get(f"/clientes/campanas/{sent_id}/{address}").status_code == 404
    for page in ("/", "/clientes/campanas/"):
        assert f"/campanas/{sent_id}/" not in english.get(page).text


def test_who_is_deactivated_loses_it(app: Flask, admin: CheckingClient, seller: CheckingClient) -> None:
    ask(seller)
    prove(seller, codes(app)[-1])
    with app.app_context():
        person_id = db.session.scalars(select(NumeroPropio.persona_id)).one()
    admin.send(f"/personas/{person_id}/desactivar/")
    assert own(app, person_id) is None


def test_without_scripts_one_is_led_back_to_the_campaign(app: Flask, english: CheckingClient) -> None:
    ask(english)
    done = english.send(f"{NUMBER}codigo/", {"codigo": codes(app)[-1], "next": "/clientes/campanas/"})
    assert done.location == "/clientes/campanas/"


def test_htmx_is_answered_with_the_part(app: Flask, english: CheckingClient) -> None:
    answer = english.swap(NUMBER, {"telefono_propio": MINE}).text
    assert answer.lstrip().startswith('<div id="own-number">')
    assert "Ready: this is your number." in english.swap(f"{NUMBER}codigo/", {"codigo": codes(app)[-1]}).text
