"""A server that is killed in the middle of a campaign: nothing is lost, nothing goes out twice."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, SMSLog

from ..support.carrier import Simulator, wait_until
from ..support.server import Server
from ..support.shop import Shop

RECIPIENTS = 1_500


@pytest.fixture
def server(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Server]:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    server = Server(url, tmp_path / "server.log", SMS_MODE="simulated", TWILIO_API_BASE_URL=simulator.base_url)
    yield server
    server.stop()


def campaign_row(app: Flask, campaign_id: int) -> CampanaSMS:
    with app.app_context():
        return db.session.get_one(CampanaSMS, campaign_id)


def tried(campaign: CampanaSMS) -> int:
    return campaign.enviados_exitosos + campaign.inciertos


def start_campaign(app: Flask, shop: Shop, account: int) -> int:
    shop.add_clients(account, [f"30{number:08d}" for number in range(RECIPIENTS)])
    with app.test_request_context():
        draft = services.Draft(Search(), "Hola {nombre}", "Prueba")
        return int(services.create_campaign(account, draft, by=NOBODY).id)


def test_killed_again_and_again_it_goes_on_by_itself_and_repeats_nothing(
    app: Flask, shop: Shop, account: int, simulator: Simulator, server: Server
) -> None:
    before = len(simulator.ledger())
    simulator.behave(latency=50)
    campaign_id = start_campaign(app, shop, account)
    for share in (0.1, 0.4, 0.7):
        server.start()
        wait_until(lambda share=share: tried(campaign_row(app, campaign_id)) > share * RECIPIENTS)
        server.kill()
    server.start()
    wait_until(lambda: campaign_row(app, campaign_id).estado is EstadoCampana.COMPLETADO, 60)

    created = {entry["sid"]: entry["to"] for entry in simulator.ledger()[before:]}
    assert Counter(created.values()).most_common(1)[0][1] == 1, "a phone got it twice"
    with app.app_context():
        assert verify(campaign_id).problems == []
        rows = list(db.session.scalars(db.select(SMSLog).filter_by(campana_id=campaign_id)))
    assert len(rows) == RECIPIENTS
    sent = {row.twilio_sid: row.telefono_e164 for row in rows if row.estado is EstadoSMS.ENVIADO}
    uncertain = {row.telefono_e164 for row in rows if row.estado is EstadoSMS.INCIERTO}
    assert len(sent) + len(uncertain) == RECIPIENTS
    assert sent.items() <= created.items(), "what is called sent was created"
    assert set(created.values()) <= set(sent.values()) | uncertain, "what was created is sent or uncertain"
    assert uncertain, "a kill in mid-flight leaves some of which nobody knows"


@pytest.fixture
def campaign_id(app: Flask, shop: Shop, account: int) -> int:
    return start_campaign(app, shop, account)


@pytest.mark.parametrize("stop", [Server.stop, Server.interrupt])
def test_told_to_stop_it_leaves_nothing_uncertain(
    app: Flask, campaign_id: int, simulator: Simulator, server: Server, stop: Callable[[Server], int]
) -> None:
    simulator.behave(latency=200)
    server.start()
    wait_until(lambda: campaign_row(app, campaign_id).enviados_exitosos)
    assert stop(server) in (0, -signal.SIGINT)
    row = campaign_row(app, campaign_id)
    assert (row.enviando, row.inciertos) == (0, 0)
    assert row.pendientes + row.enviados_exitosos == RECIPIENTS
