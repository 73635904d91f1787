"""Workers send what jobs say: each message once, whoever dies, freezes or comes in between."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask
from sqlalchemy import select, text

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns import control
from clientes_app.config import TwilioSettings
from clientes_app.engine import placing
from clientes_app.engine.roll import living
from clientes_app.extensions import db
from clientes_app.models import Cliente, EstadoCampana, EstadoSMS
from clientes_app.settings import current_settings, replace_settings
from clientes_app.simulator.process import SimulatorProcess

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, wait_until
from ..support.shop import Shop
from ..support.worker_process import distributed, start_worker_process

LEASE = 2.0


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def simulator_process() -> Iterator[Simulator]:
    """A ledger of each test's own: their numbers are the same."""
    with SimulatorProcess.start() as process:
        yield Simulator(process)


@pytest.fixture
def campaigns(app: Flask, simulator: Simulator, shop: Shop, account: int) -> Campaigns:
    """Campaigns that are stored where workers send."""
    with app.app_context():
        replace_settings(app, distributed(current_settings()))
    placing.init_app(app)
    return Campaigns(app, shop, account)


Start = Callable[..., BaseProcess]


@pytest.fixture
def start(app: Flask, simulator: Simulator) -> Iterator[Start]:
    """Starts workers; the test's end kills them."""
    running = []

    def start(queues: Sequence[str] = ("send", "upkeep"), **settings: object) -> BaseProcess:
        twilio = replace(simulated_twilio(TwilioSettings(), simulator.base_url), **settings)
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        running.append(start_worker_process(url, twilio, queues, lease_seconds=LEASE))
        return running[-1]

    yield start
    for process in running:
        if process.is_alive():
            os.kill(process.pid, signal.SIGCONT)
            process.kill()
        process.join()


def jobs(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")))


def sent_once(simulator: Simulator, campaigns: Campaigns, campaign_id: int) -> bool:
    """Return whether the ledger has every number of the campaign once, and its rows say so."""
    told = Counter(entry["to"] for entry in simulator.ledger())
    everybody = {row.telefono_e164 for row in campaigns.rows(campaign_id)}
    return told == Counter(everybody) and campaigns.hold(campaign_id)


def sent_twice(simulator: Simulator) -> list[str]:
    """List the numbers that the ledger has more than once."""
    return [number for number, times in Counter(entry["to"] for entry in simulator.ledger()).items() if times > 1]


def test_a_worker_sends_a_campaign_to_its_end(
    campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask
) -> None:
    start()
    campaign_id = campaigns.start(700)
    campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=700)
    assert sent_once(simulator, campaigns, campaign_id)
    wait_until(lambda: jobs(app) == 0)


def test_a_campaign_of_before_the_workers_gets_its_jobs(campaigns: Campaigns, start: Start, app: Flask) -> None:
    """A job is only a hint: one that was lost, or never made, is made again."""
    campaign_id = campaigns.start(30)
    with app.app_context():
        db.session.execute(text("DELETE FROM procrastinate_jobs"))
        db.session.commit()
    start()
    campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=30)


def test_jobs_too_many_send_nothing_twice(campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask) -> None:
    campaign_id = campaigns.start(300)
    with app.app_context():
        for _ in range(3):
            db.session.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status)"
                    " SELECT queue_name, task_name, priority, args, status FROM procrastinate_jobs"
                )
            )
        db.session.commit()
    for _ in range(3):
        start()
    campaigns.ended(campaign_id)
    assert sent_once(simulator, campaigns, campaign_id)
    wait_until(lambda: jobs(app) == 0)


def test_what_a_killed_worker_had_in_hand_is_uncertain_and_the_rest_is_sent(
    campaigns: Campaigns, simulator: Simulator, start: Start
) -> None:
    simulator.behave(latency=1_000)
    campaign_id = campaigns.start(600)
    first = start(max_concurrency=20)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] >= 20)
    first.kill()
    simulator.behave(latency=0)
    start()
    campaigns.ended(campaign_id)
    states = campaigns.states(campaign_id)
    assert 0 < states[EstadoSMS.INCIERTO] <= 60
    assert states[EstadoSMS.ENVIADO] == 600 - states[EstadoSMS.INCIERTO]
    assert sent_twice(simulator) == []


def test_a_frozen_worker_hands_over_nothing_that_others_took_for_lost(
    campaigns: Campaigns, simulator: Simulator, start: Start
) -> None:
    simulator.behave(latency=500)
    campaign_id = campaigns.start(400)
    frozen = start(max_concurrency=10)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] >= 10)
    assert frozen.pid
    os.kill(frozen.pid, signal.SIGSTOP)
    start(max_concurrency=50)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.INCIERTO])
    os.kill(frozen.pid, signal.SIGCONT)
    campaigns.ended(campaign_id)
    assert sent_twice(simulator) == []
    assert campaigns.hold(campaign_id)


