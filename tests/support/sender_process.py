"""A sender, with what looks for campaigns whose hour has come, in a process of its own, which a test may kill."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

from clientes_app import create_app
from clientes_app.background.schedules import start_schedules
from clientes_app.background.sender import Sender
from clientes_app.config import Settings, TwilioSettings
from clientes_app.database import transactions
from clientes_app.database.processes import LEASE_SECONDS
from clientes_app.sending import lease

START_SECONDS = 30

# A new process is a copy of one that has loaded everything and runs no thread.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def start_sender_process(
    database_url: str, twilio: TwilioSettings, lease_seconds: float = LEASE_SECONDS
) -> BaseProcess:
    """Start a sender on a database; it is about to look for work when this returns."""
    started = _processes.Event()
    process = _processes.Process(
        target=_send_until_killed, args=(database_url, twilio, lease_seconds, started), daemon=True
    )
    process.start()
    assert started.wait(START_SECONDS), "the sender did not start"
    return process


def _send_until_killed(database_url: str, twilio: TwilioSettings, lease_seconds: float, started: Event) -> None:
    lease.Lease.seconds = lease_seconds
    transactions.FROZEN_SECONDS = min(transactions.FROZEN_SECONDS, round(lease_seconds))
    app = create_app(Settings(secret_key="for tests only", database_url=database_url, twilio=twilio))
    start_schedules(app)
    Sender(app).start()
    started.set()
    threading.Event().wait()
