"""A simulated Twilio for tests, and a sender that talks to it."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from clientes_app.background.sender import Sender, simulated_twilio
from clientes_app.sending import reconcile
from clientes_app.settings import current_settings, replace_settings
from clientes_app.simulator.process import SimulatorProcess

# Who waits for a look at uncertain messages waits no two seconds.
reconcile.POLL_SECONDS = 0.1


class Simulator:
    """A running simulator: what it is told, and what it created."""

    def __init__(self, process: SimulatorProcess) -> None:
        self.base_url = process.base_url

    def behave(self, **settings: Any) -> None:
        """Change its latency (ms) and faults from now on."""
        body = json.dumps(settings).encode()
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(f"{self.base_url}/_control/", body, headers)) as answer:
            answer.read()

    def ledger(self) -> list[dict[str, Any]]:
        """List every message that it ever created, oldest first."""
        with urlopen(f"{self.base_url}/_control/ledger") as answer:
            return [json.loads(line) for line in answer]


def point_at(app: Flask, base_url: str, **changes: Any) -> None:
    """Let the app's settings name the simulator as its Twilio."""
    with app.app_context():
        settings = current_settings()
    twilio = dataclasses.replace(simulated_twilio(settings.twilio, base_url), **changes)
    replace_settings(app, dataclasses.replace(settings, twilio=twilio))


@contextmanager
def sending(app: Flask) -> Iterator[Sender]:
    """Run a sender for the app."""
    sender = Sender(app)
    sender.start()
    try:
        yield sender
    finally:
        sender.stop()


def wait_until(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until the condition holds and return what it gave; fail when the time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {condition}")


@pytest.fixture(scope="session")
def simulator_process() -> Iterator[Simulator]:
    """One simulated Twilio for the whole run."""
    with SimulatorProcess.start() as process:
        yield Simulator(process)


@pytest.fixture
def simulator(simulator_process: Simulator, app: Flask) -> Simulator:
    """The simulated Twilio, well behaved again, as the app's carrier."""
    simulator_process.behave(latency=0, jitter=0, faults={}, next=[])
    point_at(app, simulator_process.base_url)
    return simulator_process


@pytest.fixture
def sender(app: Flask, simulator: Simulator) -> Iterator[Sender]:
    """A running sender that talks to the simulated Twilio."""
    with sending(app) as sender:
        yield sender
