"""Two machines serve pages on one PostgreSQL, and workers of their own send: whichever is asked knows what both do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from flask import Flask
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from clientes_app.extensions import db
from clientes_app.models import SMSLog, TurnoDeEnvio
from clientes_app.simulator import SIMULATED_AUTH_TOKEN

from ..support.carrier import Simulator, sending, wait_until
from ..support.server import Server
from ..support.shop import Shop
from ..support.twilio_requests import PUBLIC
from ..support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def machines(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[list[Server]]:
    """Two web machines: one serves by one process, the other by two."""
    with ExitStack() as running:
        servers = [
            Server(
                app.config["SQLALCHEMY_DATABASE_URI"],
                tmp_path / f"{number}.log",
                WORKERS="distributed",
                WEB_WORKERS=str(number),
                SMS_MODE="simulated",
                TWILIO_API_BASE_URL=simulator.base_url,
                PUBLIC_BASE_URL=PUBLIC,
                UPLOADS_PATH=str(tmp_path / "uploads"),
                SERVER_THREADS="20",
            )
            for number in (1, 2)
        ]
        for server in servers:
            server.start()
            running.callback(server.stop)
        yield servers


@pytest.fixture
def here(machines: list[Server], account: int) -> Visitor:
    """The admin `ana`, logged in at the first machine."""
    visitor = Visitor(machines[0].url)
    assert visitor.log_in() == "/"
    return visitor


@pytest.fixture
def there(machines: list[Server], here: Visitor) -> Visitor:
    """The same browser at the second machine."""
    return here.at(machines[1].url)


def start_campaign(visitor: Visitor, client_ids: list[int]) -> Any:
    order = json.dumps({"cliente_ids": client_ids, "mensaje": "Hola {nombre}"}).encode()
    headers = {"Content_Type": "application/json", "Prefer": "respond-async"}
    with visitor.open("/clientes/enviar-sms/", order, **headers) as answer:
        return json.load(answer)


def state(visitor: Visitor, campaign: Any) -> Any:
    return json.loads(visitor.read(f"/clientes/campanas/{campaign['campana_id']}/estado/"))


def test_who_logs_in_at_one_machine_is_logged_in_at_the_other_and_logs_out_at_both(
    here: Visitor, there: Visitor, shop: Shop, account: int
) -> None:
    assert there.lands("/cuenta/yo/") == "/cuenta/yo/"
    assert there.send("/ajustes/", negocio="Tienda de Ana"), "a form of one machine is taken by the other"
    campaign = start_campaign(here, [shop.add_client(account)])
    with there.open(campaign["progreso_url"]) as stream:
        assert any(b"data:" in stream.readline() for _ in range(5))
        here.send("/cuenta/salir/")
        assert "event: end" in stream.read().decode(), "though nobody sends"
    assert there.lands("/cuenta/yo/") == "/cuenta/entrar/"


def test_a_campaign_that_one_machine_stored_is_watched_at_the_other(
    app: Flask, here: Visitor, there: Visitor, shop: Shop, account: int
) -> None:
    campaign = start_campaign(here, shop.add_clients(account, ["3001234501", "3001234502"]))
    with there.open(campaign["progreso_url"]) as stream:
        assert any(b"data:" in stream.readline() for _ in range(5))
        assert state(there, campaign)["enviados_exitosos"] == 0, "a machine that serves pages does not send"
        with sending(app):
            rest = stream.read().decode()
    assert "event: end" in rest
    assert state(here, campaign)["enviados_exitosos"] == 2


def test_a_receipt_that_one_machine_takes_is_seen_at_the_other(
    app: Flask, here: Visitor, there: Visitor, shop: Shop, account: int
) -> None:
    campaign = start_campaign(here, [shop.add_client(account)])
    with sending(app):
        wait_until(lambda: state(there, campaign)["enviados_exitosos"])
    messages = f"/clientes/campanas/{campaign['campana_id']}/mensajes/"
    assert "Entregado en el teléfono" not in there.read(messages)
    tell_delivered(app, here.url)
    assert "Entregado en el teléfono" in there.read(messages)


def tell_delivered(app: Flask, url: str) -> None:
    """Say of the only message that it was delivered, signed as the simulated Twilio's account."""
    with app.app_context():
        row = db.session.scalars(select(SMSLog)).one()
    path, fields = f"/twilio/estado/{row.intento}", {"MessageSid": str(row.twilio_sid), "MessageStatus": "delivered"}
    signature = RequestValidator(SIMULATED_AUTH_TOKEN).compute_signature(PUBLIC + path, fields)
    Visitor(url, X_Twilio_Signature=signature).send(path, **fields)


def test_machines_are_ready_once_a_worker_sends_and_start_none_themselves(app: Flask, machines: list[Server]) -> None:
    assert [is_ready(server) for server in machines] == [False, False]
    with app.app_context():
        assert db.session.scalars(select(TurnoDeEnvio)).all() == []
    with sending(app):
        for server in machines:
            wait_until(lambda server=server: is_ready(server))
    assert [server.stop() for server in machines] == [0, 0]


def is_ready(server: Server) -> bool:
    try:
        return Visitor(server.url).read("/readyz") == "ready\n"
    except HTTPError as error:
        error.close()
        return False
