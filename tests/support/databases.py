"""Databases for tests, migrated once and copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import upgrade

from clientes_app import create_app
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.extensions import db

from .postgres import PostgresServer, running_postgres


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
