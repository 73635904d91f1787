"""The lease: one sender at a time, whatever happens to the others."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from clientes_app.extensions import db
from clientes_app.models import TurnoDeEnvio
from clientes_app.models.types import utc_now
from clientes_app.sending import lease

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
    long_ago = utc_now() - timedelta(seconds=lease.LEASE_SECONDS + 1)
    with engine.begin() as connection:
        connection.execute(update(TurnoDeEnvio).values(latido=long_ago))
    assert lease.hold(engine, "another-host:2:b")
    assert not lease.hold(engine, "another-host:1:a")


def test_a_process_of_this_host_that_died_loses_it_at_once(engine: Engine) -> None:
    dead = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(dead, 0)
    assert lease.hold(engine, f"{socket.gethostname()}:{dead}:a")
    assert lease.hold(engine, "another-host:2:b")


def test_a_living_process_of_this_host_keeps_it(engine: Engine) -> None:
    assert lease.hold(engine, lease.new_owner())
    assert not lease.hold(engine, lease.new_owner())
