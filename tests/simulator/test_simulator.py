"""The simulated Messages API, driven over real HTTP by Twilio's own SDK."""

import asyncio
import re

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER
from clientes_app.simulator.process import SimulatorProcess

from ..support.simulated_twilio import OTHER, TO, Connect, error_of, ledger_of, send


def test_a_created_message_reads_as_twilio_gives_it(client: Client) -> None:
    message = send(client, "Hola ñandú")
    assert re.fullmatch("SM[0-9a-f]{32}", message.sid)
    assert (message.account_sid, message.api_version) == (SIMULATED_ACCOUNT_SID, "2010-04-01")
    assert (message.to, message.from_, message.body) == (TO, SIMULATED_FROM_NUMBER, "Hola ñandú")
    assert (message.status, message.direction) == ("queued", "outbound-api")
    assert (message.num_segments, message.num_media) == ("1", "0")
    assert (message.price, message.price_unit, message.error_code) == (None, "USD", None)
    assert message.date_sent is None
    assert message.date_created == message.date_updated
    assert message.date_created.utcoffset().total_seconds() == 0
    assert message.uri == f"/2010-04-01/Accounts/{SIMULATED_ACCOUNT_SID}/Messages/{message.sid}.json"


def test_a_message_can_be_fetched(client: Client) -> None:
    sid = send(client, "búscame").sid
    fetched = client.messages(sid).fetch()
    assert (fetched.sid, fetched.body) == (sid, "búscame")


@pytest.mark.parametrize(("body", "parts"), [("a" * 160, "1"), ("a" * 161, "2"), ("🙂" * 36, "2")])
def test_long_texts_have_several_segments(client: Client, body: str, parts: str) -> None:
    assert send(client, body).num_segments == parts


def test_a_messaging_service_chooses_the_sender_later(client: Client) -> None:
    service = "MG" + "1" * 32
    message = client.messages.create(to=TO, body="Hola", messaging_service_sid=service)
    assert (message.status, message.from_, message.num_segments) == ("accepted", None, "0")
    assert message.messaging_service_sid == service


def test_the_asynchronous_client_sends_and_lists(simulator: SimulatorProcess) -> None:
    async def send_and_list() -> tuple[set[str], set[str]]:
        async with AsyncTwilioHttpClient() as http:
            client = Client(SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, http_client=http)
            client.api.base_url = simulator.base_url
            sends = [
                client.messages.create_async(to="+573005550000", from_=SIMULATED_FROM_NUMBER, body=str(number))
                for number in range(20)
            ]
            sent = await asyncio.gather(*sends)
            listed = await client.messages.list_async(to="+573005550000", page_size=7)
        return {message.sid for message in sent}, {message.sid for message in listed}

    sent, listed = asyncio.run(send_and_list())
    assert len(sent) == 20
    assert listed == sent


def test_a_list_is_newest_first_over_several_pages(client: Client) -> None:
    recipient = "+573005550001"
    for number in range(5):
        send(client, str(number), to=recipient)
        send(client, "another", to=OTHER)
    assert [message.body for message in client.messages.list(to=recipient, page_size=2)] == list("43210")
    assert [message.body for message in client.messages.list(to=recipient, limit=3)] == list("432")


def test_a_list_ends_with_a_full_page(client: Client) -> None:
    recipient = "+573005550002"
    for number in range(4):
        send(client, str(number), to=recipient)
    page = client.messages.page(to=recipient, page_size=2)
    following = page.next_page()
    assert [message.body for message in page] == ["3", "2"]
    assert [message.body for message in following] == ["1", "0"]
    assert following.next_page_url is None


def test_a_list_can_be_narrowed_to_a_sender(client: Client) -> None:
    recipient = "+573005550003"
    send(client, "one", to=recipient)
    send(client, "two", to=recipient, from_="+15005550099")
    assert [message.body for message in client.messages.list(to=recipient, from_="+15005550099")] == ["two"]
    assert client.messages.list(to="+573005559999") == []


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("+15005550001", 21211),
        ("+15005550002", 21612),
        ("+15005550003", 21408),
        ("+15005550004", 21610),
        ("+15005550009", 21614),
        ("3001234567", 21211),
        ("+0573001234567", 21211),
        ("+57300", 21211),
        ("+57300123456789012", 21211),
        ("", 21604),
    ],
)
def test_a_bad_recipient_is_refused(simulator: SimulatorProcess, client: Client, recipient: str, code: int) -> None:
    before = len(ledger_of(simulator))
    assert error_of(client, to=recipient) == (400, code)
    assert len(ledger_of(simulator)) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"body": ""}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"from_": ""}, 21603),
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550007"}, 21606),
    ],
)
def test_a_bad_message_is_refused(client: Client, changes: dict[str, str], code: int) -> None:
    assert error_of(client, **changes) == (400, code)


def test_the_longest_body_is_accepted(client: Client) -> None:
    assert send(client, "a" * 1600).num_segments == "11"


@pytest.mark.parametrize("wrong", [{"token": "1" * 32}, {"sid": "AC" + "1" * 32}])
def test_wrong_credentials_are_refused(simulator: SimulatorProcess, connect: Connect, wrong: dict[str, str]) -> None:
    assert error_of(connect(simulator, **wrong)) == (401, 20003)


def test_an_unknown_message_is_not_found(client: Client) -> None:
    with pytest.raises(TwilioRestException) as raised:
        client.messages("SM" + "0" * 32).fetch()
    assert (raised.value.status, raised.value.code) == (404, 20404)


def test_an_unknown_resource_is_not_found(client: Client) -> None:
    with pytest.raises(TwilioRestException) as raised:
        client.calls("CA" + "0" * 32).fetch()
    assert (raised.value.status, raised.value.code) == (404, 20404)
