"""What a worker shows where a terminal watches, and that it is silent where none does."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask

from clientes_app.config import PROJECT_ROOT
from clientes_app.engine import placing, progress_line
from clientes_app.engine.roll import living
from clientes_app.extensions import db
from clientes_app.sending.pacing.speed import Pulse

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, wait_until

Terminal = Callable[[], str]


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


@contextmanager
def working(app: Flask, simulator: Simulator, stderr: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker as somebody types it."""
    settings = {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "for tests only",
        "WORKERS": "distributed",
        "SMS_MODE": "simulated",
        "TWILIO_API_BASE_URL": simulator.base_url,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--queues", "send"]
    process = subprocess.Popen(
        command, cwd=PROJECT_ROOT, env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stderr=stderr
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def terminal() -> Iterator[tuple[int, Terminal]]:
    """A terminal: where a program writes to it, and what it has shown by now."""
    watching, written_to = pty.openpty()
    os.set_blocking(watching, False)
    shown = bytearray()

    def read() -> str:
        with suppress(BlockingIOError):
            shown.extend(os.read(watching, 65_536))
        return shown.decode(errors="ignore")

    yield written_to, read
    os.close(watching)
    os.close(written_to)


def test_a_terminal_sees_how_it_sends(
    app: Flask, campaigns: Campaigns, simulator: Simulator, terminal: tuple[int, Terminal]
) -> None:
    placing.init_app(app)
    simulator.behave(latency=300)
    campaigns.start(2_000)
    written_to, shown = terminal
    with working(app, simulator, written_to) as worker:
        wait_until(lambda: re.search(r"[1-9]\d*/s · 1 campaign · [1-9]\d* in flight\r", shown()), 40)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert shown().endswith("\x1b[K\r"), "the line is taken away"
    assert "\n" not in shown()


def test_where_nobody_watches_nothing_is_written(app: Flask, simulator: Simulator) -> None:
    with app.app_context():
        engine = db.engine
    with working(app, simulator, subprocess.PIPE) as worker:
        wait_until(lambda: living(engine), 40)
        worker.send_signal(signal.SIGTERM)
        _, written = worker.communicate(timeout=20)
    assert (worker.returncode, written) == (0, b"")


def test_one_campaign_and_many() -> None:
    assert progress_line.line(Pulse(211.6, 3, 100)) == "212/s · 3 campaigns · 100 in flight"
    assert progress_line.line(Pulse(0.4, 1, 1)) == "0/s · 1 campaign · 1 in flight"
