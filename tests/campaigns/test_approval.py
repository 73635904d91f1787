"""A vendedor's campaign that waits for an admin, and campaigns that would pass a limit: pages and JSON."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, EstadoCampana
from clientes_app.shop.services import ShopSettings, save_settings

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator
from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

JSON = {"Accept": "application/json"}
DRAFT = {"destino": "todos", "mensaje": "Hola {nombre}", "nombre": "Aniversario"}


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, send_wait_seconds=20.0)


@pytest.fixture
def english(admin: CheckingClient, seller: CheckingClient) -> CheckingClient:
    """The admin's browser, in English; the vendedor's is as well."""
    for client in (admin, seller):
        client.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def settle(app: Flask, account: int, **settings: Any) -> None:
    with app.test_request_context():
        save_settings(account, ShopSettings(**settings), by=NOBODY)


def send(client: CheckingClient, **fields: str) -> str:
    """Send a campaign and answer the address of its page."""
    response = client.send("/clientes/campanas/enviar/", {**DRAFT, **fields})
    assert response.status_code == 302, response.text
    return str(response.location)


def order(client: CheckingClient, ids: list[int]) -> Any:
    return client.send_json("/clientes/enviar-sms/", {"cliente_ids": ids, "mensaje": "Hola {nombre}"})


# Approval


@pytest.fixture
def asked(app: Flask, english: CheckingClient, seller: CheckingClient, shop: Shop, account: int) -> str:
    """The address of the campaign of two messages that the vendedor asked for."""
    settle(app, account, exige_aprobacion=True, precios={"CO": Decimal("12.50")})
    shop.add_clients(account, ["3001110001", "3001110002"])
    review = seller.follow("/clientes/campanas/revisar/", DRAFT).text
    assert "It waits until the administrator approves it" in review
    return send(seller)


def campaign_id(url: str) -> int:
    return int(url.rstrip("/").rpartition("/")[2])


def test_the_vendedor_reads_that_it_waits_and_may_cancel_it(seller: CheckingClient, asked: str) -> None:
    page = seller.get(asked).text
    assert "To be approved: 2 messages, none sent yet." in page
    assert "sse:connect" not in page
    assert f"{asked}aprobar/" not in page
    assert f"{asked}cancelar/" in page
    assert "Approve" not in seller.get("/").text
    assert "To be approved" in seller.get("/").text
    assert seller.send(f"{asked}aprobar/").status_code == 403
    assert "2 messages were not sent" in seller.get(seller.send(f"{asked}cancelar/").location or "").text


@pytest.mark.parametrize("decision", ["aprobar/", "rechazar/", "cancelar/"])
def test_a_page_that_waits_is_told_of_the_decision(
    english: CheckingClient, seller: CheckingClient, asked: str, decision: str
) -> None:
    asking = re.search(r'id="decided" hidden hx-get="(.*?)"', seller.get(asked).text)
    assert asking
    address = unescape(asking[1])
    still = seller.swap(address, method="GET")
    assert (still.status_code, still.headers.get("HX-Redirect")) == (204, None)
    decider = seller if decision == "cancelar/" else english
    assert decider.send(f"{asked}{decision}").location == asked
    assert seller.swap(address, method="GET").headers["HX-Redirect"] == asked
    assert 'id="decided"' not in seller.get(asked).text


def test_a_list_that_waits_is_told_of_the_decision(english: CheckingClient, seller: CheckingClient, asked: str) -> None:
    for place in ("/", "/clientes/campanas/"):
        assert 'hx-get="/clientes/campanas/por-aprobar/"' in seller.get(place).text
    assert (
        "Aniversario" in seller.swap("/clientes/campanas/por-aprobar/", method="GET").text.partition("<hx-partial")[0]
    )
    english.send(f"{asked}aprobar/")
    waiting, _, running = seller.swap("/clientes/campanas/por-aprobar/", method="GET").text.partition("<hx-partial")
    assert "Aniversario" not in waiting
    assert "hx-get" not in waiting
    assert 'hx-target="#running"' in running
    assert "Aniversario" in running


def test_a_stopped_campaigns_page_is_told_when_somebody_resumes(
    english: CheckingClient, seller: CheckingClient, asked: str, campaigns: Campaigns
) -> None:
    with campaigns.app.app_context(), unit_of_work() as session:
        session.get_one(CampanaSMS, campaign_id(asked)).estado = EstadoCampana.ERROR
    asking = re.search(r'id="decided" hidden hx-get="(.*?)"', seller.get(asked).text)
    assert asking
    english.send(f"{asked}reanudar/")
    assert seller.swap(unescape(asking[1]), method="GET").headers["HX-Redirect"] == asked


def test_another_vendedor_may_not_cancel_it(
    app: Flask, shop: Shop, account: int, asked: str, campaigns: Campaigns
) -> None:
    shop.add_seller(account, "otro")
    other = open_browser(app)
    other.log_in("otro")
    assert f"{asked}cancelar/" not in other.get(asked).text
    assert other.send(f"{asked}cancelar/").status_code == 403
    assert campaigns.get(campaign_id(asked)).estado is EstadoCampana.POR_APROBAR


@pytest.mark.parametrize("place", ["/", "/clientes/campanas/", "campaign"])
def test_the_admin_sees_it_first_with_its_size_and_cost(english: CheckingClient, asked: str, place: str) -> None:
    page = english.get(asked if place == "campaign" else place).text
    assert f'href="{asked}aprobar/"' in page
    assert f'href="{asked}rechazar/"' in page
    assert "$\xa025" in page
    for action in ("aprobar/", "rechazar/"):
        dialog = english.swap(f"{asked}{action}", method="GET").text
        assert "2 messages" in dialog
        assert "Expected cost: $\xa025." in dialog


def test_the_admin_approves_it_once(english: CheckingClient, asked: str, account: int, campaigns: Campaigns) -> None:
    assert english.send(f"{asked}aprobar/").location == asked
    page = english.get(asked).text
    assert "is approved and on its way" in page
    assert "sse:connect" in page
    approved = campaigns.get(campaign_id(asked))
    assert (approved.estado, approved.aprobada_por_id) == (EstadoCampana.PENDIENTE, account)
    assert english.send(f"{asked}aprobar/").status_code == 409
    assert english.send(f"{asked}rechazar/").status_code == 409
    assert "Approve and send" not in english.get("/").text


def test_the_admin_rejects_it(english: CheckingClient, asked: str, campaigns: Campaigns) -> None:
    assert english.send(f"{asked}rechazar/").location == asked
    assert "is rejected: nothing was sent." in english.get(asked).text
    assert campaigns.has(campaign_id(asked), cancelado=2)
    assert english.send(f"{asked}aprobar/").status_code == 409


def test_a_program_of_the_admins_approves(english: CheckingClient, asked: str) -> None:
    answer = english.send(f"{asked}aprobar/", **JSON)
    assert (answer.status_code, answer.get_json()["estado"]) == (200, "pendiente")
    assert english.send(f"{asked}aprobar/", **JSON).get_json()["success"] is False


def test_a_program_hears_at_once_that_it_waits(
    app: Flask, seller: CheckingClient, shop: Shop, account: int, simulator: Simulator
) -> None:
    """Nobody sends here: waiting for the end would take all of SEND_WAIT_SECONDS, and then say `procesando`."""
    settle(app, account, exige_aprobacion=True)
    answer = order(seller, shop.add_clients(account, ["3001110001"]))
    assert answer.status_code == 202
    assert (answer.get_json()["success"], answer.get_json()["estado"]) == (True, "por_aprobar")
    state = seller.get(f"/clientes/campanas/{answer.get_json()['campana_id']}/estado/").get_json()
    assert (state["estado"], state["pendiente"]) == ("por_aprobar", 1)


def test_the_stream_and_the_actions_of_what_waits_end(seller: CheckingClient, asked: str) -> None:
    assert seller.get(f"{asked}progreso/", buffered=True).text.endswith("event: end\ndata: \n\n")
    assert "hx-trigger" not in seller.swap(f"{asked}acciones/", method="GET").text
    assert "hx-trigger" not in seller.swap("/clientes/campanas/en-curso/", method="GET").text
    assert 'hx-trigger="every 2s"' not in seller.get("/").text


# Limits


def test_the_review_says_what_it_costs_and_what_is_left(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    settle(app, account, mensajes_por_dia=10, pesos_por_mes=Decimal(1_000), precios={"CO": Decimal("12.50")})
    shop.add_clients(account, ["3001110001", "3001110002", "+12015550123"])
    send(english)
    review = english.follow("/clientes/campanas/revisar/", DRAFT).text
    for label, amount in (
        ("Expected cost", "$\xa025"),
        ("Messages left for today", "7"),
        ("Pesos left for this month", "$\xa0975"),
    ):
        assert f"<dt>{label}</dt><dd>{amount}</dd>" in review
    assert "There is no price for: United States." in review
    assert "disabled" not in review


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (
            {"mensajes_por_dia": 3},
            "The shop sends at most 3 messages a day. Left for today: 1. This would send: 2. "
            "Send fewer, wait until tomorrow, or have an administrator raise the limit.",
        ),
        (
            {"pesos_por_mes": Decimal(60), "precios": {"CO": Decimal(20)}},
            "The shop spends at most $\xa060 a month on SMS. Left for this month: $\xa020. This would cost: $\xa040. "
            "Send fewer, wait until next month, or have an administrator raise the limit.",
        ),
    ],
)
def test_what_would_pass_a_limit_is_refused_everywhere(
    english: CheckingClient, shop: Shop, account: int, limit: dict[str, Any], sentence: str
) -> None:
    settle(shop.app, account, **limit)
    ids = shop.add_clients(account, ["3001110001", "3001110002"])
    send(english)
    review = english.follow("/clientes/campanas/revisar/", DRAFT).text
    assert sentence in review
    assert 'type="submit" disabled aria-describedby="refusal"' in review
    page = english.send("/clientes/campanas/enviar/", DRAFT)
    assert (page.status_code, sentence in page.text) == (409, True)
    answer = order(english, ids)
    assert (answer.status_code, answer.get_json()) == (409, {"success": False, "error": sentence})
    assert english.get("/clientes/campanas/").text.count('id="campaign-') == 1


def test_the_same_key_gives_its_campaign_although_the_limit_is_reached(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    settle(app, account, mensajes_por_dia=1)
    shop.add_client(account)
    assert send(english, clave="one") == send(english, clave="one")


def test_the_page_and_the_list_say_what_a_campaign_costs(
    app: Flask, english: CheckingClient, shop: Shop, account: int
) -> None:
    shop.add_client(account)
    free = english.get(send(english)).text
    assert "Expected cost" not in free + english.get("/clientes/campanas/").text
    settle(app, account, precios={"CO": Decimal("12.50")})
    assert "Expected cost: $\xa012.50 for 1 SMS." in english.get(send(english)).text
    assert '<td class="list-amount">$\xa012.50</td>' in english.get("/clientes/campanas/").text
