"""The field of dots: a campaign's states in sending order, as the page and its fragment carry them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.campaigns.dots.run_lengths import MOST
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import unit_of_work
from clientes_app.models import Recibo, SMSLog

from ..support.carrier import sending
from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import Shop

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def store_campaign(app: Flask, account: int) -> int:
    with app.app_context():
        return int(services.create_campaign(account, services.Draft(Search(), "Hola"), by=NOBODY).id)


def dots_in(text: str) -> str | None:
    found = re.search(r'data-dots="([a-z0-9]*)"', text)
    return found and found[1]


@pytest.mark.both_databases
def test_page_and_fragment_tell_the_states_in_order(
    app: Flask, admin: CheckingClient, shop: Shop, account: int
) -> None:
    shop.add_clients(account, ["3001110001", "3001110002", "sin", "3001110003", "3001110003"])
    campaign_id = store_campaign(app, account)
    address = f"/clientes/campanas/{campaign_id}/"
    assert dots_in(admin.get(address).text) == "p2f1p1o1"
    assert dots_in(admin.get(address, headers=HTMX).text) == "p2f1p1o1"


def test_they_end_as_the_messages_do(
    app: Flask, admin: CheckingClient, shop: Shop, account: int, simulator: object
) -> None:
    shop.add_clients(account, ["3001110001", "+15005550001", "3001110002", "3001110003"])
    campaign_id = store_campaign(app, account)
    with sending(app), app.app_context():
        services.wait_for_end(services.get_campaign(account, campaign_id), 20)
    page = admin.get(f"/clientes/campanas/{campaign_id}/").text
    assert dots_in(page) == "s1f1s2"
    assert "data-ended" in page
    with app.app_context(), unit_of_work() as session:
        last = session.scalars(select(SMSLog).order_by(SMSLog.id.desc()).limit(1)).one()
        last.recibo = Recibo.UNDELIVERED
    page = admin.get(f"/clientes/campanas/{campaign_id}/").text
    assert dots_in(page) == "s1f1s1n1"
    assert '<span class="dot-n">No entregado</span>' in page
    assert "No entregado" in admin.get(f"/clientes/campanas/{campaign_id}/punto/3/").text


@pytest.mark.both_databases
def test_whose_a_dot_is(app: Flask, admin: CheckingClient, shop: Shop, account: int) -> None:
    for name, number in (("Ana <b>", "3001110001"), ("Berta", "sin número"), ("Clara", "3001110003")):
        shop.add_client(account, name, number)
    address = f"/clientes/campanas/{store_campaign(app, account)}/punto"
    assert "Ana &lt;b&gt;" in admin.get(f"{address}/0/").text
    second = admin.get(f"{address}/1/").text
    assert "Berta" in second
    assert "Fallido" in second
    assert "Clara" in admin.get(f"{address}/2/").text
    assert [admin.get(f"{address}/{place}/").status_code for place in (3, 2_000, 10**30)] == [404] * 3
    shop.add_admin("otra")
    other = open_browser(app)
    other.log_in("otra")
    assert other.get(f"{address}/0/").status_code == 404


def test_a_large_campaign_has_none(app: Flask, admin: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_clients(account, [f"30{number:08d}" for number in range(MOST)])
    campaign_id = store_campaign(app, account)
    assert dots_in(admin.get(f"/clientes/campanas/{campaign_id}/").text) == f"p{MOST}"
    shop.add_client(account, "Una más", "3109999999")
    campaign_id = store_campaign(app, account)
    page = admin.get(f"/clientes/campanas/{campaign_id}/").text
    assert dots_in(page) is None
    assert "dots.js" not in page
    assert admin.get(f"/clientes/campanas/{campaign_id}/punto/0/").status_code == 404
