"""Live pages of the server as it runs in earnest: more of them than it has threads."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search

from ..support.carrier import Simulator
from ..support.server import Server
from ..support.shop import Shop
from ..support.visitor import Visitor

THREADS = 20
STREAMS = 2 * THREADS


def test_live_pages_hold_no_thread_and_hear_that_the_server_stops(
    app: Flask, shop: Shop, account: int, simulator: Simulator, tmp_path: Path
) -> None:
    shop.add_clients(account, [f"30{number:08d}" for number in range(100)])
    with app.test_request_context():
        running = services.create_campaign(account, services.Draft(Search(), "Hola"), by=NOBODY).id
    simulated = {"SMS_MODE": "simulated", "TWILIO_API_BASE_URL": simulator.base_url, "TWILIO_MESSAGES_PER_SECOND": "1"}
    few = {"SERVER_THREADS": str(THREADS), "LIVE_STREAMS": str(STREAMS)}
    server = Server(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "server.log", **simulated, **few)
    server.start()
    ana, path = Visitor(server.url), f"/clientes/campanas/{running}/progreso/"
    ana.log_in()
    with ExitStack() as pages:
        watched = [pages.enter_context(ana.open(path)) for _ in range(STREAMS)]
        assert all(any(b"data:" in stream.readline() for _ in range(9)) for stream in watched)
        assert re.match(r"retry: 3000\nid: procesando\n(data: .*\n)+\n\Z", ana.read(path)), "there are streams enough"
        assert ana.lands("/clientes/") == "/clientes/"
        assert server.stop() == 0
        assert {stream.read()[-20:] for stream in watched} == {b"event: stop\ndata: \n\n"}
