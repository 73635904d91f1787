"""A simulator in a process of its own, and SDK clients of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from clientes_app.simulator import SIMULATED_ACCOUNT_SID, SIMULATED_AUTH_TOKEN
from clientes_app.simulator.process import SimulatorProcess

from ..support.simulated_twilio import NORMAL, Connect, control


@pytest.fixture(scope="session")
def ledger_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulator") / "ledger.sqlite3"


@pytest.fixture(scope="session")
def shared_simulator(ledger_path: Path) -> Iterator[SimulatorProcess]:
    with SimulatorProcess.start(ledger_path) as process:
        yield process


@pytest.fixture
def simulator(shared_simulator: SimulatorProcess) -> SimulatorProcess:
    control(shared_simulator, NORMAL)
    return shared_simulator


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients: list[Client] = []

    def build(
        to: SimulatorProcess,
        sid: str = SIMULATED_ACCOUNT_SID,
        token: str = SIMULATED_AUTH_TOKEN,
        timeout: float | None = None,
    ) -> Client:
        client = Client(sid, token, http_client=TwilioHttpClient(timeout=timeout))
        client.api.base_url = to.base_url
        clients.append(client)
        return client

    yield build
    for client in clients:
        client.http_client.session.close()


@pytest.fixture
def client(simulator: SimulatorProcess, connect: Connect) -> Client:
    return connect(simulator)
