"""Several processes on one database: one of them sends, and when it dies another goes on."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, TurnoDeEnvio

from ..support.carrier import Simulator, wait_until
from ..support.server import Server
from ..support.shop import Shop

RECIPIENTS = 600


@pytest.fixture
def server(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Server]:
    server = Server(
        app.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "server.log",
        SMS_MODE="simulated",
        TWILIO_API_BASE_URL=simulator.base_url,
        GUNICORN_CMD_ARGS="--workers 3",
    )
    server.start()
    yield server
    server.stop()


def test_the_death_of_the_sending_worker_is_made_good_by_another(
    app: Flask, shop: Shop, account: int, simulator: Simulator, server: Server
) -> None:
    before = len(simulator.ledger())
    simulator.behave(latency=100)
    shop.add_clients(account, [f"30{number:08d}" for number in range(RECIPIENTS)])
    with app.test_request_context():
        campaign_id = services.create_campaign(account, services.Draft(Search(), "Hola {nombre}"), by=NOBODY).id
    wait_until(lambda: campaign(app, campaign_id).enviados_exitosos)
    first = holder(app)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: campaign(app, campaign_id).estado is EstadoCampana.COMPLETADO, 40)
    assert holder(app) != first
    recipients = Counter(entry["to"] for entry in simulator.ledger()[before:])
    assert set(recipients.values()) == {1}
    with app.app_context():
        assert verify(campaign_id).problems == []


def campaign(app: Flask, campaign_id: int) -> CampanaSMS:
    with app.app_context():
        return db.session.get_one(CampanaSMS, campaign_id)


def holder(app: Flask) -> int:
    """Return the process that sends."""
    with app.app_context():
        owner = db.session.scalars(db.select(TurnoDeEnvio.titular)).one()
    return int(owner.split(":")[1])
