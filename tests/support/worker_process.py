"""Workers in processes of their own, quick to start, which a test may kill or freeze."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from clientes_app import create_app
from clientes_app.config import Settings, SmsMode, TwilioSettings, Workers
from clientes_app.database import transactions
from clientes_app.database.processes import LEASE_SECONDS
from clientes_app.engine.working import run_worker
from clientes_app.sending import lease

START_SECONDS = 30

# A new process is a copy of one that has loaded everything and runs no thread.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def start_worker_process(
    database_url: str,
    twilio: TwilioSettings,
    queues: Sequence[str] = ("send", "upkeep"),
    lease_seconds: float = LEASE_SECONDS,
) -> BaseProcess:
    """Start a worker on a database; it is about to look for work when this returns."""
    started = _processes.Event()
    process = _processes.Process(
        target=_work_until_killed, args=(database_url, twilio, queues, lease_seconds, started), daemon=True
    )
    process.start()
    assert started.wait(START_SECONDS), "the worker did not start"
    return process


def _work_until_killed(
    database_url: str, twilio: TwilioSettings, queues: Sequence[str], lease_seconds: float, started: Event
) -> None:
    lease.Lease.seconds = lease_seconds
    transactions.FROZEN_SECONDS = min(transactions.FROZEN_SECONDS, round(lease_seconds))
    settings = distributed(Settings(secret_key="for tests only", database_url=database_url, twilio=twilio))
    app = create_app(settings)
    started.set()
    run_worker(app, queues)


def distributed(settings: Settings) -> Settings:
    """Return the same settings for workers of their own, which reach a Twilio that somebody else runs."""
    return replace(settings, workers=Workers.DISTRIBUTED, sms_mode=SmsMode.TWILIO)
