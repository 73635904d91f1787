"""The simulated phone: real messages, sent through the simulated Twilio and asked back from it."""

from __future__ import annotations

import dataclasses
import re
from html import unescape

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import Sender
from clientes_app.campaigns import services as campaigns
from clientes_app.clients.search.selection import Ticked
from clientes_app.config import SmsMode
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.settings import current_settings, replace_settings

from ..support.carrier import Simulator, point_at
from ..support.checking_client import CheckingClient
from ..support.shop import Shop

PAGE = "/telefono/"
EMOJI = "¡Fiesta! \N{PARTY POPPER}"
_BUBBLE = re.compile(r'<div class="bubble" dir="auto">(.*?)</div>', re.DOTALL)
_CONTACT = re.compile(r'id="phone-of-(\d+)"')
_CHOSEN = re.compile(r'id="phone-of-(\d+)"[^>]* aria-current="true"')


@pytest.fixture(autouse=True)
def _in_english(admin: CheckingClient) -> None:
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"


def send(app: Flask, account: int, text: str, *clients: int) -> CampanaSMS:
    """Send the text to the clients and wait until that is done."""
    with app.test_request_context():
        campaign = campaigns.create_campaign(account, campaigns.Draft(Ticked(clients), text), by=NOBODY)
        campaign = campaigns.wait_for_end(campaign, 20)
        assert campaign.estado is EstadoCampana.COMPLETADO
        return campaign


def bubbles(browser: CheckingClient, number: str = "") -> list[str]:
    """The texts on the phone of a number, or of the one that is shown by itself."""
    response = browser.get(PAGE, query_string={"numero": number} if number else None)
    assert response.status_code == 200
    return [unescape(text) for text in _BUBBLE.findall(response.text)]


def add_handed_over(shop: Shop, account: int, numbers: list[str]) -> None:
    """Store a campaign whose messages were all sent, without sending them."""
    campaign = CampanaSMS(
        nombre="Vieja",
        mensaje="Hola",
        estado=EstadoCampana.COMPLETADO,
        completado=utc_now(),
        enviados_exitosos=len(numbers),
        total_clientes=len(numbers),
        enviada_por_id=account,
        usuario_id=account,
    )
    pk = shop.add(campaign)
    for number in numbers:
        sent = {"estado": EstadoSMS.ENVIADO, "twilio_sid": f"SM{pk}-{number}"}
        shop.add(SMSLog(campana_id=pk, nombre="Cliente", telefono_e164=number, mensaje="Hola", **sent))


def test_nobody_was_written_to_yet(admin: CheckingClient) -> None:
    text = admin.get(PAGE).text
    assert "No message yet" in text
    assert 'href="/clientes/campanas/nueva/"' in text


def test_there_is_no_such_page_with_a_real_twilio(admin: CheckingClient, app: Flask) -> None:
    with app.app_context():
        settings = current_settings()
    replace_settings(app, dataclasses.replace(settings, sms_mode=SmsMode.TWILIO))
    assert admin.get(PAGE).status_code == 404


def test_the_phone_shows_what_arrived_oldest_first(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, sender: Sender
) -> None:
    laura = shop.add_client(account, "Laura Méndez", "3007770001")
    send(app, account, "Hola {nombre}", laura)
    send(app, account, EMOJI, laura)
    assert bubbles(admin) == ["Hola Laura Méndez", EMOJI]
    assert bubbles(admin, "+573007770001") == bubbles(admin)
    assert "+57 300 777 0001" in admin.get(PAGE).text


def test_markup_in_a_text_or_a_name_is_text(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, sender: Sender
) -> None:
    client = shop.add_client(account, "<i>Ana</i>", "3007770002")
    send(app, account, "<script>alert('{nombre}')</script> & más", client)
    page = admin.get(PAGE).text
    assert "alert(&#39;&lt;i&gt;Ana" in page
    assert "<i>Ana" not in page
    assert bubbles(admin) == ["<script>alert('<i>Ana</i>')</script> & más"]


def test_two_accounts_that_write_to_one_number_see_each_its_own(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, sender: Sender
) -> None:
    other = shop.add_admin("berta")
    ours = shop.add_client(account, "Laura", "3007770003")
    theirs = shop.add_client(other, "Laura Méndez", "3007770003")
    only_theirs = shop.add_client(other, "Pedro", "3007770004")
    send(app, account, "De Ana", ours)
    send(app, other, "De Berta", theirs, only_theirs)
    send(app, account, "A las dos", ours)
    send(app, other, "A las dos", theirs)
    assert bubbles(admin, "+573007770003") == ["De Ana", "A las dos"]
    assert _CONTACT.findall(admin.get(PAGE).text) == ["573007770003"]
    assert bubbles(admin, "+573007770004") == []
    assert "Pedro" not in admin.get(PAGE, query_string={"numero": "+573007770004"}).text


