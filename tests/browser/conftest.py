"""A real Chromium, and the app in processes of its own with the sample shop loaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect, sync_playwright
from sqlalchemy import select

from clientes_app import create_app
from clientes_app.cli.demo_shop import load_shop
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.extensions import db
from clientes_app.models import Rol, Usuario
from clientes_app.simulator.ledger import Ledger
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator
from ..support.server import Server
from ..support.shop import Shop
from .site import Site
from .visitors import Visitors

PICTURES = PROJECT_ROOT / ".test-artifacts"
PATIENCE_MS = 15_000
# The first is Chromium without the windows that nobody sees: it needs half the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether the test failed, for the pictures."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


# A package's fixtures end with its last test: while Playwright runs, no other test could use asyncio.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser that the machine has."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    assert found, f"none of {', '.join(_NAMES)} is on the PATH"
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*_QUIET, "--no-first-run", *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shared_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample shop's site, for every test here."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'clientes.sqlite')}"
    uploads = folder / "uploads"
    app = create_app(Settings(secret_key="for tests only", database_url=url, uploads_path=uploads))
    ledger = Ledger(folder / "ledger.sqlite")
    with app.app_context():
        load_shop("CO", ledger)
        sample = db.session.scalars(select(Usuario.id).where(Usuario.rol == Rol.ADMIN)).one()
    Shop(app).open_always(sample)
    ledger.close()
    with SimulatorProcess.start(folder / "ledger.sqlite") as process:
        log = folder / "server.log"
        places = {"UPLOADS_PATH": str(uploads), "TWILIO_API_BASE_URL": process.base_url}
        server = Server(url, log, SMS_MODE="simulated", **places)
        server.start()
        yield Site(server, app, Simulator(process))
        server.stop()
    with app.app_context():
        db.engine.dispose()
    assert "Traceback" not in log.read_text()


@pytest.fixture
def site(shared_site: Site) -> Site:
    """The sample shop's site, whose Twilio is well behaved again, and where nobody had an advertisement today."""
    shared_site.behave_well()
    shared_site.forget_advertising()
    return shared_site


@pytest.fixture(scope="package")
def sessions(shared_site: Site) -> dict[str, StorageState]:
    """The cookies of those who have logged in to the sample shop's site."""
    return {}


@pytest.fixture
def visitors(
    request: pytest.FixtureRequest, chromium: Browser, site: Site, sessions: dict[str, StorageState]
) -> Iterator[Visitors]:
    """People who visit the site; at the end their consoles have said nothing."""
    visitors = Visitors(chromium, site.url, sessions)
    yield visitors
    if request.node.stash.get(_FAILED, False):
        PICTURES.mkdir(exist_ok=True)
        visitors.take_pictures(PICTURES, request.node.name)
    visitors.leave()
    assert visitors.complaints == []
