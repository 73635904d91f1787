"""What all tests share: each fixture stands beside what it makes, in `tests/support`."""

from __future__ import annotations

import os
from collections.abc import Generator

import hypothesis
import pytest

from clientes_app.serving import garbage

pytest_plugins = [
    f"tests.support.{module}"
    for module in (
        "compiled_once",
        "quick_passwords",
        "databases",
        "clock",
        "sentences",
        "shop",
        "checking_client",
        "app",
        "carrier",
        "campaigns",
        "imports",
        "twilio_requests",
    )
]

hypothesis.settings.register_profile("clientes", deadline=None, max_examples=100, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("clientes")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector leave out what stays for the whole run: modules, and thousands of collected tests."""
    garbage.look_seldom()
    outcome = yield
    garbage.look_seldom()
    return outcome


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked `both_databases` and has a database on SQLite, then on PostgreSQL.

    One that is marked `both_storages` is run there once more with imports kept in the database.
    """
    if "settings" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_storages"):
        places = [("sqlite", "embedded"), ("postgresql", "embedded"), ("postgresql", "distributed")]
        metafunc.parametrize(("database_url", "workers"), places, indirect=True)
    elif "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
