"""The app on a database of its own for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask_migrate import upgrade

from clientes_app import create_app
from clientes_app.background.sender import Sender
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.extensions import db
from clientes_app.simulator.process import SimulatorProcess

from .support.campaigns import Campaigns
from .support.carrier import Simulator, point_at, sending
from .support.checking_client import CheckingClient
from .support.clock import Clock
from .support.postgres import PostgresServer, running_postgres
from .support.shop import Shop

hypothesis.settings.register_profile("clientes", deadline=None, max_examples=100, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("clientes")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked `both_databases` and has a database on SQLite, then on PostgreSQL."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of the test's own database, migrated and without rows."""
    return str(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("database") / "migrated.sqlite"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a SQLite database; a test module may override this fixture."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'clientes.sqlite')}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """A migrated PostgreSQL database, to be copied."""
    migrate(postgres.create("migrated"))
    return "migrated"


@pytest.fixture
def postgresql_url(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL database; a test module may override this fixture."""
    with postgres.database(template=migrated_postgres) as url:
        yield url


def migrate(database_url: str) -> None:
    """Bring a database to the newest revision."""
    app = create_app(Settings(secret_key="for tests only", database_url=database_url))
    with app.app_context():
        upgrade(str(PROJECT_ROOT / "migrations"))
        db.engine.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings that `app` is made with; a test module may override this fixture."""
    uploads = tmp_path / "uploads"
    return Settings(secret_key="for tests only", database_url=database_url, send_wait_seconds=0.0, uploads_path=uploads)


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
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the app, to be set."""
    return Clock(monkeypatch)


@pytest.fixture
def shop(app: Flask) -> Shop:
    """Stores what a test needs."""
    return Shop(app)


@pytest.fixture
def account(shop: Shop) -> int:
    """The account of the admin `ana`."""
    return shop.add_admin("ana")


@pytest.fixture
def campaigns(app: Flask, shop: Shop, account: int) -> Campaigns:
    """Makes campaigns and reads what became of them."""
    return Campaigns(app, shop, account)


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
