"""What people decide about a campaign that exists, in a browser and as a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, SMSLog

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending, wait_until
from ..support.checking_client import CheckingClient
from ..support.csv_files import rows_of_csv
from ..support.shop import Shop

JSON = {"Accept": "application/json"}


def url(campaign_id: int, action: str = "") -> str:
    return f"/clientes/campanas/{campaign_id}/{action}"


def change(campaigns: Campaigns, statement: Any) -> None:
    with campaigns.app.app_context(), unit_of_work() as session:
        session.execute(statement)


def end_uncertain(campaigns: Campaigns, name: str = "Laura") -> tuple[int, int]:
    """Store a campaign whose only message ended uncertain; answer its id and the message's."""
    client = campaigns.shop.add_client(campaigns.account, name)
    campaign_id = campaigns.start_to([client])
    change(campaigns, update(SMSLog).values(estado=EstadoSMS.INCIERTO, error_mensaje="Twilio did not answer"))
    ended = {"estado": EstadoCampana.COMPLETADO, "completado": CampanaSMS.creado, "pendientes": 0, "inciertos": 1}
    change(campaigns, update(CampanaSMS).values(ended))
    return campaign_id, campaigns.row(campaign_id).id


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


# Pause, resume, cancel


def test_a_browser_pauses_resumes_and_cancels(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(3)
    for action, state, said in (
        ("pausar/", EstadoCampana.PAUSADO, "is paused"),
        ("reanudar/", EstadoCampana.PROCESANDO, "goes on"),
        ("cancelar/", EstadoCampana.CANCELADO, "3 messages were not sent"),
    ):
        response = english.send(url(campaign_id, action))
        assert (response.status_code, response.location) == (302, url(campaign_id))
        assert said in english.get(url(campaign_id)).text
        assert campaigns.get(campaign_id).estado is state
    assert campaigns.has(campaign_id, cancelado=3)
    assert campaigns.hold(campaign_id)


def test_a_program_pauses_resumes_and_cancels(admin: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(3)
    for action, state in (("pausar/", "pausado"), ("reanudar/", "procesando"), ("cancelar/", "cancelado")):
        answer = admin.send(url(campaign_id, action), **JSON)
        assert (answer.status_code, answer.get_json()["estado"]) == (200, state)
    assert answer.get_json()["cancelado"] == 3
    assert admin.get(url(campaign_id, "estado/")).get_json()["cancelado"] == 3


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (EstadoCampana.PAUSADO, ["pausar/"]),
        (EstadoCampana.ERROR, ["pausar/"]),
        (EstadoCampana.PROCESANDO, ["reanudar/"]),
        (EstadoCampana.CANCELADO, ["pausar/", "reanudar/", "cancelar/"]),
    ],
)
def test_what_does_not_fit_the_state_is_a_conflict(
    admin: CheckingClient, campaigns: Campaigns, state: EstadoCampana, refused: list[str]
) -> None:
    campaign_id = campaigns.start(1)
    change(campaigns, update(CampanaSMS).values(estado=state))
    for action in refused:
        answer = admin.send(url(campaign_id, action), **JSON)
        assert (answer.status_code, answer.get_json()["success"]) == (409, False), action
        assert admin.send(url(campaign_id, action)).status_code == 409
    assert campaigns.get(campaign_id).estado is state


@pytest.fixture
def slow(simulator: Simulator) -> Iterator[Simulator]:
    """A Twilio that takes its time, so that something is always in flight."""
    simulator.behave(latency=400)
    yield simulator
    simulator.behave(latency=0)


def sent_to(simulator: Simulator, before: int) -> int:
    return len(simulator.ledger()) - before


@pytest.mark.parametrize(("action", "rest"), [("pausar/", "pendiente"), ("cancelar/", "cancelado")])
def test_it_takes_effect_at_once_and_what_is_in_flight_is_recorded(
    admin: CheckingClient, campaigns: Campaigns, slow: Simulator, action: str, rest: str
) -> None:
    before = len(slow.ledger())
    campaign_id = campaigns.start(600)
    with sending(campaigns.app):
        wait_until(lambda: campaigns.get(campaign_id).enviados_exitosos)
        assert admin.send(url(campaign_id, action)).status_code == 302
        wait_until(lambda: not campaigns.get(campaign_id).enviando)
        sent = sent_to(slow, before)
        assert sent < 600
        assert campaigns.has(campaign_id, **{"enviado": sent, rest: 600 - sent})
    assert sent_to(slow, before) == sent, "nothing more was claimed"
    assert campaigns.hold(campaign_id)


def test_a_paused_campaign_goes_on_to_its_end(
    admin: CheckingClient, campaigns: Campaigns, simulator: Simulator
) -> None:
    campaign_id = campaigns.start(30)
    assert admin.send(url(campaign_id, "pausar/")).status_code == 302
    other_id = campaigns.start(0, "3009990009")
    with sending(campaigns.app):
        campaigns.ended(other_id)
        assert campaigns.has(campaign_id, pendiente=30)
        admin.send(url(campaign_id, "reanudar/"))
        assert campaigns.ended(campaign_id).enviados_exitosos == 30


