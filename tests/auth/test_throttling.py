"""Wrong passwords are counted: by address, by name, by browser; what is over the limit is not even compared."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app import create_app
from clientes_app.auth import passwords, tries
from clientes_app.config import Settings
from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria

from ..support.checking_client import CheckingClient, open_browser
from ..support.shop import PASSWORD, Shop

OF_ONE_NAME = tries.OF_NAME_FROM_ADDRESS.amount
FROM_ONE_ADDRESS = tries.FROM_ADDRESS.amount


def browser_at(app: Flask, address: str) -> CheckingClient:
    client = open_browser(app)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def fail(client: CheckingClient, name: str, times: int) -> list[int]:
    return [client.log_in(name, "a wrong password").status_code for _ in range(times)]


def compared(app: Flask) -> int:
    """Count the wrong passwords that were compared: each of those stands in the audit."""
    with app.app_context():
        query = select(func.count()).where(Auditoria.accion == Accion.LOG_IN_FAILED)
        return int(db.session.scalar(query) or 0)


def test_after_the_limit_the_right_password_is_refused_too(app: Flask, account: int) -> None:
    client = browser_at(app, "203.0.113.7")
    assert fail(client, "ana", OF_ONE_NAME) == [200] * OF_ONE_NAME
    refused = client.log_in("ana")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert "aria-invalid" in refused.text
    assert "10 min" in refused.text
    assert client.get("/").status_code == 302
    assert compared(app) == OF_ONE_NAME


def test_it_says_the_same_of_a_name_that_does_not_exist(app: Flask, account: int) -> None:
    answers = {
        name: fail(browser_at(app, address), name, OF_ONE_NAME + 1)
        for name, address in (("ana", "203.0.113.7"), ("nobody", "203.0.113.8"))
    }
    assert answers["ana"] == answers["nobody"] == [200] * OF_ONE_NAME + [429]


def test_an_address_may_not_try_many_names(app: Flask, account: int) -> None:
    client = browser_at(app, "203.0.113.7")
    answers = [client.log_in(f"name{number}", "x").status_code for number in range(FROM_ONE_ADDRESS + 1)]
    assert answers == [200] * FROM_ONE_ADDRESS + [429]
    assert client.log_in("ana").status_code == 429
    assert browser_at(app, "203.0.113.8").log_in("ana").status_code == 302


def test_a_network_of_ipv6_is_one_address(app: Flask, account: int) -> None:
    for number in range(OF_ONE_NAME):
        browser_at(app, f"2001:db8:1:1::{number}").log_in("ana", "wrong")
    assert browser_at(app, "2001:db8:1:1::ffff").log_in("ana").status_code == 429
    assert browser_at(app, "2001:db8:1:2::1").log_in("ana").status_code == 302


def test_who_mistypes_and_then_gets_in_is_not_counted(app: Flask, account: int) -> None:
    client = browser_at(app, "203.0.113.7")
    for _ in range(FROM_ONE_ADDRESS * 2):
        assert client.log_in("ana").status_code == 302
        client.delete_cookie("conocido", path="/cuenta/")
    assert fail(client, "ana", OF_ONE_NAME) == [200] * OF_ONE_NAME


def test_guessing_from_many_addresses_is_stopped_and_keeps_only_strange_browsers_out(
    app: Flask, shop: Shop, account: int
) -> None:
    shop.add_seller(account, "vero")
    anas = browser_at(app, "198.51.100.1")
    assert anas.log_in("ana").status_code == 302
    answers = [
        browser_at(app, f"203.0.113.{number}").log_in("ana", "wrong").status_code
        for number in range(tries.OF_NAME.amount + 20)
    ]
    assert answers.count(429) == 20
    assert compared(app) == tries.OF_NAME.amount
    assert browser_at(app, "203.0.113.200").log_in("ana").status_code == 429
    assert anas.log_in("ana").status_code == 302, "in a browser that ana has used before"
    assert anas.log_in("vero").status_code == 302, "and others are let in from anywhere"


def test_a_known_browser_has_a_limit_too_and_is_known_for_one_person(app: Flask, shop: Shop, account: int) -> None:
    client = browser_at(app, "203.0.113.7")
    client.log_in("ana")
    limit = tries.FROM_KNOWN_BROWSER.amount
    assert fail(client, "ana", limit + 1) == [200] * limit + [429]
    shop.add_seller(account, "vero")
    assert fail(client, "vero", 1) == [200]
    assert browser_at(app, "203.0.113.7").log_in("ana").status_code == 302


def test_the_storm_of_one_address_leaves_others_alone(app: Flask, shop: Shop, account: int) -> None:
    storm = browser_at(app, "203.0.113.7")
    answers = {storm.log_in(f"name{number % 10}", "x").status_code for number in range(100)}
    assert answers == {200, 429}
    assert compared(app) == FROM_ONE_ADDRESS
    assert browser_at(app, "198.51.100.1").log_in("ana").status_code == 302


def test_whose_address_has_failed_waits_apart_from_the_others(app: Flask, account: int) -> None:
    storm = browser_at(app, "203.0.113.7")
    assert fail(storm, "ana", 1) == [200]
    with ExitStack() as full:
        for _ in range(32):
            full.enter_context(passwords.LATER_TRIES.places)
        assert storm.log_in("ana").status_code == 503
        assert browser_at(app, "203.0.113.8").log_in("ana").status_code == 302
    assert storm.log_in("ana").status_code == 302


def test_a_known_browser_does_not_wait_behind_a_storm(app: Flask, account: int) -> None:
    known = browser_at(app, "203.0.113.7")
    assert known.log_in("ana").status_code == 302
    with ExitStack() as full:
        for room in (passwords.FIRST_TRIES, passwords.LATER_TRIES):
            for _ in range(32):
                full.enter_context(room.places)
        assert browser_at(app, "203.0.113.8").log_in("ana").status_code == 503
        assert known.log_in("ana").status_code == 302


def test_people_who_log_in_at_once_from_one_shop_are_no_storm(app: Flask, account: int) -> None:
    def enter(number: int) -> int:
        return browser_at(app, "203.0.113.7").log_in("ana").status_code

    with ThreadPoolExecutor(24) as pool:
        assert set(pool.map(enter, range(24))) == {302}


def test_of_many_wrong_passwords_at_once_none_slips_through(app: Flask, account: int) -> None:
    def guess(number: int) -> int:
        return browser_at(app, "203.0.113.7").log_in("ana", f"guess {number}").status_code

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(guess, range(40)))
    assert answers.count(200) == OF_ONE_NAME == compared(app)


def test_a_forged_forwarded_address_neither_helps_nor_harms(app: Flask, account: int) -> None:
    client = browser_at(app, "203.0.113.7")
    for number in range(OF_ONE_NAME):
        client.send("/cuenta/entrar/", {"usuario": "ana", "clave": "x"}, X_Forwarded_For=f"10.0.0.{number}")
    refused = client.send("/cuenta/entrar/", {"usuario": "ana", "clave": PASSWORD}, X_Forwarded_For="10.1.1.1")
    assert refused.status_code == 429
    with app.app_context():
        assert set(db.session.scalars(select(Auditoria.direccion))) == {"203.0.113.7"}


@pytest.fixture
def behind_a_proxy(settings: Settings) -> Flask:
    app = create_app(dataclasses.replace(settings, trusted_proxies=1))
    app.test_client_class = CheckingClient
    return app


def test_behind_a_proxy_that_is_trusted_its_word_counts_and_only_its(behind_a_proxy: Flask, account: int) -> None:
    client = browser_at(behind_a_proxy, "127.0.0.1")
    form = {"usuario": "ana", "clave": "x"}
    for number in range(OF_ONE_NAME):
        # The client wrote the first, the proxy added the last.
        client.send("/cuenta/entrar/", form, X_Forwarded_For=f"10.0.0.{number}, 203.0.113.7")
    form["clave"] = PASSWORD
    assert client.send("/cuenta/entrar/", form, X_Forwarded_For="10.1.1.1, 203.0.113.7").status_code == 429
    assert client.send("/cuenta/entrar/", form, X_Forwarded_For="203.0.113.8").status_code == 302
    with behind_a_proxy.app_context():
        assert set(db.session.scalars(select(Auditoria.direccion))) == {"203.0.113.7", "203.0.113.8"}
        db.engine.dispose()


def test_a_counter_that_cannot_be_reached_lets_nobody_guess(settings: Settings, account: int) -> None:
    app = create_app(dataclasses.replace(settings, ratelimit_storage_uri="redis://127.0.0.1:1/0"))
    app.test_client_class = CheckingClient
    assert browser_at(app, "127.0.0.1").log_in("ana").status_code == 503
    with app.app_context():
        db.engine.dispose()
