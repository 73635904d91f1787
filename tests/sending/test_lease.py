"""The lease: one sender at a time, whatever happens to the others."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from clientes_app.database import processes
from clientes_app.extensions import db
from clientes_app.models import TurnoDeEnvio
from clientes_app.models.types import utc_now
from clientes_app.sending import lease

from ..support.carrier import wait_until

pytestmark = pytest.mark.both_databases


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_one_of_many_gets_it(engine: Engine) -> None:
    start = Barrier(8)

    def hold(number: int) -> bool:
        start.wait()
        return lease.hold(engine, f"another-host:{number}:x")

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(hold, range(8))) == [False] * 7 + [True]


def test_the_holder_keeps_it_until_it_lets_go(engine: Engine) -> None:
    assert lease.hold(engine, "another-host:1:a")
    assert lease.hold(engine, "another-host:1:a")
    assert not lease.hold(engine, "another-host:2:b")
    lease.let_go(engine, "another-host:2:b")
    assert not lease.hold(engine, "another-host:2:b")
    lease.let_go(engine, "another-host:1:a")
    assert lease.hold(engine, "another-host:2:b")


def test_who_gives_no_sign_of_life_loses_it(engine: Engine) -> None:
    assert lease.hold(engine, "another-host:1:a")
    long_ago = utc_now() - timedelta(seconds=processes.LEASE_SECONDS + 1)
    with engine.begin() as connection:
        connection.execute(update(TurnoDeEnvio).values(latido=long_ago))
    assert lease.hold(engine, "another-host:2:b")
    assert not lease.hold(engine, "another-host:1:a")


def name_of_a_dead_process() -> str:
    """The name that a process of this machine gave itself before it ended."""
    print_name = "from clientes_app.database.processes import new_owner; print(new_owner())"
    said = subprocess.run([sys.executable, "-c", print_name], capture_output=True, check=True, text=True)
    return said.stdout.strip()


def test_a_process_of_this_machine_that_died_loses_it_at_once(engine: Engine) -> None:
    assert lease.hold(engine, name_of_a_dead_process())
    assert lease.hold(engine, "another-host:2:b")


def test_a_process_elsewhere_on_a_machine_of_the_same_name_keeps_it(engine: Engine) -> None:
    """Two containers may have one host name; what runs as a number in one may be nobody in the other."""
    place, pid, secret = name_of_a_dead_process().split(":")
    host, _, _ = place.partition("/")
    assert host == socket.gethostname()[:40]
    assert lease.hold(engine, f"{host}/{'0' * 16}:{pid}:{secret}")
    assert not lease.hold(engine, "another-host:2:b")


def test_where_containers_cannot_be_told_apart_nobody_is_taken_for_dead() -> None:
    dead = said_without_proc("print(processes.new_owner())")
    assert said_without_proc(f"print(processes.is_dead({dead!r}))") == "False"


def said_without_proc(statement: str) -> str:
    """Run a statement about the lease in a process to which the machine does not say where it runs."""
    program = [
        "from pathlib import Path",
        "from clientes_app.database import processes",
        "def refuse(*_): raise PermissionError",
        "Path.read_text = Path.stat = refuse",
        statement,
    ]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(program)], capture_output=True, check=True, text=True
    ).stdout.strip()


def test_a_living_process_of_this_host_keeps_it(engine: Engine) -> None:
    assert lease.hold(engine, processes.new_owner())
    assert not lease.hold(engine, processes.new_owner())


def test_who_may_have_lost_it_knows_so_before_another_gets_it(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease.Lease, "seconds", 0.5)
    ours = lease.Lease(engine, "another-host:1:a")
    assert ours.renew()
    assert ours.is_held()
    wait_until(lambda: lease.hold(engine, "another-host:2:b", ours.seconds))
    assert not ours.is_held()
    assert not ours.renew()
