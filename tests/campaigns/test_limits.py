"""The limits of an account, and campaigns that wait for an admin, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.campaigns import control, limits, listing, services
from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.selection import Ticked
from clientes_app.errors import Conflict, Forbidden
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Auditoria, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending import claiming, lease, recording
from clientes_app.sending.carrier import Fate, Outcome, Result
from clientes_app.shop.services import ShopSettings, save_settings

from ..support.campaigns import Campaigns
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

TOGETHER = 6


def settle(app: Flask, account: int, **settings: Any) -> None:
    with app.test_request_context():
        save_settings(account, ShopSettings(**settings), by=NOBODY)


def room(app: Flask, account: int) -> limits.Room:
    with app.app_context():
        return limits.room_of(db.session(), account)


def change(app: Flask, statement: Any) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(statement)


def all_at_once(app: Flask, act: Callable[[], object]) -> list[object]:
    """Let several threads do the same at one moment; answer what each returned, or the Conflict it met."""
    start = Barrier(TOGETHER)

    def meet(_place: int) -> object:
        with app.test_request_context():
            start.wait()
            try:
                return act()
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(TOGETHER) as threads:
        return list(threads.map(meet, range(TOGETHER)))


def send(account: int, clients: list[int], person: int | None = None) -> int:
    draft = services.Draft(Ticked(tuple(clients)), "Hola {nombre}", "Prueba")
    return int(services.create_campaign(account, draft, by=Actor(person or account)).id)


def end_uncertain(app: Flask, campaign_id: int) -> None:
    """Claim a campaign's messages, and never get an answer."""
    with app.app_context():
        engine = db.engine
    assert lease.hold(engine, "here:1:test")
    results = [
        Result(message, Outcome(Fate.UNKNOWN)) for message in claiming.claim(engine, "here:1:test", campaign_id, 9)
    ]
    recording.record(engine, results, {}, {})


def stored(app: Flask) -> list[CampanaSMS]:
    with app.app_context():
        return list(db.session.scalars(select(CampanaSMS).order_by(CampanaSMS.id)))


@pytest.mark.parametrize("limit", [{"mensajes_por_dia": 300}, {"pesos_por_mes": Decimal(6_000), "precios": {"CO": 20}}])
def test_of_requests_that_race_past_a_limit_exactly_one_is_accepted(
    app: Flask, shop: Shop, account: int, limit: dict[str, Any]
) -> None:
    settle(app, account, **limit)
    clients = shop.add_clients(account, [f"300111{number:04d}" for number in range(300)])
    outcomes = all_at_once(app, lambda: send(account, clients))
    accepted = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(accepted) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == TOGETHER - 1
    assert [campaign.id for campaign in stored(app)] == accepted
    with app.app_context():
        assert {row.campana_id for row in db.session.scalars(select(SMSLog))} == set(accepted)


def test_another_accounts_campaigns_do_not_count(app: Flask, shop: Shop, account: int) -> None:
    settle(app, account, mensajes_por_dia=1)
    other = shop.add_admin("otra")
    with app.test_request_context():
        send(other, [shop.add_client(other)])
        send(account, [shop.add_client(account)])
    assert room(app, account).messages == 0


def test_the_price_of_each_numbers_country(app: Flask, shop: Shop, account: int) -> None:
    settle(app, account, precios={"CO": Decimal("25.50"), "US": Decimal(400)})
    clients = shop.add_clients(account, ["3001110001", "3001110002", "+12015550123", "+34612345678", "no number"])
    with app.test_request_context():
        campaign_id = send(account, clients)
    (campaign,) = stored(app)
    assert campaign.id == campaign_id
    assert (campaign.destinatarios, campaign.partes, campaign.costo) == (4, 4, Decimal("451.00"))


