"""Web machines that share a PostgreSQL count tries together, whatever becomes of the request that counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from sqlalchemy import func, select, text

from clientes_app import create_app
from clientes_app.auth import tries
from clientes_app.config import Settings, Workers
from clientes_app.errors import ServiceUnavailable
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import Intento, Usuario
from clientes_app.privacy import retention
from clientes_app.web import throttling

from ..support.app import close
from ..support.carrier import wait_until
from ..support.checking_client import CheckingClient, open_browser
from ..support.databases import migrate
from ..support.outages import stopped
from ..support.postgres import running_postgres
from ..support.races import race

LIMIT = RateLimitItemPerMinute(10)


def distributed(settings: Settings, url: str) -> Settings:
    return dataclasses.replace(settings, workers=Workers.DISTRIBUTED, database_url=url)


@pytest.fixture
def settings(settings: Settings, postgresql_url: str) -> Settings:
    """Those of one machine of several."""
    return distributed(settings, postgresql_url)


@pytest.fixture
def other_machine(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.test_client_class = CheckingClient
    yield app
    close(app)


def test_wrong_passwords_at_one_machine_count_at_another(app: Flask, other_machine: Flask, account: int) -> None:
    here, there = open_browser(app), open_browser(other_machine)
    half = tries.OF_NAME_FROM_ADDRESS.amount // 2
    for client in (here, there):
        assert [client.log_in("ana", "a wrong password").status_code for _ in range(half)] == [200] * half
    for client in (here, there):
        refused = client.log_in("ana")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 600


def test_the_right_password_is_counted_no_more(app: Flask, account: int) -> None:
    for _ in range(tries.OF_NAME_FROM_ADDRESS.amount + 1):
        assert open_browser(app).log_in("ana").status_code == 302


def test_nobody_meets_a_connection_that_died_meanwhile(app: Flask, account: int) -> None:
    """The server was restarted while nobody came: the first who logs in does not notice."""
    open_browser(app).log_in("ana")
    with app.app_context():
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        db.session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        db.session.remove()
    assert open_browser(app).log_in("ana").status_code == 302


def test_a_race_lets_the_limit_through(app: Flask) -> None:
    outcomes = race(app, *[lambda: throttling.take(LIMIT, "shop")] * 32)
    assert outcomes.all.count(True) == LIMIT.amount


@pytest.mark.usefixtures("context")
def test_a_try_counts_though_its_request_is_rolled_back(account: int) -> None:
    def try_and_fail() -> None:
        with unit_of_work() as session:
            session.add(Usuario(usuario="eva", clave_hash="x"))
            throttling.take(LIMIT, "shop")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        try_and_fail()
    assert throttling.left(LIMIT, "shop") == LIMIT.amount - 1


@pytest.mark.usefixtures("context")
def test_a_count_is_given_back_and_forgotten() -> None:
    assert [throttling.take(LIMIT, "shop") for _ in range(11)] == [True] * 10 + [False]
    assert 0 < throttling.seconds_left(LIMIT, "shop") <= 60
    throttling.give_back(LIMIT, "shop")
    throttling.give_back(LIMIT, "shop")
    assert throttling.left(LIMIT, "shop") == 1
    throttling.forget(LIMIT, "shop")
    assert throttling.left(LIMIT, "shop") == LIMIT.amount


@pytest.mark.usefixtures("context")
def test_the_daily_sweep_deletes_what_has_ended(settings: Settings) -> None:
    throttling.take(RateLimitItemPerSecond(1), "shop")
    throttling.take(LIMIT, "shop")
    wait_until(lambda: throttling.left(RateLimitItemPerSecond(1), "shop"))
    retention.sweep(storage_of(settings))
    assert db.session.scalar(select(func.count()).select_from(Intento)) == 1
    assert throttling.left(LIMIT, "shop") == LIMIT.amount - 1


def test_without_the_database_nobody_guesses(settings: Settings) -> None:
    with running_postgres() as server:
        url = server.create("clientes")
        migrate(url)
        app = create_app(distributed(settings, url))
        with app.test_request_context():
            assert throttling.take(LIMIT, "shop")
            with stopped(server), pytest.raises(ServiceUnavailable):
                throttling.take(LIMIT, "shop")
            assert throttling.left(LIMIT, "shop") == LIMIT.amount - 1
        close(app)
