"""The app on a database of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from clientes_app import create_app
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.extensions import db
from clientes_app.sender import Sender
from clientes_app.simulator.process import SimulatorProcess

from .support.carrier import Simulator, point_at, sending
from .support.checking_client import CheckingClient
from .support.shop import Shop


def settings_for(database: Path, **changes: object) -> Settings:
    """Answer settings for a test's own SQLite file."""
    return Settings(secret_key="for tests only", database_url=f"sqlite:///{database}", **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite"
    app = create_app(settings_for(path))
    with app.app_context():
        upgrade(str(PROJECT_ROOT / "migrations"))
        db.engine.dispose()
    return path


@pytest.fixture
def settings(empty_database: Path, tmp_path: Path) -> Settings:
    """The settings that `app` is made with; a test module may override this fixture."""
    database = tmp_path / "clientes.sqlite"
    shutil.copy(empty_database, database)
    return settings_for(database, send_wait_seconds=0.0)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app; a request or a test that needs its context opens one."""
    app = create_app(settings)
    app.test_client_class = CheckingClient
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An open app context, for tests that call services; requests are not made inside it."""
    with app.app_context():
        yield


@pytest.fixture
def shop(app: Flask) -> Shop:
    """Stores what a test needs."""
    return Shop(app)


@pytest.fixture
def account(shop: Shop) -> int:
    """The account of the admin `ana`."""
    return shop.add_admin("ana")


@pytest.fixture
def browser(app: Flask) -> CheckingClient:
    """A browser that is not logged in."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


@pytest.fixture
def admin(browser: CheckingClient, account: int) -> CheckingClient:
    """The browser of the admin `ana`."""
    assert browser.log_in("ana").status_code == 302
    return browser


@pytest.fixture
def seller(app: Flask, shop: Shop, account: int) -> CheckingClient:
    """The browser of `vero`, who sells for `ana`."""
    shop.add_seller(account, "vero")
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    assert client.log_in("vero").status_code == 302
    return client


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