def test_the_dialog_before_cancelling_says_how_many(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(3)
    page = english.get(url(campaign_id, "cancelar/")).text
    assert "3 messages have not gone out yet" in page
    fragment = english.swap(url(campaign_id, "cancelar/"), method="GET").text
    assert "<html" not in fragment
    assert 'id="dialog-title"' in fragment


def test_the_buttons_fit_the_state(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(1)
    for state, shown, hidden in (
        (EstadoCampana.PROCESANDO, ["/pausar/", "/cancelar/"], ["/reanudar/", "/certificado/"]),
        (EstadoCampana.PAUSADO, ["/reanudar/", "/cancelar/"], ["/pausar/", "/certificado/"]),
        (EstadoCampana.ERROR, ["/reanudar/", "/cancelar/"], ["/pausar/", "/certificado/"]),
        (EstadoCampana.CANCELADO, ["/certificado/"], ["/pausar/", "/reanudar/", "/cancelar/"]),
    ):
        change(campaigns, update(CampanaSMS).values(estado=state))
        buttons = english.get(url(campaign_id, "acciones/")).text
        assert [action for action in shown if action not in buttons] == []
        assert [action for action in hidden if action in buttons] == []


# What is uncertain


def test_a_person_says_that_it_arrived(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id, row = end_uncertain(campaigns)
    page = english.get(url(campaign_id, "mensajes/?estado=incierto")).text
    assert f"/mensajes/{row}/llego/" in page
    assert english.send(url(campaign_id, f"mensajes/{row}/llego/")).status_code == 302
    assert campaigns.has(campaign_id, enviado=1)
    assert "Somebody of the shop said that it arrived" in english.get(url(campaign_id, "mensajes/")).text
    assert english.send(url(campaign_id, f"mensajes/{row}/llego/")).status_code == 409
    assert campaigns.hold(campaign_id)


def test_it_is_sent_again_after_a_warning(english: CheckingClient, campaigns: Campaigns, simulator: Simulator) -> None:
    campaign_id, row = end_uncertain(campaigns)
    action = url(campaign_id, f"mensajes/{row}/otra-vez/")
    assert "it may arrive twice" in english.get(action).text
    answer = english.send(action, **JSON)
    assert (answer.status_code, answer.get_json()["estado"]) == (200, "pendiente")
    assert english.send(action, **JSON).status_code == 409
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=1)


def test_nothing_of_a_cancelled_campaign_is_sent_again(english: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id, row = end_uncertain(campaigns)
    change(campaigns, update(CampanaSMS).values(estado=EstadoCampana.CANCELADO, completado=None))
    assert "/otra-vez/" not in english.get(url(campaign_id, "mensajes/")).text
    assert english.send(url(campaign_id, f"mensajes/{row}/otra-vez/")).status_code == 409
    assert campaigns.has(campaign_id, incierto=1)


def test_a_vendedor_confirms_but_does_not_send_again(seller: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id, row = end_uncertain(campaigns)
    page = seller.get(url(campaign_id, "mensajes/")).text
    assert ("/llego/" in page, "/otra-vez/" in page) == (True, False)
    assert seller.send(url(campaign_id, f"mensajes/{row}/otra-vez/")).status_code == 403
    assert campaigns.has(campaign_id, incierto=1)
    assert seller.send(url(campaign_id, f"mensajes/{row}/llego/")).status_code == 302


def test_a_message_of_another_campaign_is_not_found(admin: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id, row = end_uncertain(campaigns)
    other_id = campaigns.start(1)
    assert admin.send(url(other_id, f"mensajes/{row}/llego/")).status_code == 404
    assert admin.send(url(other_id, f"mensajes/{row}/otra-vez/")).status_code == 404
    assert campaigns.has(campaign_id, incierto=1)


# The certificate


def test_the_certificate_holds_the_sums_and_every_row_and_no_formula(
    admin: CheckingClient, campaigns: Campaigns, shop: Shop, simulator: Simulator
) -> None:
    formulas = [
        shop.add_client(campaigns.account, "=cmd|' /C calc'!A1", "3009990001"),
        shop.add_client(campaigns.account, "@SUM(A1)", "no number"),
    ]
    others = shop.add_clients(campaigns.account, [f"30177{number:05d}" for number in range(1_200)])
    campaign_id = campaigns.start_to([*formulas, *others])
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    response = admin.get(url(campaign_id, "certificado/"))
    assert response.mimetype == "text/csv"
    assert f'filename="campana-{campaign_id}.csv"' in response.headers["Content-Disposition"]
    lines = rows_of_csv(response.text)
    divider = lines.index([])
    sums, header, rows = dict(line[:2] for line in lines[:divider]), lines[divider + 1], lines[divider + 2 :]
    assert (sums["Enviado"], sums["Fallido"], sums["Total"]) == ("1201", "1", "1202")
    certified = [dict(zip(header, row, strict=True)) for row in rows]
    stored = campaigns.rows(campaign_id)
    assert [row["Número en Twilio"] for row in certified] == [row.twilio_sid or "" for row in stored]
    assert [row["Número"] for row in certified[:1]] == ["+573009990001"]
    assert [row["Cliente"] for row in certified[:2]] == ["'=cmd|' /C calc'!A1", "'@SUM(A1)"]
