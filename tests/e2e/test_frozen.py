"""A sender that is frozen (a laptop's lid) while another takes over, and wakes up: nothing lost, nothing twice."""

from __future__ import annotations

import dataclasses
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns.verification import verify
from clientes_app.config import TwilioSettings
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import EstadoCampana, EstadoSMS, TurnoDeEnvio
from clientes_app.sending.states import lock_campaigns
from clientes_app.simulator.process import SimulatorProcess

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, wait_until
from ..support.sender_process import start_sender_process

pytestmark = [pytest.mark.both_databases, pytest.mark.timeout(300)]

LEASE_SECONDS = 2.0
FREEZES = 6


def stop(process: BaseProcess) -> None:
    """Send SIGSTOP, and wait until every thread stands still: where much else runs, that takes a moment."""
    os.kill(process.pid or 0, signal.SIGSTOP)
    threads = Path(f"/proc/{process.pid}/task")
    wait_until(lambda: all(") T " in thread.joinpath("stat").read_text() for thread in threads.iterdir()))


class Senders:
    """Two senders on one database, each in a process that can be frozen; they write to a Twilio of their own."""

    def __init__(self, app: Flask, campaigns: Campaigns, simulator: SimulatorProcess) -> None:
        self.app, self.campaigns = app, campaigns
        self.twilio = Simulator(simulator)
        self._url: str = app.config["SQLALCHEMY_DATABASE_URI"]
        self._settings = simulated_twilio(TwilioSettings(), simulator.base_url)
        self._running: list[BaseProcess] = []

    def start(self, **twilio: float) -> BaseProcess:
        settings = dataclasses.replace(self._settings, **twilio)
        process = start_sender_process(self._url, settings, lease_seconds=LEASE_SECONDS)
        self._running.append(process)
        return process

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.join()

    @contextmanager
    def frozen(self, process: BaseProcess) -> Iterator[None]:
        """Freeze a sender until another one holds the lease, and for as long as the block takes."""
        self._freeze(process)
        try:
            if len(self._running) == 1:
                self.start()
            wait_until(lambda: f":{process.pid}:" not in (self.holder() or f":{process.pid}:"), 60)
            yield
        finally:
            os.kill(process.pid or 0, signal.SIGCONT)

    def _freeze(self, process: BaseProcess) -> None:
        """Freeze a sender; on SQLite not while it holds the only lock, which nobody can take from it."""
        stop(process)
        while not self._can_be_written():
            os.kill(process.pid or 0, signal.SIGCONT)
            time.sleep(0.01)
            stop(process)

    def _can_be_written(self) -> bool:
        if not self._url.startswith("sqlite"):
            return True
        with closing(sqlite3.connect(self._url.removeprefix("sqlite:///"), timeout=0.5)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    def holder(self) -> str | None:
        with self.app.app_context(), db.engine.connect() as connection:
            return connection.scalar(select(TurnoDeEnvio.titular))

    def counted(self, campaign_id: int, state: EstadoSMS) -> int:
        return self.campaigns.states(campaign_id)[state]

    def all_is_well(self, campaign_id: int) -> None:
        """Wait for the end, of the frozen one's part too; then nothing waits, nobody got two, and counters are rows."""
        wait_until(lambda: self._is_settled(campaign_id), 60)
        states = self.campaigns.states(campaign_id)
        assert set(states) <= {EstadoSMS.ENVIADO, EstadoSMS.INCIERTO}
        with self.app.app_context():
            assert verify(campaign_id).holds
        received = Counter(message["to"] for message in self.twilio.ledger())
        assert set(received.values()) <= {1}
        assert states[EstadoSMS.ENVIADO] <= len(received) <= states.total()

    def _is_settled(self, campaign_id: int) -> bool:
        campaign = self.campaigns.get(campaign_id)
        return campaign.estado is EstadoCampana.COMPLETADO and campaign.pendientes == campaign.enviando == 0


@pytest.fixture
def senders(app: Flask, campaigns: Campaigns) -> Iterator[Senders]:
    with SimulatorProcess.start() as simulator:
        senders = Senders(app, campaigns, simulator)
        try:
            yield senders
        finally:
            senders.end()


def test_between_the_claim_and_the_call(senders: Senders) -> None:
    """What it still holds when it wakes up is another's business by then: it is given back, and sent by the other."""
    campaign_id = senders.campaigns.start(20)
    # Slow: two are claimed at a time, and the second waits for its turn while the sender is frozen.
    frozen = senders.start(messages_per_second=3)
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIADO) >= 1, 60)
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIANDO) >= 2, 60)
    with senders.frozen(frozen):
        wait_until(lambda: senders.campaigns.get(campaign_id).estado is EstadoCampana.COMPLETADO, 60)
        assert senders.counted(campaign_id, EstadoSMS.INCIERTO) > 0
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIADO) == 20, 60)
    senders.all_is_well(campaign_id)


def test_between_the_call_and_its_answer(senders: Senders) -> None:
    """The answers are there when it wakes up; until then nobody knows, and nobody sends again."""
    senders.twilio.behave(latency=700)
    campaign_id = senders.campaigns.start(20)
    frozen = senders.start()
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIANDO) == 20, 60)
    with senders.frozen(frozen):
        wait_until(lambda: senders.counted(campaign_id, EstadoSMS.INCIERTO) == 20, 60)
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIADO) == 20, 60)
    senders.all_is_well(campaign_id)


def test_between_the_answer_and_its_record(senders: Senders) -> None:
    """PostgreSQL ends the transaction of a frozen process: its locks would keep all others waiting."""
    senders.twilio.behave(latency=700)
    campaign_id = senders.campaigns.start(20)
    frozen = senders.start()
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIANDO) == 20, 60)
    with senders.app.app_context(), write_transaction(db.engine) as connection:
        lock_campaigns(connection, [campaign_id])
        wait_until(lambda: len(senders.twilio.ledger()) == 20, 60)
        stop(frozen)
    with senders.frozen(frozen):
        wait_until(lambda: senders.counted(campaign_id, EstadoSMS.INCIERTO) == 20, 60)
    wait_until(lambda: senders.counted(campaign_id, EstadoSMS.ENVIADO) == 20, 60)
    senders.all_is_well(campaign_id)


def test_at_any_moment_again_and_again(senders: Senders) -> None:
    moments = random.Random(7)
    senders.twilio.behave(latency=20, jitter=40)
    campaign_id = senders.campaigns.start(900)
    pair = [senders.start(max_concurrency=10, messages_per_second=60) for _ in range(2)]
    wait_until(lambda: senders.holder() is not None, 60)
    for _ in range(FREEZES):
        time.sleep(moments.uniform(0, 0.4))  # the moment is what is tried, not waited for
        holder = senders.holder() or ""
        with senders.frozen(next((process for process in pair if f":{process.pid}:" in holder), pair[0])):
            pass
    senders.all_is_well(campaign_id)