def test_long_messages_cost_each_of_their_parts(app: Flask, shop: Shop, account: int) -> None:
    settle(app, account, precios={"CO": Decimal(10)})
    short, long = shop.add_client(account, "Ana"), shop.add_client(account, "Ana Maria " * 15, "3001110002")
    with app.test_request_context():
        draft = services.Draft(Ticked((short, long)), "{nombre}" + "x" * 150)
        services.create_campaign(account, draft, by=NOBODY)
    (campaign,) = stored(app)
    assert (campaign.partes, campaign.costo) == (3, Decimal(30))


def test_an_account_without_prices_spends_nothing(app: Flask, shop: Shop, account: int) -> None:
    settle(app, account, pesos_por_mes=Decimal(0))
    with app.test_request_context():
        send(account, [shop.add_client(account)])
    (campaign,) = stored(app)
    assert (campaign.destinatarios, campaign.costo) == (1, 0)


def test_what_failed_was_left_out_or_cancelled_does_not_count(
    app: Flask, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    settle(app, account, mensajes_por_dia=10, pesos_por_mes=Decimal(1_000), precios={"CO": Decimal("12.50")})
    first = campaigns.start(4, "", "3001200000")  # one without a number, one twice
    assert (room(app, account).messages, room(app, account).pesos) == (6, 950)
    failed, *_ = campaigns.rows(first)
    change(app, update(SMSLog).where(SMSLog.id == failed.id).values(estado=EstadoSMS.FALLIDO))
    counters = {CampanaSMS.pendientes: 3, CampanaSMS.enviados_fallidos: CampanaSMS.enviados_fallidos + 1}
    change(app, update(CampanaSMS).values(counters))
    assert (room(app, account).messages, room(app, account).spent) == (7, Decimal("37.50"))
    with app.test_request_context():
        control.cancel(account, first, by=Actor(account))
    assert (room(app, account).messages, room(app, account).spent) == (10, 0)


@pytest.mark.parametrize("zone", ["America/Bogota", "Pacific/Auckland", "Pacific/Pago_Pago"])
def test_days_and_months_begin_in_the_accounts_zone(app: Flask, account: int, campaigns: Campaigns, zone: str) -> None:
    settle(app, account, zona_horaria=zone, mensajes_por_dia=10, pesos_por_mes=Decimal(100), precios={"CO": 10})
    campaigns.start(2)
    day = datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    for moment, messages, pesos in (
        (day, 8, 80),
        (day - timedelta(seconds=1), 10, 80 if day.day > 1 else 100),
        (day.replace(day=1), 8 if day.day == 1 else 10, 80),
        (day.replace(day=1) - timedelta(seconds=1), 10, 100),
    ):
        change(app, update(CampanaSMS).values(creado=moment.astimezone(UTC), encolada=moment.astimezone(UTC)))
        assert (room(app, account).messages, room(app, account).pesos) == (messages, pesos), moment


def test_an_uncertain_message_sent_again_counts_again(app: Flask, account: int, campaigns: Campaigns) -> None:
    settle(app, account, mensajes_por_dia=1, pesos_por_mes=Decimal(20), precios={"CO": Decimal(10)})
    campaign_id = campaigns.start(1)
    row = campaigns.row(campaign_id)
    end_uncertain(app, campaign_id)
    with app.test_request_context(), pytest.raises(Conflict, match="1"):
        control.send_again(account, campaign_id, row.id)
    assert campaigns.has(campaign_id, incierto=1)
    settle(app, account, mensajes_por_dia=2, pesos_por_mes=Decimal(20), precios={"CO": Decimal(10)})
    with app.test_request_context():
        control.send_again(account, campaign_id, row.id)
    assert campaigns.has(campaign_id, pendiente=1)
    assert (campaigns.get(campaign_id).partes, room(app, account).spent) == (2, 20)


# Approval


@pytest.fixture
def asked(app: Flask, shop: Shop, account: int) -> int:
    """A campaign of three messages that a vendedor asked for, and that waits for the admin."""
    settle(app, account, exige_aprobacion=True, mensajes_por_dia=5)
    seller = shop.add_seller(account, "vero")
    with app.test_request_context():
        return send(account, shop.add_clients(account, ["3001110001", "3001110002", "3001110003"]), seller)


def test_a_waiting_campaign_is_whole_and_counts_for_nothing_yet(
    app: Flask, account: int, asked: int, campaigns: Campaigns
) -> None:
    assert campaigns.get(asked).estado is EstadoCampana.POR_APROBAR
    assert campaigns.has(asked, pendiente=3)
    assert room(app, account).messages == 5
    with app.app_context():
        assert verify(asked).as_json()["estado"] == "por_aprobar"
        assert verify(asked).holds
        assert listing.running(account) == []
        assert [campaign.id for campaign, _ in listing.waiting(account)] == [asked]


def test_the_admins_own_and_one_that_reaches_nobody_do_not_wait(
    app: Flask, shop: Shop, account: int, asked: int, campaigns: Campaigns
) -> None:
    assert campaigns.get(campaigns.start(1)).estado is EstadoCampana.PENDIENTE
    with app.test_request_context():
        nobody = send(account, [shop.add_client(account, telefono="")], campaigns.get(asked).enviada_por_id)
    assert campaigns.get(nobody).estado is EstadoCampana.COMPLETADO


def test_many_clicks_approve_once(app: Flask, account: int, asked: int, campaigns: Campaigns) -> None:
    outcomes = all_at_once(app, lambda: control.approve(account, asked, by=Actor(account)).id)
    assert sorted(map(str, outcomes))[0] == str(asked)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == TOGETHER - 1
    campaign = campaigns.get(asked)
    assert (campaign.estado, campaign.aprobada_por_id) == (EstadoCampana.PENDIENTE, account)
    assert room(app, account).messages == 2
    with app.app_context():
        entries = db.session.scalars(select(Auditoria.accion).where(Auditoria.cosa == "campana_sms")).all()
    assert [entry.value for entry in entries] == ["campana_aprobada"]


def test_the_limit_counts_on_the_day_of_approval(app: Flask, account: int, asked: int, campaigns: Campaigns) -> None:
    change(app, update(CampanaSMS).values(creado=utc_now() - timedelta(days=40)))
    today = campaigns.start(4)
    with app.test_request_context(), pytest.raises(Conflict, match=r"5 .*1.*3"):
        control.approve(account, asked, by=Actor(account))
    assert campaigns.get(asked).estado is EstadoCampana.POR_APROBAR
    with app.test_request_context():
        control.cancel(account, today, by=Actor(account))
        control.approve(account, asked, by=Actor(account))
    assert room(app, account).messages == 2


def test_rejecting_cancels_every_message_once(app: Flask, account: int, asked: int, campaigns: Campaigns) -> None:
    outcomes = all_at_once(app, lambda: control.reject(account, asked, by=NOBODY).id)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == TOGETHER - 1
    assert campaigns.get(asked).estado is EstadoCampana.CANCELADO
    assert campaigns.has(asked, cancelado=3)
    assert campaigns.hold(asked)
    with app.test_request_context(), pytest.raises(Conflict):
        control.approve(account, asked, by=Actor(account))


def test_of_vendedores_only_who_asked_may_cancel_what_waits(
    app: Flask, shop: Shop, account: int, asked: int, campaigns: Campaigns
) -> None:
    stranger = shop.add_seller(account, "otro")
    with app.test_request_context(), pytest.raises(Forbidden):
        control.cancel(account, asked, by=Actor(stranger))
    with app.test_request_context():
        control.cancel(account, asked, by=Actor(campaigns.get(asked).enviada_por_id))
    assert campaigns.has(asked, cancelado=3)


@pytest.mark.parametrize("act", [control.pause, control.resume])
def test_what_waits_is_neither_paused_nor_resumed(
    app: Flask, account: int, asked: int, act: Callable[..., object]
) -> None:
    with app.test_request_context(), pytest.raises(Conflict):
        act(account, asked, by=NOBODY)
