"""The app on a database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clientes_app import create_app
from clientes_app.config import Settings, Workers
from clientes_app.extensions import db

from .checking_client import CheckingClient


@pytest.fixture
def workers(request: pytest.FixtureRequest) -> Workers:
    """Who imports and sends, and so whether machines share a disk; a test that is marked `both_storages` tries both."""
    return Workers(getattr(request, "param", Workers.EMBEDDED))


@pytest.fixture
def settings(database_url: str, workers: Workers, tmp_path: Path) -> Settings:
    """The settings that `app` is made with; a test module may override this fixture."""
    uploads = tmp_path / "uploads"
    return Settings(
        secret_key="for tests only",
        database_url=database_url,
        workers=workers,
        send_wait_seconds=0.0,
        uploads_path=uploads,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app; a request or a test that needs its context opens one."""
    app = create_app(settings)
    app.test_client_class = CheckingClient
    yield app
    close(app)


def close(app: Flask) -> None:
    """Close an app's connections."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An open app context, for tests that call services; requests are not made inside it."""
    with app.app_context():
        yield
