"""What a change of the password ends: everything that the password before it opened, also at the same moment."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.auth import sessions
from clientes_app.errors import Conflict, DomainError
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Cuenta, Enlace, Sesion, Totp, Usuario
from clientes_app.people import links
from clientes_app.people.profile import services as own

from ..support.checking_client import CheckingClient, open_browser
from ..support.second_factor import turn_on_app
from ..support.shop import PASSWORD, Shop

pytestmark = pytest.mark.both_databases

STEP, FIRST = "/cuenta/segundo-paso/", "/cuenta/segundo-paso/activar/"
LOG_IN = "/cuenta/entrar/"
NEW_PASSWORD = "quite another one"
_SECRET = re.compile(r'secret-text">([A-Z2-7]{32})<')


def is_in(browser: CheckingClient) -> bool:
    return browser.get("/").status_code == 200


def make_link(app: Flask, name: str = "ana") -> str:
    with app.test_request_context():
        return links.make_link_for(name, by=NOBODY)


def use_link(app: Flask, secret: str, password: str = NEW_PASSWORD) -> None:
    with app.test_request_context():
        links.use_link(secret, password, by=NOBODY)


def change(app: Flask, person: int, present: str, new: str) -> None:
    with app.test_request_context():
        own.change_password(person, None, present, new, by=NOBODY)


def reset(app: Flask, _person: int) -> None:
    use_link(app, make_link(app))


def change_it(app: Flask, person: int) -> None:
    change(app, person, PASSWORD, NEW_PASSWORD)


CHANGES = pytest.mark.parametrize("change_password", [reset, change_it])


@CHANGES
def test_half_a_log_in_ends(app: Flask, account: int, browser: CheckingClient, change_password: Any) -> None:
    phone = turn_on_app(app, account)
    assert browser.log_in("ana").location == STEP
    change_password(app, account)
    assert browser.send(STEP, {"codigo": phone.now()}).location == LOG_IN
    assert browser.send(f"{STEP}recuperacion/", {"codigo": "ABCD-EFGH-IJKL-MNOP"}).location == LOG_IN
    assert browser.send(f"{STEP}llave/opciones/").status_code == 409
    assert not is_in(browser)
    assert browser.log_in("ana", NEW_PASSWORD).location == STEP
    assert browser.send(STEP, {"codigo": phone.now()}).location == "/"


@CHANGES
def test_an_app_that_was_begun_with_the_old_one_is_not_there_any_more(
    app: Flask, account: int, browser: CheckingClient, change_password: Any
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=account, exige_segundo_factor=True))
    assert browser.log_in("ana").location == FIRST
    seen = _SECRET.search(browser.get(FIRST).text)
    assert seen
    change_password(app, account)
    assert browser.send(FIRST, {"codigo": pyotp.TOTP(seen[1]).now()}).location == LOG_IN
    with app.app_context():
        assert db.session.scalars(select(Totp)).all() == []
    assert browser.log_in("ana", NEW_PASSWORD).location == FIRST
    fresh = _SECRET.search(browser.get(FIRST).text)
    assert fresh
    assert fresh[1] != seen[1]


@CHANGES
def test_links_and_sessions_end(app: Flask, account: int, admin: CheckingClient, change_password: Any) -> None:
    make_link(app)
    change_password(app, account)
    assert not is_in(admin)
    with app.app_context():
        assert db.session.scalars(select(Enlace)).all() == []
        assert db.session.scalars(select(Sesion)).all() == []


def test_a_confirmed_app_stays(app: Flask, account: int) -> None:
    turn_on_app(app, account)
    reset(app, account)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Totp)) == 1


def test_who_was_deactivated_in_between_opens_no_session(app: Flask, shop: Shop, account: int) -> None:
    vero = shop.add_seller(account, "vero")
    with app.app_context(), unit_of_work() as session:
        person = session.get_one(Usuario, vero)
        proved, person.activo = person.clave_hash, False
    with app.test_request_context(), pytest.raises(Conflict):
        sessions.begin(vero, proved, "Firefox", by=Actor(address="127.0.0.1"))


@pytest.mark.parametrize("stored_in_an_older_way", [False, True])
def test_who_logs_in_with_the_old_one_at_the_same_moment_does_not_stay(
    app: Flask, shop: Shop, stored_in_an_older_way: bool
) -> None:
    older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for number in range(8):
        name = f"ana{number}"
        person = shop.add_admin(name)
        if stored_in_an_older_way:
            with app.app_context(), unit_of_work() as session:
                session.get_one(Usuario, person).clave_hash = older
        secret, browser = make_link(app, name), open_browser(app)
        browser.token()
        at_once(lambda: use_link(app, secret), lambda: browser.log_in(name))  # noqa: B023 (both end in this turn)
        assert not is_in(browser)
        assert open_browser(app).log_in(name, NEW_PASSWORD).status_code == 302


def test_of_two_changes_at_the_same_moment_one_is_made(app: Flask, account: int) -> None:
    wished = ["the first wish", "the second wish"]
    outcomes = at_once(*(lambda new=new: change(app, account, PASSWORD, new) for new in wished))
    made = [new for new, outcome in zip(wished, outcomes, strict=True) if outcome is None]
    assert len(made) == 1
    assert open_browser(app).log_in("ana", made[0]).status_code == 302


def test_of_two_links_made_at_the_same_moment_one_is_left(app: Flask, account: int) -> None:
    at_once(*[lambda: make_link(app)] * 4)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Enlace)) == 1


def at_once(*acts: Any) -> list[Any]:
    """Let each act run in a thread of its own from one moment on; answer what it returned, or its refusal."""
    together = Barrier(len(acts))

    def run(act: Any) -> Any:
        together.wait()
        try:
            return act()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
