"""`make cluster`: several machines to try, all of them this one, with the sample shop and the simulated Twilio.

nginx stands before two web processes; two workers send and import; PostgreSQL is behind them all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.error import URLError
from urllib.request import urlopen

import click

from clientes_app import create_app
from clientes_app.cli.demo_shop import load_shop
from clientes_app.config import PROJECT_ROOT, Settings
from clientes_app.extensions import db
from clientes_app.simulator.ledger import Ledger
from clientes_app.simulator.process import SimulatorProcess

from .support import nginx, postgres
from .support.carrier import wait_until
from .support.databases import migrate
from .support.programs import NotInstalled
from .support.server import free_port

LATENCY_MS = 50
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True)
class Member:
    """A process of the cluster."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def has_ended(self) -> bool:
        """Return whether it has ended by itself."""
        return self.process.poll() is not None


@dataclass(frozen=True)
class Cluster:
    """All that runs."""

    url: str
    web_urls: list[str]
    members: list[Member]


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start everything, and wait until pages are served and somebody sends; at the end nothing of it runs."""
    ledger, ports = folder / "simulator.sqlite", _free_ports(3)
    url, *webs = (f"http://127.0.0.1:{port}" for port in ports)
    with ExitStack() as running:
        database_url = running.enter_context(postgres.running_postgres()).create("clientes")
        _load(database_url, ledger)
        simulator = running.enter_context(SimulatorProcess.start(ledger, LATENCY_MS))
        environment = _environment(database_url, simulator.base_url, url, folder)
        members = [
            _web("web-1", ports[1], environment, folder),
            _web("web-2", ports[2], environment, folder),
            _worker("worker-1", environment, folder),
            _worker("worker-2", environment, folder),
        ]
        started = [running.enter_context(member) for member in members]
        running.enter_context(nginx.running_plain_nginx(folder, ports[0], *map(_place, webs)))
        wait_until(lambda: all(_is_ready(web, started) for web in webs), START_SECONDS)
        yield Cluster(url, webs, started)


def _place(url: str) -> str:
    return url.removeprefix("http://")


def _free_ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


def _web(name: str, port: int, environment: dict[str, str], folder: Path) -> AbstractContextManager[Member]:
    return _process(name, ["gunicorn", "wsgi:app"], {**environment, "PORT": str(port)}, folder)


def _worker(name: str, environment: dict[str, str], folder: Path) -> AbstractContextManager[Member]:
    return _process(name, ["flask", "--app", "wsgi", "worker"], environment, folder)


def _load(database_url: str, ledger: Path) -> None:
    """Make the tables, and the sample shop in them."""
    migrate(database_url)
    app = create_app(Settings(secret_key="of the sample shop", database_url=database_url))
    with app.app_context():
        sent = Ledger(ledger)
        load_shop("CO", sent)
        sent.close()
        db.engine.dispose()


def _environment(database_url: str, twilio_url: str, url: str, folder: Path) -> dict[str, str]:
    """Return the settings that all processes are given."""
    return {
        **os.environ,
        "WORKERS": "distributed",
        "DATABASE_URL": database_url,
        "SECRET_KEY": os.urandom(32).hex(),
        "SMS_MODE": "simulated",
        "TWILIO_API_BASE_URL": twilio_url,
        "PUBLIC_BASE_URL": url,
        "TRUSTED_PROXIES": "1",
        "UPLOADS_PATH": str(folder / "uploads"),
    }


@contextmanager
def _process(name: str, command: list[str], environment: dict[str, str], folder: Path) -> Iterator[Member]:
    """Run a process apart from the terminal's Ctrl-C: it ends when it is told to."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield Member(name, process, log)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_ready(url: str, members: list[Member]) -> bool:
    for member in members:
        assert not member.has_ended(), f"{member.name} has ended:\n{member.log.read_text()}"
    try:
        with urlopen(f"{url}/readyz") as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def main() -> None:
    """Run the cluster until Ctrl-C or SIGTERM."""
    try:
        postgres.programs()
        nginx.program()
    except NotInstalled as error:
        sys.exit(f"make cluster: {error}")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    click.echo("Starting PostgreSQL, two web processes, two workers and nginx…")
    with tempfile.TemporaryDirectory(prefix="clientes-cluster-") as folder, running_cluster(Path(folder)) as cluster:
        click.echo(_described(cluster, folder))
        while True:
            signal.pause()


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End everything; an impatient second Ctrl-C changes nothing, nor does it reach what ends PostgreSQL."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def _described(cluster: Cluster, folder: str) -> str:
    members = "\n".join(f"  {member.name:<10} process {member.process.pid}" for member in cluster.members)
    webs = " and ".join(cluster.web_urls)
    return f"""
  Clientes  {cluster.url}

  Log in as demo (admin) or vendedora, password demo. No real SMS goes out. Ctrl-C stops.
  Behind nginx: {webs}. Kill what you like, and look who goes on:

{members}

  Logs: {folder}
"""


if __name__ == "__main__":
    main()
