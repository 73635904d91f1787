"""What pages and programs are told of a campaign that waits because a limit of the shop is used up."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clientes_app.api.document import describe
from clientes_app.audit_log import NOBODY
from clientes_app.extensions import db
from clientes_app.live import feed
from clientes_app.models import Alcance, CampanaSMS
from clientes_app.shop.services import ShopSettings, save_settings

from ..support.campaigns import Campaigns
from ..support.carrier import sending, wait_until
from ..support.checking_client import CheckingClient
from ..support.clock import Clock
from ..support.tokens import bearer, make_token

pytestmark = pytest.mark.usefixtures("noon", "simulator")

SPANISH, ENGLISH = {"Accept-Language": "es"}, {"Accept-Language": "en"}


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, send_wait_seconds=20.0)


@pytest.fixture
def noon(clock: Clock) -> None:
    """Noon of a day in Bogotá."""
    clock.set(2026, 11, 22, 12)


def settle(campaigns: Campaigns, **rules: Any) -> None:
    with campaigns.app.test_request_context():
        save_settings(campaigns.account, ShopSettings(**rules), by=NOBODY)


def send_beyond(campaigns: Campaigns, size: int, most: int, **rules: Any) -> int:
    """Let a campaign of an earlier day go on today, as far as the limits let it; answer its id."""
    campaign_id = campaigns.start(size)
    with campaigns.app.app_context(), db.engine.begin() as connection:
        connection.execute(update(CampanaSMS).values(encolada=datetime(2026, 1, 1, tzinfo=UTC)))
    settle(campaigns, **rules)
    with sending(campaigns.app):
        wait_until(lambda: campaigns.get(campaign_id).enviados_exitosos == most)
    return campaign_id


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CampanaSMS)) or 0


def text(browser: CheckingClient, url: str, headers: dict[str, str] = SPANISH) -> str:
    return " ".join(browser.get(url, headers=headers).text.split())


def test_every_page_says_that_it_continues_tomorrow(
    admin: CheckingClient, seller: CheckingClient, campaigns: Campaigns
) -> None:
    campaign_id = send_beyond(campaigns, 5, 3, mensajes_por_dia=3)
    page = f"/clientes/campanas/{campaign_id}/"
    for url in (page, "/clientes/campanas/", "/clientes/campanas/en-curso/", "/"):
        for browser in (admin, seller):
            assert "Sigue mañana: límite del día" in text(browser, url), url
        assert "Continues tomorrow: limit of the day" in text(admin, url, ENGLISH)
        assert ("#limits-title" in text(admin, url), "#limits-title" in text(seller, url)) == (True, False)
    streamed = admin.get(f"{page}progreso/", headers=SPANISH, buffered=False)
    fragment = next(chunk for chunk in map(bytes.decode, streamed.response) if "progress" in chunk)
    assert "Sigue mañana: límite del día" in fragment
    assert "Enviados 3 de 5" in " ".join(fragment.replace("data:", "").split())
    assert "messages a second" not in fragment
    streamed.close()


def test_the_messages_of_an_open_page_are_shown_anew_when_it_begins_to_wait(
    admin: CheckingClient, campaigns: Campaigns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT_SECONDS", 0.05)
    campaign_id = send_beyond(campaigns, 5, 3, mensajes_por_dia=3)
    page = f"/clientes/campanas/{campaign_id}/"
    streamed = admin.get(f"{page}progreso/?fase=procesando", buffered=False)
    assert any(chunk.startswith("event: state") for chunk in islice(map(bytes.decode, streamed.response), 4))
    streamed.close()
    assert "progreso/?fase=espera" in admin.get(page).text
    streamed = admin.get(f"{page}progreso/?fase=procesando", headers={"Last-Event-ID": "espera"}, buffered=False)
    assert not any(chunk.startswith("event:") for chunk in islice(map(bytes.decode, streamed.response), 3)), "as before"
    streamed.close()


def test_a_month_is_said_by_its_first_day_in_the_shops_zone(admin: CheckingClient, campaigns: Campaigns) -> None:
    rules = {"pesos_por_mes": Decimal(25), "precios": {"CO": Decimal(10)}, "zona_horaria": "Pacific/Auckland"}
    campaign_id = send_beyond(campaigns, 5, 2, **rules)
    for url in (f"/clientes/campanas/{campaign_id}/", "/clientes/campanas/", "/"):
        assert "Sigue el 1 de diciembre: límite del mes" in text(admin, url)
        assert "Continues on December 1: limit of the month" in text(admin, url, ENGLISH)
    found = admin.get(f"/clientes/campanas/{campaign_id}/estado/").get_json()
    assert (found["estado"], found["espera_hasta"]) == ("procesando", "2026-12-01T00:00:00+13:00")


def test_programs_are_told_until_when_and_no_longer_than_it_waits(admin: CheckingClient, campaigns: Campaigns) -> None:
    url = f"/clientes/campanas/{send_beyond(campaigns, 5, 3, mensajes_por_dia=3)}/estado/"
    assert admin.get(url).get_json()["espera_hasta"] == "2026-11-23T00:00:00-05:00"
    settle(campaigns, mensajes_por_dia=4)
    assert "espera_hasta" not in admin.get(url).get_json()


def test_a_limit_of_nothing_names_no_day(admin: CheckingClient, campaigns: Campaigns) -> None:
    campaign_id = send_beyond(campaigns, 2, 0, mensajes_por_dia=0)
    with sending(campaigns.app):
        wait_until(lambda: "el límite del día no deja pasar nada" in text(admin, f"/clientes/campanas/{campaign_id}/"))
    assert "mañana" not in text(admin, f"/clientes/campanas/{campaign_id}/")
    assert "espera_hasta" not in admin.get(f"/clientes/campanas/{campaign_id}/estado/").get_json()


def test_a_program_does_not_wait_for_tomorrow(campaigns: Campaigns, clock: Clock) -> None:
    earlier = send_beyond(campaigns, 5, 3, mensajes_por_dia=3)
    clock.set(2026, 11, 23, 0, 0, 1)
    program = campaigns.app.test_client()
    headers = bearer(make_token(campaigns.app, campaigns.account, *Alcance))
    ids = campaigns.shop.add_clients(campaigns.account, [f"300111000{number}" for number in range(3)])
    with ThreadPoolExecutor(1) as thread:
        # There is room for it when it is stored; then what was left of the earlier one goes first.
        order = {"cliente_ids": ids, "mensaje": "Hola"}
        asked = thread.submit(program.post, "/clientes/enviar-sms/", json=order, headers=headers)
        wait_until(lambda: stored(campaigns.app) == 2)
        with sending(campaigns.app):
            answer = asked.result()
    body = answer.get_json()
    assert answer.status_code == 202
    assert (body["success"], body["estado"], body["enviados_exitosos"]) == (True, "procesando", 1)
    assert body["espera_hasta"] == "2026-11-24T00:00:00-05:00"
    assert campaigns.get(earlier).enviados_exitosos == 5


def test_the_description_names_the_key() -> None:
    schemas = describe()["components"]["schemas"]
    for name in ("Estado", "CampanaEnCurso"):
        assert schemas[name]["properties"]["espera_hasta"]["format"] == "date-time"
        assert "espera_hasta" not in schemas[name]["required"]
