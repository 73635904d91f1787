"""What the server, its commands and its helpers write is nobody else's to read."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.files.private_files import keep_old_ones
from clientes_app.simulator.process import SimulatorProcess


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    """The mask that most machines have."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """List what others than the owner may do something with."""
    return [path.name for path in folder.rglob("*") if stat.S_IMODE(path.stat().st_mode) & 0o077]


def run(folder: Path, *command: str) -> None:
    """Run a command of the app on a database and with uploads in the folder."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'clientes.sqlite'}",
        "UPLOADS_PATH": str(folder / "uploads"),
        "SECRET_KEY": "for tests only",
    }
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
    subprocess.run(flask, cwd=PROJECT_ROOT, env=environment, check=True, capture_output=True)


def test_a_new_database_is_private_and_an_old_one_becomes_so(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    assert (tmp_path / "clientes.sqlite").exists()
    assert open_to_others(tmp_path) == []
    (tmp_path / "clientes.sqlite").chmod(0o644)
    (tmp_path / "clientes.sqlite-wal").touch(mode=0o644)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "list.csv").touch(mode=0o644)
    run(tmp_path, "db", "current")
    assert open_to_others(tmp_path) == []


def test_a_folder_that_is_not_the_app_s_alone_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "neighbour").touch(mode=0o644)
    (tmp_path / "clientes.sqlite").touch(mode=0o644)
    settings = Settings("x", f"sqlite:///{tmp_path / 'clientes.sqlite'}", uploads_path=tmp_path / "uploads")
    keep_old_ones(settings)
    assert open_to_others(tmp_path) == ["neighbour"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_messages_of_the_simulated_twilio_are_private(tmp_path: Path) -> None:
    with SimulatorProcess.start(tmp_path / "ledger.sqlite"):
        assert (tmp_path / "ledger.sqlite").exists()
        assert open_to_others(tmp_path) == []
