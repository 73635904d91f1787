"""The app in its real process, used as people use it: they log in, send, and watch the page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from flask import Flask
from sqlalchemy import make_url

from clientes_app.extensions import db
from clientes_app.models import CampanaSMS
from clientes_app.models.types import utc_now

from ..support.carrier import Simulator
from ..support.server import Server
from ..support.shop import PASSWORD
from .measures import Rate, child_of, cpu_seconds
from .shop import TEXT, admin_of, forget_advertising

Kind = Mapping[str, str]
"""What a form says of a campaign's kind."""

SERVICE: Kind = {"tipo": "servicio", "motivo_servicio": "su pedido"}
ADVERTISING: Kind = {"tipo": "publicidad"}


@dataclass(frozen=True)
class Order:
    """A campaign that was asked for."""

    campaign_id: int
    name: str
    asked_at: datetime
    stored: timedelta
    """From the request to its answer: by then the campaign is stored whole."""


class Site:
    """A running server whose Twilio is the simulator."""

    def __init__(self, app: Flask, server: Server, simulator: Simulator) -> None:
        self._app = app
        self.url = server.url
        self.database = database_of(app)
        self._simulator = simulator
        self.worker = child_of(server.pid)

    def log_in(self, size: int) -> requests.Session:
        """Open a browser for the admin of the account of that size."""
        browser = requests.Session()
        browser.get(f"{self.url}/cuenta/entrar/")
        answer = self.post(browser, "/cuenta/entrar/", {"usuario": admin_of(size), "clave": PASSWORD})
        assert answer.is_redirect, "the log-in was refused"
        browser.get(f"{self.url}/")
        return browser

    def send(self, browser: requests.Session, name: str = "Todos", kind: Kind = SERVICE) -> Order:
        """Send a campaign to all of an account's clients."""
        form = {"mensaje": f"{TEXT} {name}", "destino": "todos", "nombre": name, **kind}
        asked_at, started = utc_now(), time.perf_counter()
        answer = self.post(browser, "/clientes/campanas/enviar/", form)
        stored = timedelta(seconds=time.perf_counter() - started)
        found = re.search(r"/campanas/(\d+)/", answer.headers.get("Location", ""))
        assert found, answer.status_code
        return Order(int(found[1]), name, asked_at, stored)

    def watch_to_the_end(self, browser: requests.Session, order: Order) -> None:
        """Look at the campaign's stream until it ends."""
        address = f"{self.url}/clientes/campanas/{order.campaign_id}/progreso/"
        with browser.get(address, headers={"HX-Request": "true"}, stream=True) as stream:
            assert "text/event-stream" in stream.headers["Content-Type"], "no stream was free"
            for line in stream.iter_lines():
                if line == b"event: end":
                    return
        raise AssertionError("the stream broke off")

    def send_watched(self, size: int, kind: Kind = SERVICE) -> Rate:
        """Send a campaign while its page streams, and measure from the request to its end."""
        browser = self.log_in(size)
        used = cpu_seconds(self.worker)
        order = self.send(browser, kind=kind)
        self.watch_to_the_end(browser, order)
        seconds = (self._completed(order) - order.asked_at).total_seconds()
        return Rate(size, seconds, cpu_seconds(self.worker) - used)

    def forget_advertising(self) -> None:
        """Let everybody be sent an advertisement again who has had the one of today."""
        forget_advertising(self._app)

    def sent(self, order: Order) -> int:
        """Return how many messages of a campaign Twilio has accepted so far."""
        with self._app.app_context():
            return db.session.get_one(CampanaSMS, order.campaign_id).enviados_exitosos

    @contextmanager
    def watching(self, browser: requests.Session, order: Order) -> Iterator[None]:
        """Watch a campaign's stream meanwhile; the end waits for its end."""
        viewer = Thread(target=self.watch_to_the_end, args=(browser, order))
        viewer.start()
        yield
        viewer.join()
        self._completed(order)

    def first_messages(self, orders: list[Order]) -> list[timedelta]:
        """Return how long after each request its first message reached Twilio, by Twilio's clock and ledger."""
        first: dict[str, str] = {}
        for entry in self._simulator.ledger():
            first.setdefault(entry["body"].splitlines()[0].rpartition(" ")[2], entry["created"])
        return [datetime.fromisoformat(first[order.name]) - order.asked_at for order in orders]

    def post(
        self, browser: requests.Session, path: str, form: dict[str, str], files: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Send a form, and answer what it led to."""
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        return browser.post(f"{self.url}{path}", form, files=files, headers=headers, allow_redirects=False)

    def _completed(self, order: Order) -> datetime:
        with self._app.app_context():
            campaign = db.session.get_one(CampanaSMS, order.campaign_id)
        assert campaign.completado is not None, campaign.estado
        assert campaign.enviados_exitosos == campaign.total_clientes
        return campaign.completado


def database_of(app: Flask) -> str:
    """Name the database that an app works on."""
    return make_url(app.config["SQLALCHEMY_DATABASE_URI"]).get_backend_name()


@contextmanager
def running_site(app: Flask, simulator: Simulator, log: Path, in_flight: int, **settings: str) -> Iterator[Site]:
    """Run the server on the app's database; `settings` are further variables of its environment."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    environment = {"SMS_MODE": "simulated", "TWILIO_API_BASE_URL": simulator.base_url}
    server = Server(url, log, **environment, TWILIO_MAX_CONCURRENCY=str(in_flight), **settings)
    server.start()
    try:
        yield Site(app, server, simulator)
    finally:
        assert server.stop() == 0, server.log()
