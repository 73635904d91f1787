"""A sender killed at random moments under every fault of the simulator: nothing is lost, nothing goes out twice.

`make crash` runs this with more kills.
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Iterator
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns import control, services
from clientes_app.clients.search.criteria import Search
from clientes_app.config import TwilioSettings
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator, wait_until
from ..support.ledger import prove_by_ledger
from ..support.sender_process import start_sender_process
from ..support.shop import Shop

KILLS = int(os.environ.get("CRASH_KILLS", "20"))
RECIPIENTS = 250 * KILLS
LONGEST_LIFE = 0.6
SECONDS = RECIPIENTS / 40

# Few at a time: what a killed sender had claimed is uncertain, and most rows shall be sent.
IN_FLIGHT = 10

ANSWERED_FAULTS = {
    "cut_before": 0.01,
    "cut_after": 0.01,
    "500": 0.01,
    "500_after": 0.01,
    "503": 0.005,
    "429": 0.0005,  # rare: each one halves the pace
    "401": 0.001,
    "daily_limit": 0.001,
}
# Only while senders are killed: whoever lives on waits half a minute for each.
SILENT_FAULTS = {"silent": 0.003, "silent_after": 0.003}


class Campaign:
    """A campaign, those who send it one after another, and the person who looks after it."""

    def __init__(self, app: Flask, twilio: TwilioSettings, account: int, campaign_id: int) -> None:
        self.id = campaign_id
        self._app = app
        self._twilio = twilio
        self._account = account
        self._sender: BaseProcess | None = None

    def start_sender(self) -> None:
        self._sender = start_sender_process(self._app.config["SQLALCHEMY_DATABASE_URI"], self._twilio)

    def kill_sender(self, after: float) -> None:
        """Let the sender live for so many seconds, and resume the campaign when it stops for a fault."""
        assert self._sender is not None
        self._resume_if_stopped()
        self._sender.join(after)
        assert self._sender.exitcode is None, "it ended by itself"
        self._sender.kill()
        self._sender.join()

    def has_ended(self) -> bool:
        self._resume_if_stopped()
        return self.row().estado is EstadoCampana.COMPLETADO

    def row(self) -> CampanaSMS:
        with self._app.app_context():
            return db.session.get_one(CampanaSMS, self.id)

    def _resume_if_stopped(self) -> None:
        if self.row().estado is EstadoCampana.ERROR:
            with self._app.test_request_context():
                control.resume(self._account, self.id, by=NOBODY)


@pytest.fixture
def simulator_process() -> Iterator[Simulator]:
    """A ledger of this test's own: in another one's a sender would find messages that look like its uncertain ones."""
    with SimulatorProcess.start() as process:
        yield Simulator(process)


@pytest.fixture
def campaign(app: Flask, shop: Shop, account: int, simulator: Simulator) -> Iterator[Campaign]:
    shop.add_clients(account, [f"30{number:08d}" for number in range(RECIPIENTS)])
    with app.test_request_context():
        draft = services.Draft(Search(), "Hola {nombre}", "Prueba")
        campaign_id = services.create_campaign(account, draft, by=NOBODY).id
    twilio = dataclasses.replace(simulated_twilio(TwilioSettings(), simulator.base_url), max_concurrency=IN_FLIGHT)
    campaign = Campaign(app, twilio, account, campaign_id)
    yield campaign
    campaign.kill_sender(after=0)


@pytest.mark.both_databases
@pytest.mark.timeout(SECONDS + KILLS * 4)
def test_killed_at_random_moments_under_every_fault_it_repeats_nothing_and_loses_nothing(
    campaign: Campaign, simulator: Simulator, app: Flask
) -> None:
    simulator.behave(latency=5, jitter=20, faults=ANSWERED_FAULTS | SILENT_FAULTS, seed=KILLS)
    chance = random.Random(KILLS)
    for _ in range(KILLS):
        campaign.start_sender()
        campaign.kill_sender(after=chance.uniform(0, LONGEST_LIFE))
    assert not campaign.has_ended(), "each of the kills hit a running campaign"
    simulator.behave(faults=ANSWERED_FAULTS)
    campaign.start_sender()
    wait_until(campaign.has_ended, SECONDS)

    states = prove_by_ledger(app, simulator, campaign.id)
    assert states.total() == RECIPIENTS
    assert states[EstadoSMS.ENVIADO] > RECIPIENTS / 2
    assert states[EstadoSMS.INCIERTO], "a kill in mid-flight leaves some of which nobody knows"
