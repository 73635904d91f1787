"""The README's commands, run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from clientes_app.config import PROJECT_ROOT
from clientes_app.extensions import db
from clientes_app.models import Cliente

from ..support.server import Server
from ..support.shop import Shop

README = (PROJECT_ROOT / "README.md").read_text()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    url = f"sqlite:///{tmp_path / 'shop.sqlite'}"
    server = Server(url, tmp_path / "server.log", SMS_MODE="simulated", PREPARE="yes")
    server.start()
    yield server
    server.stop()


def test_the_http_interface(server: Server) -> None:
    (script,) = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    environment = {**os.environ, "BASE": server.url}
    done = subprocess.run(
        ["bash", "-eu", "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line]
    answers = [json.loads(line) for line in lines if line.startswith("{")]
    assert [line for line in lines if line.isdigit()] == ["302", "302", "302"]
    created, templates, sent, sending, state = answers
    assert created["cliente"]["nombre"] == "Carlos Ruiz"
    assert templates["plantillas"][0]["nombre"] == "Lanzamiento"
    assert (sent["total_clientes"], sent["estado"]) == (4, "completado")
    assert sending["progreso_url"].startswith("/clientes/campanas/")
    assert state["estado"] == "completado"
    assert "event: end" in lines


def test_the_command_with_a_token(server: Server) -> None:
    log_in = README.partition("```bash\n")[2].partition("# 1.")[0]
    (command,) = re.findall(r"`(curl [^`]*\$TOKEN[^`]*)`", README)
    make = (
        'TOKEN=$(call "$BASE/ajustes/tokens/nuevo/" -d nombre=Caja -d alcances=read | grep -oE "cl_[A-Za-z0-9_-]{43}")'
    )
    environment = {**os.environ, "BASE": server.url}
    done = subprocess.run(
        ["bash", "-eu", "-c", f"{log_in}\n{make}\n{command}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["plantillas"]


def test_the_import_from_the_command_line(app: Flask, shop: Shop, tmp_path: Path) -> None:
    (command,) = re.findall(r"^flask --app wsgi (clients import .*)$", README, re.MULTILINE)
    words = shlex.split(command.replace("clientes.xlsx", str(tmp_path / "clientes.xlsx")))
    workbook = Workbook()
    workbook.active.append(["Nombre", "Celular"])
    workbook.active.append(["Laura Méndez", "300 123 4567"])
    workbook.save(tmp_path / "clientes.xlsx")
    shop.add_admin("ana")
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert [client.telefono_e164 for client in db.session.scalars(select(Cliente))] == ["+573001234567"]


@pytest.mark.parametrize("name", ["run", "test", "lint", "help"])
def test_make_help_lists_the_commands(name: str) -> None:
    done = subprocess.run(["make", "help"], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert re.search(rf"^{name}\s", done.stdout, re.MULTILINE)


def test_the_settings_table_is_complete() -> None:
    config = (PROJECT_ROOT / "clientes_app" / "config").glob("*.py")
    names = {name for module in config for name in read_names(module.read_text())}
    assert len(names) > 10
    assert {"PORT", "BIND", "PUBLIC_BASE_URL", "ALLOWED_HOSTS", "WEB_WORKERS"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in README] == []


def read_names(source: str) -> set[str]:
    """Return the variables that the settings read."""
    return set(re.findall(r'env\.\w+\("(\w+)"', source)) | set(re.findall(r'(?:url|words)\(env, "(\w+)"\)', source))
