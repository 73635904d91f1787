"""Two machines behind nginx with the configuration that `docs/` gives: one shop, also while one of them is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import Sesion
from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN, SIMULATED_FROM_NUMBER

from ..support.carrier import Simulator, sending
from ..support.nginx import HOST, caller, running_nginx
from ..support.server import Server
from ..support.shop import Shop
from ..support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

ADDRESS = "127.0.0.7"
# Often enough that each machine is asked.
ASKED = 8


class Site(NamedTuple):
    """What people see, which is nginx, and the machines behind it."""

    url: str
    machines: list[Server]


@pytest.fixture
def site(app: Flask, simulator: Simulator, tmp_path: Path) -> Iterator[Site]:
    """One of the machines listens on a port, the other at a socket."""
    environment = {
        "WORKERS": "distributed",
        "SMS_MODE": "twilio",
        "TWILIO_ACCOUNT_SID": SIMULATED_ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": SIMULATED_AUTH_TOKEN,
        "TWILIO_FROM_NUMBER": SIMULATED_FROM_NUMBER,
        "TWILIO_API_BASE_URL": simulator.base_url,
        "TRUSTED_PROXIES": "1",
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "SERVER_THREADS": "20",
        "UPLOADS_PATH": str(tmp_path / "uploads"),
    }
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    machines = [
        Server(url, tmp_path / "1.log", **environment),
        Server(url, tmp_path / "2.log", BIND=str(tmp_path / "2.socket"), **environment),
    ]
    for machine in machines:
        machine.start()
    with running_nginx(tmp_path, *machines) as address:
        yield Site(address, machines)
    for machine in machines:
        machine.stop()


@pytest.fixture
def ana(site: Site, account: int) -> Visitor:
    visitor = caller(site.url, ADDRESS)
    assert urlsplit(visitor.log_in()).path == "/"
    return visitor


def test_the_address_is_the_clients_own(app: Flask, site: Site, account: int) -> None:
    caller(site.url, ADDRESS, X_Forwarded_For="203.0.113.9").log_in()
    with app.app_context():
        assert db.session.scalars(db.select(Sesion.direccion)).one() == ADDRESS


def test_a_session_goes_on_while_either_machine_is_away(site: Site, ana: Visitor, shop: Shop, account: int) -> None:
    client_id = shop.add_client(account)
    for machine in site.machines:
        machine.stop()
        for number in range(ASKED):
            assert ana.open("/clientes/").status == 200
            assert ana.send(f"/clientes/editar/{client_id}/", nombre=f"Laura {number}")
        machine.start()


def test_a_stream_is_passed_on_as_it_comes(app: Flask, ana: Visitor, shop: Shop, account: int) -> None:
    order = json.dumps({"cliente_ids": shop.add_clients(account, ["3001234501"]), "mensaje": "Hola"}).encode()
    with ana.open("/clientes/enviar-sms/", order, Content_Type="application/json", Prefer="respond-async") as answer:
        sent = json.load(answer)
    with ana.open(sent["progreso_url"], Accept_Encoding="gzip") as stream:
        assert stream.readline() == b":\n"
        assert any(b"data:" in stream.readline() for _ in range(5)), "though nobody sends yet"
        with sending(app):
            assert "event: end" in stream.read().decode()