def test_a_seller_sees_the_shops_phones(
    seller: CheckingClient, app: Flask, shop: Shop, account: int, sender: Sender
) -> None:
    send(app, account, "Hola", shop.add_client(account, telefono="3007770005"))
    assert bubbles(seller) == ["Hola"]


def test_an_uncertain_message_is_shown_where_it_arrived(
    admin: CheckingClient, shop: Shop, account: int, simulator: Simulator, sender: Sender
) -> None:
    other = shop.add_admin("berta")
    for fault, number, shown in (("500_after", "+573007770006", ["¿Llegó?"]), ("500", "+573007770007", [])):
        simulator.behave(next=[fault])
        campaign = send(shop.app, account, "¿Llegó?", shop.add_client(account, telefono=number))
        assert campaign.inciertos == 1
        send(shop.app, other, "De Berta", shop.add_client(other, telefono=number))
        assert bubbles(admin, number) == shown


def test_a_failed_message_reached_no_phone(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, sender: Sender
) -> None:
    send(app, account, "Hola", shop.add_client(account, telefono="+15005550001"))
    assert "No message yet" in admin.get(PAGE).text


@pytest.mark.parametrize("number", ["+573990000000", "nonsense", "+", "\x00", "<b>", "٣٠٠"])
def test_a_number_never_written_to_shows_as_empty(admin: CheckingClient, shop: Shop, account: int, number: str) -> None:
    add_handed_over(shop, account, ["+573007770008"])
    response = admin.get(PAGE, query_string={"numero": number})
    assert response.status_code == 200
    assert _BUBBLE.findall(response.text) == []


def test_a_plus_that_nobody_encoded_still_counts(admin: CheckingClient, shop: Shop, account: int) -> None:
    add_handed_over(shop, account, ["+573007770009", "+573007770010"])
    assert _CHOSEN.findall(admin.get(f"{PAGE}?numero=+573007770009").text) == ["573007770009"]


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:9"])
def test_a_silent_simulator_is_said_kindly(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, base_url: str
) -> None:
    add_handed_over(shop, account, ["+573007770011"])
    point_at(app, base_url)
    response = admin.get(PAGE)
    assert response.status_code == 200
    assert "does not answer" in response.text


def test_a_simulator_that_refuses_is_said_kindly(
    admin: CheckingClient, app: Flask, shop: Shop, account: int, simulator: Simulator
) -> None:
    add_handed_over(shop, account, ["+573007770012"])
    point_at(app, simulator.base_url, auth_token="wrong")
    assert "does not answer" in admin.get(PAGE).text
    point_at(app, simulator.base_url, account_sid="")
    assert "does not answer" in admin.get(PAGE).text


def test_the_list_names_each_number_once_the_last_first_in_pages(
    admin: CheckingClient, shop: Shop, account: int
) -> None:
    numbers = [f"+5730077801{place:02d}" for place in range(40)]
    add_handed_over(shop, account, numbers)
    add_handed_over(shop, account, numbers[:1])
    expected = [number[1:] for number in [numbers[0], *reversed(numbers[1:])]]
    first = admin.get(PAGE).text
    assert _CONTACT.findall(first) == expected[:30]
    assert _CHOSEN.findall(first) == expected[:1]
    older = re.search(r'href="(/telefono/\?[^"]*antes=\d+)"', first)
    assert older
    second = admin.get(unescape(older[1])).text
    assert _CONTACT.findall(second) == expected[30:]
    assert "Show the newest" in second


def test_beyond_the_last_page_is_no_error(admin: CheckingClient, shop: Shop, account: int) -> None:
    add_handed_over(shop, account, ["+573007770013"])
    for before in ("0", "-5", "nonsense", str(2**70)):
        assert admin.get(PAGE, query_string={"antes": before}).status_code == 200


def test_a_script_gets_the_phone_alone(admin: CheckingClient, shop: Shop, account: int) -> None:
    add_handed_over(shop, account, ["+573007770014"])
    fragment = admin.swap(PAGE, method="GET").text
    assert "<h1" not in fragment
    assert 'id="phone"' in fragment
