"""Guessing the second step: pauses that grow and that a restart does not forget, and what the person is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app import create_app
from clientes_app.audit_log import NOBODY
from clientes_app.config import Settings
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Accion, Auditoria, SegundoPasoFallido
from clientes_app.models.types import utc_now
from clientes_app.people import links, services

from ...support.checking_client import CheckingClient, open_browser
from ...support.second_factor import Device, turn_on_app, wrong_code
from ...support.shop import PASSWORD, Shop

STEP, RECOVERY = "/cuenta/segundo-paso/", "/cuenta/segundo-paso/recuperacion/"
KEYS, BESIDE = f"{STEP}ajustes/llaves/", f"{STEP}llave/"
LOG_IN, OWN = "/cuenta/entrar/", "/cuenta/yo/"
MINUTE, DAY = 60, 24 * 3600
NEW_PASSWORD = "quite another one"


@pytest.fixture
def phone(app: Flask, account: int) -> pyotp.TOTP:
    """The app on the phone of `ana`."""
    return turn_on_app(app, account)


@pytest.fixture
def guess(app: Flask, phone: pyotp.TOTP) -> Callable[..., list[int]]:
    """Gives wrong codes in a browser that knows the password; answers the statuses."""

    def give(times: int, url: str = STEP) -> list[int]:
        browser = open_browser(app)
        assert browser.log_in("ana").location == STEP
        return [browser.send(url, {"codigo": wrong_code(phone)}).status_code for _ in range(times)]

    return give


def enter(app: Flask, phone: pyotp.TOTP, password: str = PASSWORD) -> CheckingClient:
    """Log in with the password and a right code."""
    browser = open_browser(app)
    assert browser.log_in("ana", password).location == STEP
    assert browser.send(STEP, {"codigo": phone.now()}, Accept_Language="en").location == "/"
    return browser


def pass_time(app: Flask) -> None:
    """Let the pause be over."""
    with app.app_context(), unit_of_work() as session:
        session.get_one(SegundoPasoFallido, 1).espera_hasta = utc_now() - timedelta(seconds=1)


def compared(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(Auditoria.accion == Accion.LOG_IN_FAILED)) or 0


@pytest.mark.both_databases
def test_each_pause_is_twice_as_long_up_to_a_day(
    app: Flask, guess: Callable[..., list[int]], phone: pyotp.TOTP
) -> None:
    guess(5)
    waits = []
    for _ in range(12):
        browser = open_browser(app)
        browser.log_in("ana")
        refused = browser.send(STEP, {"codigo": phone.now()}, Accept_Language="en")
        assert refused.status_code == 429
        assert "passkey" in refused.text
        waits.append(int(refused.headers["Retry-After"]))
        pass_time(app)
        assert guess(1) == [200]
    expected = [min(5 * MINUTE * 2**doubled, DAY) for doubled in range(12)]
    assert all(said - 20 <= wait <= said for wait, said in zip(waits, expected, strict=True)), waits
    assert expected[-3:] == [DAY] * 3
    pass_time(app)
    assert enter(app, phone).get("/").status_code == 200, "a right code after the pause"
    assert guess(5) == [200] * 5, "and the pauses begin anew"


def test_a_restart_forgets_nothing(
    app: Flask, settings: Settings, guess: Callable[..., list[int]], phone: pyotp.TOTP
) -> None:
    guess(5)
    started_again = create_app(settings)
    started_again.test_client_class = CheckingClient
    browser = open_browser(started_again)
    browser.log_in("ana")
    assert browser.send(STEP, {"codigo": phone.now()}).status_code == 429
    with started_again.app_context():
        db.engine.dispose()


def test_recovery_codes_are_counted_with_them(guess: Callable[..., list[int]]) -> None:
    assert guess(3) + guess(3, RECOVERY) + guess(1) == [200] * 5 + [429, 429]


@pytest.mark.both_databases
def test_of_many_guesses_at_once_no_more_are_compared(app: Flask, phone: pyotp.TOTP) -> None:
    together = Barrier(12)
    browsers = [open_browser(app) for _ in range(together.parties)]
    for browser in browsers:
        browser.log_in("ana")

    def guess(browser: CheckingClient) -> int:
        together.wait()
        return browser.send(STEP, {"codigo": wrong_code(phone)}).status_code

    with ThreadPoolExecutor(together.parties) as pool:
        answers = list(pool.map(guess, browsers))
    assert answers.count(200) == 5 == compared(app)
    assert answers.count(429) == 7


def test_a_passkey_lets_in_during_a_pause(app: Flask, admin: CheckingClient, phone: pyotp.TOTP) -> None:
    device, new = Device(), {"nombre": "Portátil", "clave": PASSWORD}
    made = device.make(admin.send(f"{KEYS}opciones/", new).get_json())
    assert admin.send(KEYS, {**new, "credencial": made}).status_code == 200
    browser = open_browser(app)
    browser.log_in("ana")
    for _ in range(5):
        browser.send(STEP, {"codigo": wrong_code(phone)})
    assert browser.send(STEP, {"codigo": phone.now()}).status_code == 429
    signed = device.sign(browser.send(f"{BESIDE}opciones/").get_json())
    assert browser.send(BESIDE, {"credencial": signed}, Accept_Language="en").location == "/"
    assert "5 codes of your two-step verification" in browser.get("/", headers={"Accept-Language": "en"}).text
    elsewhere = open_browser(app)
    elsewhere.log_in("ana")
    assert elsewhere.send(STEP, {"codigo": phone.now()}).status_code == 429, "whoever guesses goes on waiting"


def test_a_new_password_ends_the_pause(app: Flask, guess: Callable[..., list[int]], phone: pyotp.TOTP) -> None:
    guess(6)
    with app.test_request_context():
        secret = links.make_link_for("ana", by=NOBODY)
    link = open_browser(app)
    assert link.send(f"/cuenta/enlace/{secret}/", {"clave": NEW_PASSWORD}).location == STEP
    assert link.send(STEP, {"codigo": phone.now()}).location == "/"


def test_an_admin_who_takes_the_second_step_away_ends_it_too(app: Flask, shop: Shop, account: int) -> None:
    vero = shop.add_seller(account, "vero")
    for _ in range(2):
        phone, browser = turn_on_app(app, vero), open_browser(app)
        assert browser.log_in("vero").location == STEP
        for _ in range(5):
            assert browser.send(STEP, {"codigo": wrong_code(phone)}).status_code == 200
        with app.test_request_context():
            services.remove_second_step(account, vero, by=NOBODY)
    browser.log_in("vero")
    assert "10 codes" in browser.get(OWN, headers={"Accept-Language": "en"}).text


def test_the_person_is_told_until_the_password_is_another(
    app: Flask, guess: Callable[..., list[int]], phone: pyotp.TOTP
) -> None:
    english = {"Accept-Language": "en"}
    guess(3)
    browser = enter(app, phone)
    assert "Before this, 3 codes of your two-step verification were wrong." in browser.get("/", headers=english).text
    for page in (OWN, f"{STEP}ajustes/"):
        assert "3 codes of your two-step verification were wrong since" in browser.get(page, headers=english).text
    changed = {"clave_actual": PASSWORD, "clave_nueva": NEW_PASSWORD}
    assert browser.send(f"{OWN}clave/", changed).status_code == 302
    for page in (OWN, f"{STEP}ajustes/"):
        assert "were wrong" not in browser.get(page, headers=english).text


def test_who_mistypes_is_told_nothing(app: Flask, guess: Callable[..., list[int]], phone: pyotp.TOTP) -> None:
    guess(2)
    browser = enter(app, phone)
    for page in ("/", OWN):
        assert "were wrong" not in browser.get(page, headers={"Accept-Language": "en"}).text
