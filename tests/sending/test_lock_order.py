"""People and Twilio act on campaigns while they are sent at full pace: nobody waits for each other crosswise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from clientes_app.extensions import db
from clientes_app.models import Cliente, EstadoCampana, EstadoSMS, Recibo
from clientes_app.sending import claiming, control, evidence, lease
from clientes_app.sending.evidence import Receipt

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending, wait_until
from ..support.shop import Shop

pytestmark = pytest.mark.timeout(300)

CANCELS = 25
OWNER = "here:1:test"


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture(autouse=True)
def no_deadlock(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where the sender was the one that PostgreSQL ended; a test's own act would raise."""
    yield
    assert "the database failed" not in caplog.text


def test_cancelling_a_campaign_at_full_pace(
    campaigns: Campaigns,
    shop: Shop,
    simulator: Simulator,
    app: Flask,
    engine: Engine,
) -> None:
    clients = shop.add_clients(campaigns.account, [f"30012{number:05d}" for number in range(400)])
    with sending(app):
        for _ in range(CANCELS):
            campaign_id = campaigns.start_to(clients)
            wait_until(lambda it=campaign_id: campaigns.get(it).enviados_exitosos > 0)
            with engine.begin() as connection:
                control.cancel(connection, campaign_id)
            wait_until(lambda it=campaign_id: campaigns.get(it).enviando == 0)
            assert campaigns.hold(campaign_id)
            assert campaigns.states(campaign_id)[EstadoSMS.PENDIENTE] == 0


def test_everybody_at_once(
    campaigns: Campaigns,
    shop: Shop,
    simulator: Simulator,
    app: Flask,
    engine: Engine,
) -> None:
    """Pausing, resuming, receipts, answers of Twilio that nobody got, and a person's word on them."""
    simulator.behave(latency=5, faults={"cut_after": 0.05, "429": 0.0005})
    clients = shop.add_clients(campaigns.account, [f"30012{number:05d}" for number in range(600)])
    running = [campaigns.start_to(clients, f"Hola {name}") for name in ("uno", "dos", "tres")]
    acts: list[Callable[[int], object]] = [
        lambda it: _change(engine, control.pause, it),
        lambda it: _change(engine, control.resume, it),
        lambda it: _receive_all(campaigns, engine, it),
        lambda it: _settle_one(campaigns, engine, it),
    ]
    with sending(app), ThreadPoolExecutor(8) as threads:
        while not all(campaigns.get(it).enviados_exitosos > 500 for it in running):
            list(threads.map(lambda act_and_id: act_and_id[0](act_and_id[1]), [(a, i) for a in acts for i in running]))
            for it in running:
                _change(engine, control.resume, it)
        wait_until(lambda: all(campaigns.get(it).estado is EstadoCampana.COMPLETADO for it in running), 60)
    assert campaigns.hold(*running)


def test_a_receipt_before_the_answer_does_not_wait_for_who_holds_the_client(
    campaigns: Campaigns, shop: Shop, app: Flask, engine: Engine
) -> None:
    """Whoever merges or deletes a client locks it, and then waits for its messages."""
    client_id = shop.add_client(campaigns.account, "Laura", "3001234567")
    campaign_id = campaigns.start_to([client_id])
    assert lease.hold(engine, OWNER)
    (message,) = claiming.claim(engine, OWNER, campaign_id, 1)
    receipt = Receipt(message.attempt, "SM" + 32 * "1", Recibo.DELIVERED)
    with engine.begin() as connection, ThreadPoolExecutor(1) as threads:
        connection.execute(select(Cliente.id).filter_by(id=client_id).with_for_update())
        threads.submit(evidence.receive, engine, [receipt]).result(timeout=10)
    (row,) = campaigns.rows(campaign_id)
    assert (row.estado, row.recibo) == (EstadoSMS.ENVIADO, Recibo.DELIVERED)


def _change(engine: Engine, change: Callable[..., bool], campaign_id: int) -> None:
    with engine.begin() as connection:
        change(connection, campaign_id)


def _receive_all(campaigns: Campaigns, engine: Engine, campaign_id: int) -> None:
    sent = [row for row in campaigns.rows(campaign_id) if row.intento and row.twilio_sid]
    evidence.receive(engine, [Receipt(row.intento or "", row.twilio_sid or "", None) for row in sent[-50:]])


def _settle_one(campaigns: Campaigns, engine: Engine, campaign_id: int) -> None:
    uncertain = [row.id for row in campaigns.rows(campaign_id) if row.estado is EstadoSMS.INCIERTO]
    for row_id in uncertain[:1]:
        with engine.begin() as connection:
            evidence.confirm(connection, campaign_id, row_id, campaigns.account)
