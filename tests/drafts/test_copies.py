"""Drafts made of campaigns: duplicates, and those for whom a campaign has missed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from clientes_app.audit_log import Actor
from clientes_app.clients import services as clients
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, CampanaSMS, Cliente, EstadoSMS, OrigenBaja, SMSLog
from clientes_app.sending import control

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending
from ..support.checking_client import CheckingClient
from ..support.drafts import OpenPage, message_in, name_in, send_from
from ..support.shop import Shop, account_of

UNKNOWN, NO_ROUTE = "+15005550001", "+15005550003"


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def url(campaign_id: int, more: str = "") -> str:
    return f"/clientes/campanas/{campaign_id}/{more}"


def cancelled(campaigns: Campaigns, count: int) -> int:
    """Store a campaign to so many, and cancel it before anything is sent."""
    campaign_id = campaigns.start(count)
    with campaigns.app.app_context(), unit_of_work() as session:
        assert control.cancel(session.connection(), campaign_id)
    return campaign_id


def renumber(campaigns: Campaigns, name: str, number: str) -> None:
    """Give a client another number, as a person does."""
    with campaigns.app.test_request_context():
        client_id = db.session.scalars(select(Cliente.id).where(Cliente.nombre == name)).one()
        clients.edit_client(account_of(campaigns.account), client_id, {"telefono": number}, by=Actor(campaigns.account))


def write_to_missing(client: CheckingClient, campaign_id: int) -> OpenPage:
    made = client.send(url(campaign_id, "faltan/"))
    assert made.status_code == 302, made.text
    return OpenPage.at(client, made.location or "")


def names_of(campaigns: Campaigns, address: str | None) -> list[str]:
    """Answer to whom a campaign goes."""
    found = re.search(r"(\d+)/$", address or "")
    assert found
    return [row.nombre for row in campaigns.rows(int(found[1]))]


def test_a_duplicate_has_text_and_clients_and_sends_nothing(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(2, "no number")
    made = english.send(url(campaign_id, "duplicar/"))
    page = english.get(made.location or "").text
    assert (message_in(page), name_in(page)) == ("Hola {nombre}", "Prueba, copy")
    assert "The 3 clients you ticked" in page
    assert "Duplicate" in english.get(url(campaign_id)).text
    with campaigns.app.app_context():
        assert len(db.session.scalars(select(CampanaSMS)).all()) == 1


def test_one_whose_clients_are_all_gone_asks_who_gets_it(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = cancelled(campaigns, 1)
    english.send(f"/clientes/eliminar/{campaigns.rows(campaign_id)[0].cliente_id}/")
    made = english.send(url(campaign_id, "duplicar/"))
    assert "Choose who gets it." in english.get(made.location or "").text


def test_the_missing_ones_are_counted_by_cause(
    english: CheckingClient, campaigns: Campaigns, simulator: Simulator, shop: Shop
) -> None:
    campaign_id = campaigns.start(1, UNKNOWN, NO_ROUTE, "no number", "tampoco")
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=1, fallido=4)
    renumber(campaigns, "Cliente 1", "3001112233")
    renumber(campaigns, "Cliente 3", "3001112234")
    page = english.get(url(campaign_id, "faltan/")).text
    assert "2 failed, and their numbers have changed since" in page
    assert "1 failed for a reason that may have passed" in page
    assert "1 still cannot be reached" in page
    review = write_to_missing(english, campaign_id).press_review()
    assert "It will be sent to 3 of 3 clients." in english.get(review).text
    again = send_from(english, review).location
    assert names_of(campaigns, again) == ["Cliente 1", "Cliente 2", "Cliente 3"]


def test_who_has_opted_out_is_left_out_and_counted(english: CheckingClient, campaigns: Campaigns, shop: Shop) -> None:
    campaign_id = cancelled(campaigns, 2)
    number = campaigns.rows(campaign_id)[0].telefono_e164
    shop.add(Baja(telefono_e164=number, origen=OrigenBaja.MANUAL, usuario_id=campaigns.account))
    page = english.get(url(campaign_id, "faltan/")).text
    assert "1 was cancelled" in page
    assert "1 has asked for no more messages" in page
    assert names_of(campaigns, send_from(english, write_to_missing(english, campaign_id).press_review()).location) == [
        "Cliente 1"
    ]


def test_nobody_gets_it_twice_however_often_it_is_asked_for(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = cancelled(campaigns, 2)
    first, second = (write_to_missing(english, campaign_id) for _ in range(2))
    review = second.press_review()
    follow_up = send_from(english, first.press_review()).location
    assert "0 of 0" in english.get(review).text
    assert "2 of those you chose are left out" in english.get(review).text
    assert english.send(url(campaign_id, "faltan/")).status_code == 409
    assert "/faltan/" not in english.get(url(campaign_id)).text
    assert len(names_of(campaigns, follow_up)) == 2


def test_the_missing_ones_of_the_missing_ones(english: CheckingClient, campaigns: Campaigns) -> None:
    first = cancelled(campaigns, 2)
    second = int(str(send_from(english, write_to_missing(english, first).press_review()).location).split("/")[-2])
    with campaigns.app.app_context(), unit_of_work() as session:
        control.cancel(session.connection(), second)
    third = send_from(english, write_to_missing(english, second).press_review()).location
    assert len(names_of(campaigns, third)) == 2
    assert english.send(url(first, "faltan/")).status_code == 409


def test_a_number_that_the_campaign_has_reached_is_not_written_to_again(
    english: CheckingClient, campaigns: Campaigns, simulator: Simulator
) -> None:
    campaign_id = campaigns.start(1, UNKNOWN)
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    with campaigns.app.app_context():
        reached = campaigns.rows(campaign_id)[0].telefono_e164 or ""
    renumber(campaigns, "Cliente 1", reached)
    assert english.send(url(campaign_id, "faltan/")).status_code == 409


def test_of_two_with_one_number_one_is_written_to(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = cancelled(campaigns, 2)
    renumber(campaigns, "Cliente 1", campaigns.rows(campaign_id)[0].telefono_e164 or "")
    assert "Write to 1 client" in english.get(url(campaign_id, "faltan/")).text


def test_of_messages_that_were_blanked_nobody_knows_whether_the_number_changed(
    english: CheckingClient, campaigns: Campaigns, simulator: Simulator
) -> None:
    campaign_id = campaigns.start(1, UNKNOWN)
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    failed = SMSLog.estado == EstadoSMS.FALLIDO
    with campaigns.app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).where(failed).values(telefono_e164="#0123456789abcde", nombre=""))
    assert english.send(url(campaign_id, "faltan/")).status_code == 409


def test_without_anybody_missing_there_is_no_button(
    english: CheckingClient, campaigns: Campaigns, simulator: Simulator
) -> None:
    campaign_id = campaigns.start(1, UNKNOWN)
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    assert "/faltan/" not in english.get(url(campaign_id)).text
    assert "Nobody is missing who could be reached now" in english.get(url(campaign_id, "faltan/")).text