def test_the_woken_worker_works_on(campaigns: Campaigns, start: Start, app: Flask) -> None:
    worker = start()
    with app.app_context():
        engine = db.engine
    (before,) = wait_until(lambda: living(engine))
    assert worker.pid
    os.kill(worker.pid, signal.SIGSTOP)
    other = start()
    wait_until(lambda: [one.where for one in living(engine)] != [before.where] and len(living(engine)) == 1)
    other.kill()
    os.kill(worker.pid, signal.SIGCONT)
    campaign_id = campaigns.start(50)
    campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=50)


def test_who_is_told_to_stop_leaves_nothing_uncertain(
    campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask
) -> None:
    simulator.behave(latency=300)
    campaign_id = campaigns.start(500)
    worker = start(max_concurrency=20)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] >= 20)
    worker.terminate()
    worker.join(20)
    assert worker.exitcode == 0
    states = campaigns.states(campaign_id)
    assert set(states) == {EstadoSMS.ENVIADO, EstadoSMS.PENDIENTE}
    with app.app_context():
        assert living(db.engine) == []


def test_pause_and_cancel_reach_all_workers(
    campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask, account: int
) -> None:
    simulator.behave(latency=100)
    campaign_id = campaigns.start(3_000)
    for _ in range(2):
        start(max_concurrency=10)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] >= 20)
    with app.test_request_context():
        control.pause(account, campaign_id, by=NOBODY)
    wait_until(lambda: not campaigns.states(campaign_id)[EstadoSMS.ENVIANDO])
    with app.test_request_context():
        control.resume(account, campaign_id, by=NOBODY)
    sent = campaigns.states(campaign_id)[EstadoSMS.ENVIADO]
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] > sent)
    with app.test_request_context():
        control.cancel(account, campaign_id, by=NOBODY)
    wait_until(lambda: not campaigns.states(campaign_id)[EstadoSMS.ENVIANDO])
    assert campaigns.hold(campaign_id)
    wait_until(lambda: jobs(app) == 0)


def test_campaigns_are_cancelled_one_after_another_at_full_pace(
    campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask, account: int
) -> None:
    """Nobody waits for somebody who waits for them: every cancel is done, and every worker goes on."""
    simulator.behave(latency=20)
    workers = [start(max_concurrency=50) for _ in range(2)]
    cancelled = [campaigns.start(1_000)]
    for _ in range(24):
        wait_until(lambda: campaigns.get(cancelled[-1]).enviados_exitosos)
        with app.test_request_context():
            control.cancel(account, cancelled[-1], by=NOBODY)
        cancelled.append(campaigns.start_to(first_clients(campaigns, 1_000)))
    wait_until(lambda: not any(campaigns.get(each).enviando for each in cancelled[:-1]))
    campaigns.ended(cancelled[-1])
    assert campaigns.hold(*cancelled[:-1])
    assert all(worker.is_alive() for worker in workers)


def first_clients(campaigns: Campaigns, count: int) -> list[int]:
    """Return the ids of the shop's first clients."""
    with campaigns.app.app_context():
        return list(db.session.scalars(select(Cliente.id).order_by(Cliente.id).limit(count)))


def test_a_small_campaign_does_not_wait_for_a_large_one(
    campaigns: Campaigns, simulator: Simulator, start: Start
) -> None:
    simulator.behave(latency=100)
    large = campaigns.start(4_000)
    start(max_concurrency=10)
    wait_until(lambda: campaigns.states(large)[EstadoSMS.ENVIADO] >= 20)
    small = campaigns.start_to(campaigns.shop.add_clients(campaigns.account, ["3109876543", "3109876544"]))
    campaigns.ended(small)
    assert campaigns.states(large)[EstadoSMS.PENDIENTE] > 2_000


def test_a_stopped_account_stops_every_worker(campaigns: Campaigns, simulator: Simulator, start: Start) -> None:
    simulator.behave(latency=50)
    campaign_id = campaigns.start(3_000)
    for _ in range(2):
        start(max_concurrency=10)
    wait_until(lambda: campaigns.states(campaign_id)[EstadoSMS.ENVIADO] >= 20)
    simulator.behave(latency=50, faults={"401": 1.0})
    wait_until(lambda: campaigns.get(campaign_id).estado is EstadoCampana.ERROR)
    wait_until(lambda: not campaigns.states(campaign_id)[EstadoSMS.ENVIANDO])
    assert campaigns.states(campaign_id)[EstadoSMS.PENDIENTE] > 1_000
    assert campaigns.hold(campaign_id)


def test_one_that_does_not_send_shows_life_until_it_ends(start: Start, app: Flask) -> None:
    def listed() -> list[tuple[str, bool]]:
        with app.app_context():
            return [(one.queues, one.is_alive) for one in living(db.engine)]

    worker = start(("upkeep",))
    wait_until(lambda: listed() == [("upkeep", True)])
    worker.terminate()
    wait_until(lambda: listed() == [])
