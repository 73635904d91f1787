"""Workers send what jobs say: each message once, whoever dies, freezes or comes in between."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.background.sender import simulated_twilio
from clientes_app.config import TwilioSettings
from clientes_app.engine import placing
from clientes_app.extensions import db
from clientes_app.settings import current_settings, replace_settings

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, wait_until
from ..support.shop import Shop
from ..support.worker_process import distributed, start_worker_process

LEASE = 2.0


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


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

    def start(**settings: object) -> BaseProcess:
        twilio = replace(simulated_twilio(TwilioSettings(), simulator.base_url), **settings)
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        running.append(start_worker_process(url, twilio, lease_seconds=LEASE))
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
    numbers = {row.telefono_e164 for row in campaigns.rows(campaign_id)}
    told = Counter(entry["to"] for entry in simulator.ledger() if entry["to"] in numbers)
    return set(told) == numbers and set(told.values()) == {1} and campaigns.hold(campaign_id)


def test_a_worker_sends_a_campaign_to_its_end(
    campaigns: Campaigns, simulator: Simulator, start: Start, app: Flask
) -> None:
    start()
    campaign_id = campaigns.start(700)
    campaigns.ended(campaign_id)
    assert campaigns.has(campaign_id, enviado=700)
    assert sent_once(simulator, campaigns, campaign_id)
    wait_until(lambda: jobs(app) == 0)
