"""Three workers killed and frozen at random under every fault, and PostgreSQL restarted in between.

`make crash` runs this with more kills.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns import control, services
from clientes_app.clients.search.criteria import Search
from clientes_app.config import TwilioSettings
from clientes_app.engine import placing
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS
from clientes_app.simulator.process import SimulatorProcess

from ..e2e.test_chaos import ANSWERED_FAULTS, SILENT_FAULTS
from ..support.carrier import Simulator, wait_until
from ..support.databases import migrate
from ..support.ledger import prove_by_ledger
from ..support.postgres import PostgresServer, running_postgres
from ..support.shop import Shop
from ..support.worker_process import start_worker_process

KILLS = int(os.environ.get("CRASH_KILLS", "12"))
WORKERS = 3
RECIPIENTS = 250 * KILLS
LONGEST_LIFE = 0.8
SECONDS = 60 + RECIPIENTS / 40
LEASE = 2.0
FROZEN_EVERY = 4
IN_FLIGHT = 10


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test's own, which it restarts."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def database_url(server: PostgresServer) -> Iterator[str]:
    with server.database() as url:
        migrate(url)
        yield url


@pytest.fixture
def simulator_process() -> Iterator[Simulator]:
    """A ledger of this test's own."""
    with SimulatorProcess.start() as process:
        yield Simulator(process)


class Crew:
    """Three workers, and who kills, freezes and replaces them."""

    def __init__(self, app: Flask, simulator: Simulator) -> None:
        self._url: str = app.config["SQLALCHEMY_DATABASE_URI"]
        twilio = simulated_twilio(TwilioSettings(), simulator.base_url)
        self._twilio = replace(twilio, max_concurrency=IN_FLIGHT)
        self._frozen: list[BaseProcess] = []
        self._workers = [self._start() for _ in range(WORKERS)]

    def _start(self) -> BaseProcess:
        return start_worker_process(self._url, self._twilio, lease_seconds=LEASE)

    def live(self, seconds: float) -> None:
        """Let them work for so many seconds."""
        self._workers[0].join(seconds)
        assert all(worker.exitcode is None for worker in self._workers), "one ended by itself"

    def kill_one(self, place: int) -> None:
        """Kill a worker, and let another one take its place."""
        worker = self._workers[place]
        worker.kill()
        worker.join()
        self._workers[place] = self._start()

    def freeze_one(self, place: int) -> None:
        """Freeze a worker for good, or until `wake`, and let another one take its place."""
        worker = self._workers[place]
        os.kill(worker.pid or 0, signal.SIGSTOP)
        self._frozen.append(worker)
        self._workers[place] = self._start()

    def wake(self) -> None:
        """Let all who are frozen go on."""
        for worker in self._frozen:
            os.kill(worker.pid or 0, signal.SIGCONT)

    def end(self) -> None:
        for worker in (*self._frozen, *self._workers):
            worker.kill()
            worker.join()


@pytest.mark.timeout(SECONDS + KILLS * 6)
def test_whatever_happens_to_workers_nothing_goes_out_twice_and_nothing_is_lost(
    app: Flask, shop: Shop, account: int, simulator: Simulator, server: PostgresServer
) -> None:
    placing.init_app(app)
    shop.add_clients(account, [f"30{number:08d}" for number in range(RECIPIENTS)])
    with app.test_request_context():
        draft = services.Draft(Search(), "Hola {nombre}", "Prueba")
        campaign_id = services.create_campaign(account, draft, by=NOBODY).id
    simulator.behave(latency=5, jitter=20, faults=ANSWERED_FAULTS | SILENT_FAULTS, seed=KILLS)

    def has_ended() -> bool:
        with app.test_request_context():
            campaign = db.session.get_one(CampanaSMS, campaign_id)
            if campaign.estado is EstadoCampana.ERROR:
                control.resume(account, campaign_id, by=NOBODY)
            return campaign.estado is EstadoCampana.COMPLETADO

    chance = random.Random(KILLS)
    crew = Crew(app, simulator)
    try:
        for kill in range(KILLS):
            crew.live(chance.uniform(0, LONGEST_LIFE))
            if kill == KILLS // 2:
                restart(app, server)
            has_ended()
            hurt = crew.freeze_one if kill % FROZEN_EVERY == 1 else crew.kill_one
            hurt(chance.randrange(WORKERS))
        simulator.behave(faults=ANSWERED_FAULTS)
        crew.wake()
        wait_until(has_ended, SECONDS)
        states = prove_by_ledger(app, simulator, campaign_id)
    finally:
        crew.end()
    assert states.total() == RECIPIENTS
    assert states[EstadoSMS.ENVIADO] > RECIPIENTS / 2


def restart(app: Flask, server: PostgresServer) -> None:
    """Restart PostgreSQL under everybody."""
    server.stop()
    server.start()
    with app.app_context():
        db.engine.dispose()
