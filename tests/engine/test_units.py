"""The units of systemd: they start what there is, and give it the time that it needs to end."""

from __future__ import annotations

import runpy
from configparser import ConfigParser

import pytest
from flask import Flask

from clientes_app.config import PROJECT_ROOT
from clientes_app.sending.shift import DRAIN_SECONDS

UNITS = PROJECT_ROOT / "docs" / "systemd"


def service(name: str) -> dict[str, str]:
    unit = ConfigParser(interpolation=None, strict=False)
    unit.read_string((UNITS / f"clientes-{name}.service").read_text())
    return dict(unit["Service"])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_who_is_told_to_stop_may_finish(name: str) -> None:
    told = service(name)
    gunicorn = runpy.run_path(str(PROJECT_ROOT / "gunicorn.conf.py"))
    assert int(told["timeoutstopsec"]) > max(gunicorn["graceful_timeout"], DRAIN_SECONDS)
    assert (told["killsignal"], told["restart"]) == ("SIGTERM", "always")


def test_what_they_start_exists(app: Flask) -> None:
    assert service("web")["execstart"].endswith("/.venv/bin/gunicorn wsgi:app")
    command = service("worker")["execstart"].removeprefix("/opt/clientes/.venv/bin/flask --app wsgi ")
    assert command in app.cli.commands
