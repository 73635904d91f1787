"""The second step: codes from an app, recovery codes, and what half a log-in may not do."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from clientes_app import create_app
from clientes_app.config import Settings
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Accion, Auditoria, CodigoDeRecuperacion, Cuenta, Totp, Usuario
from clientes_app.models.types import utc_now

from ...support.checking_client import CheckingClient, open_browser
from ...support.second_factor import turn_on_app, wrong_code
from ...support.shop import PASSWORD, Shop

STEP, RECOVERY, FIRST = "/cuenta/segundo-paso/", "/cuenta/segundo-paso/recuperacion/", "/cuenta/segundo-paso/activar/"
SETTINGS = "/cuenta/segundo-paso/ajustes/"
APP = f"{SETTINGS}app/"
LOG_IN = "/cuenta/entrar/"
_CODE = re.compile(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>")
_SECRET = re.compile(r'secret-text">([A-Z2-7]{32})<')


@pytest.fixture
def phone(app: Flask, account: int) -> pyotp.TOTP:
    """The app on the phone of `ana`."""
    return turn_on_app(app, account)


@pytest.fixture
def waiting(browser: CheckingClient, phone: pyotp.TOTP) -> CheckingClient:
    """The browser of `ana`, who gave her password and owes the second step."""
    assert browser.log_in("ana").location == STEP
    return browser


@pytest.fixture
def new_browser(app: Flask) -> Callable[[], CheckingClient]:
    """Open another browser."""
    return lambda: open_browser(app)


def is_in(browser: CheckingClient) -> bool:
    return browser.get("/").status_code == 200


def give(browser: CheckingClient, code: str, url: str = STEP) -> TestResponse:
    return browser.send(url, {"codigo": code})


def forget_last_code(app: Flask) -> None:
    """Let half a minute pass for every app at once."""
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Totp).values(ultimo_paso=0))


def audited(app: Flask) -> list[tuple[Accion, str, dict[str, str]]]:
    with app.app_context():
        rows = db.session.scalars(select(Auditoria).order_by(Auditoria.id))
        ours = (Accion.SECOND_FACTOR_ON, Accion.SECOND_FACTOR_OFF, Accion.LOG_IN_FAILED)
        return [(row.accion, row.persona, row.detalle) for row in rows if row.accion in ours]


def turn_on(browser: CheckingClient) -> tuple[pyotp.TOTP, list[str]]:
    """Turn codes from an app on as a person does; answer the app and the recovery codes."""
    page = browser.send(f"{APP}empezar/", {})
    secret = _SECRET.search(browser.get(page.location).text)
    assert secret
    phone = pyotp.TOTP(secret[1])
    answer = browser.send(APP, {"codigo": phone.now(), "clave": PASSWORD})
    return phone, _CODE.findall(answer.text)


def test_a_code_from_the_app_lets_in(waiting: CheckingClient, phone: pyotp.TOTP) -> None:
    page = waiting.get(STEP).text
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert give(waiting, f" {phone.now()} ").location == "/"
    assert is_in(waiting)


def test_it_goes_on_to_the_page_that_was_wanted(browser: CheckingClient, phone: pyotp.TOTP) -> None:
    browser.send(LOG_IN, {"usuario": "ana", "clave": PASSWORD, "next": "/clientes/?q=a"})
    assert give(browser, phone.now()).location == "/clientes/?q=a"


@pytest.mark.parametrize("offset", [-1, 1])
def test_clocks_may_differ_by_a_step(waiting: CheckingClient, phone: pyotp.TOTP, offset: int) -> None:
    # Two tries: a step may end between reading the clock and comparing.
    codes = (phone.at(int(utc_now().timestamp()), counter_offset=offset) for _ in range(2))
    assert any(give(waiting, code).location == "/" for code in codes)


@pytest.mark.parametrize("code", ["", "12345", "nonsense", "１２３４５６", "1" * 60])
def test_what_is_no_code_is_refused(waiting: CheckingClient, code: str) -> None:
    response = give(waiting, code)
    assert response.status_code == 200
    assert "aria-invalid" in response.text
    assert not is_in(waiting)


def test_a_code_from_long_ago_is_refused(waiting: CheckingClient, phone: pyotp.TOTP) -> None:
    assert give(waiting, phone.at(int(utc_now().timestamp()), counter_offset=-3)).status_code == 200
    assert not is_in(waiting)


def test_a_wrong_code_stands_in_the_audit(app: Flask, waiting: CheckingClient, phone: pyotp.TOTP) -> None:
    give(waiting, wrong_code(phone))
    give(waiting, "ABCD-EFGH-IJKL-MNOP", RECOVERY)
    assert audited(app) == [
        (Accion.LOG_IN_FAILED, "ana", {"motivo": "codigo"}),
        (Accion.LOG_IN_FAILED, "ana", {"motivo": "codigo_de_recuperacion"}),
    ]


def test_a_replayed_code_is_refused(
    waiting: CheckingClient, phone: pyotp.TOTP, new_browser: Callable[[], CheckingClient]
) -> None:
    code = phone.now()
    assert give(waiting, code).location == "/"
    thief = new_browser()
    thief.log_in("ana")
    assert give(thief, code).status_code == 200
    assert not is_in(thief)


@pytest.mark.both_databases
def test_of_two_requests_with_one_code_exactly_one_gets_in(app: Flask, account: int) -> None:
    phone = turn_on_app(app, account)
    browsers = [open_browser(app) for _ in range(2)]
    for browser in browsers:
        browser.log_in("ana")
    code, together = phone.now(), Barrier(2)

    def race(browser: CheckingClient) -> int:
        together.wait()
        return give(browser, code).status_code

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(race, browsers)) == [200, 302]
    assert [is_in(browser) for browser in browsers].count(True) == 1


def test_after_five_wrong_codes_the_right_one_is_refused_too(
    app: Flask, waiting: CheckingClient, phone: pyotp.TOTP, new_browser: Callable[[], CheckingClient]
) -> None:
    for _ in range(5):
        assert give(waiting, wrong_code(phone)).status_code == 200
    assert give(waiting, phone.now()).status_code == 429
    elsewhere = new_browser()
    elsewhere.log_in("ana")
    assert give(elsewhere, phone.now()).status_code == 429
    assert give(elsewhere, "ABCD-EFGH-IJKL-MNOP", RECOVERY).status_code == 429
    assert len(audited(app)) == 5, "what came after was not compared"


def test_ones_guesses_do_not_keep_out_another(
    app: Flask, shop: Shop, waiting: CheckingClient, phone: pyotp.TOTP, account: int
) -> None:
    for _ in range(6):
        give(waiting, wrong_code(phone))
    other, browser = turn_on_app(app, shop.add_seller(account, "vero")), open_browser(app)
    browser.log_in("vero")
    assert give(browser, other.now()).location == "/"


def test_half_a_log_in_reaches_nothing(waiting: CheckingClient) -> None:
    for url in ("/", "/clientes/", SETTINGS, APP, "/telefono/"):
        assert waiting.get(url).location.startswith(LOG_IN), url
    assert waiting.send(f"{APP}quitar/", {"clave": PASSWORD}).location.startswith(LOG_IN)
    assert waiting.get("/clientes/plantillas-sms/").status_code == 401
    assert waiting.get(FIRST).location == STEP, "the password alone replaces no second factor"
    assert give(waiting, "123456", FIRST).location == STEP


def test_half_a_log_in_ends_after_five_minutes(waiting: CheckingClient, phone: pyotp.TOTP) -> None:
    with waiting.session_transaction() as session:
        session["segundo_paso"] = {
            **session["segundo_paso"],
            "desde": (utc_now() - timedelta(minutes=5, seconds=1)).isoformat(),
        }
    assert waiting.get(STEP).location == LOG_IN
    assert give(waiting, phone.now()).location == LOG_IN
    assert not is_in(waiting)


def test_half_a_log_in_cannot_be_forged(app: Flask, waiting: CheckingClient, settings: Settings) -> None:
    stranger = create_app(replace(settings, secret_key="of somebody else"))
    stranger.test_client_class = CheckingClient
    forger = open_browser(stranger)
    with forger.session_transaction() as session:
        session["segundo_paso"] = {"persona": 1, "desde": utc_now().isoformat(), "siguiente": "/"}
    cookie = forger.get_cookie("sessionid")
    assert cookie
    waiting.set_cookie("sessionid", cookie.value)
    assert waiting.get(STEP).location == LOG_IN


def test_nobody_waits_without_a_password(browser: CheckingClient, phone: pyotp.TOTP) -> None:
    for url in (STEP, RECOVERY, FIRST):
        assert browser.get(url).location == LOG_IN, url
        assert give(browser, phone.now(), url).location == LOG_IN, url


def test_who_was_deactivated_meanwhile_stays_out(
    app: Flask, waiting: CheckingClient, phone: pyotp.TOTP, account: int
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.get_one(Usuario, account).activo = False
    assert give(waiting, phone.now()).location == LOG_IN


def test_a_person_turns_codes_on(app: Flask, admin: CheckingClient) -> None:
    admin.send(f"{APP}empezar/", {})
    page = admin.get(APP).text
    assert 'src="data:image/svg+xml' in page
    secret = _SECRET.search(page)
    assert secret
    refused = admin.send(APP, {"codigo": pyotp.TOTP(secret[1]).now(), "clave": "wrong"})
    assert "aria-invalid" in refused.text
    assert admin.send(APP, {"codigo": wrong_code(pyotp.TOTP(secret[1])), "clave": PASSWORD}).status_code == 200
    assert audited(app) == []
    answer = admin.send(APP, {"codigo": pyotp.TOTP(secret[1]).now(), "clave": PASSWORD})
    assert len(set(_CODE.findall(answer.text))) == 10
    assert not _CODE.search(admin.get(SETTINGS).text), "they are shown once"
    assert audited(app) == [(Accion.SECOND_FACTOR_ON, "ana", {"con": "app"})]
    with app.app_context():
        assert secret[1] not in db.session.scalars(select(Totp.secreto)).one()
    admin.send("/cuenta/salir/")
    assert admin.log_in("ana").location == STEP


def test_the_code_that_turned_them_on_does_not_log_in(admin: CheckingClient) -> None:
    phone, _ = turn_on(admin)
    code = phone.now()
    admin.send("/cuenta/salir/")
    admin.log_in("ana")
    # In the next half minute it would be another code, which nobody has used.
    assert phone.now() != code or give(admin, code).status_code == 200


def test_a_secret_that_was_not_confirmed_changes_nothing(admin: CheckingClient) -> None:
    admin.send(f"{APP}empezar/", {})
    admin.send("/cuenta/salir/")
    assert admin.log_in("ana").location == "/"


def test_turning_off_asks_for_the_password(admin: CheckingClient) -> None:
    turn_on(admin)
    assert "aria-invalid" in admin.send(f"{APP}quitar/", {"clave": "wrong"}).text
    admin.send("/cuenta/salir/")
    assert admin.log_in("ana").location == STEP


def test_who_turned_off_logs_in_with_the_password(app: Flask, admin: CheckingClient) -> None:
    turn_on(admin)
    assert admin.send(f"{APP}quitar/", {"clave": PASSWORD}).location == SETTINGS
    assert audited(app)[-1] == (Accion.SECOND_FACTOR_OFF, "ana", {"con": "app"})
    with app.app_context():
        assert db.session.scalars(select(CodigoDeRecuperacion)).all() == []
    admin.send("/cuenta/salir/")
    assert admin.log_in("ana").location == "/"


def test_passwords_are_guessed_ten_times_at_most(admin: CheckingClient) -> None:
    turn_on(admin)
    for _ in range(10):
        assert admin.send(f"{APP}quitar/", {"clave": "wrong"}).status_code == 200
    assert admin.send(f"{APP}quitar/", {"clave": PASSWORD}).status_code == 429


def test_turning_on_twice_is_refused(admin: CheckingClient) -> None:
    turn_on(admin)
    assert admin.send(f"{APP}empezar/", {}).status_code == 409


def test_each_recovery_code_lets_in_once(admin: CheckingClient) -> None:
    _, codes = turn_on(admin)
    admin.send("/cuenta/salir/")
    admin.log_in("ana")
    assert give(admin, codes[0].lower().replace("-", " "), RECOVERY).location == "/"
    assert is_in(admin)
    assert "9 left" in admin.get(SETTINGS, headers={"Accept-Language": "en"}).text
    admin.send("/cuenta/salir/")
    admin.log_in("ana")
    assert give(admin, codes[0], RECOVERY).status_code == 200
    assert give(admin, codes[1], RECOVERY).location == "/"


def test_recovery_codes_are_not_stored_as_they_are(app: Flask, admin: CheckingClient) -> None:
    _, codes = turn_on(admin)
    with app.app_context():
        stored = " ".join(db.session.scalars(select(CodigoDeRecuperacion.codigo_hash)))
    assert not [code for code in codes if code in stored or code.replace("-", "") in stored]


@pytest.mark.both_databases
def test_of_two_requests_with_one_recovery_code_exactly_one_gets_in(app: Flask, admin: CheckingClient) -> None:
    _, codes = turn_on(admin)
    browsers, together = [open_browser(app) for _ in range(2)], Barrier(2)
    for browser in browsers:
        browser.log_in("ana")

    def race(browser: CheckingClient) -> int:
        together.wait()
        return give(browser, codes[0], RECOVERY).status_code

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(race, browsers)) == [200, 302]


def test_new_recovery_codes_replace_the_old(admin: CheckingClient) -> None:
    _, old = turn_on(admin)
    url = f"{SETTINGS}codigos/"
    assert not _CODE.search(admin.send(url, {"clave": "wrong"}).text)
    new = _CODE.findall(admin.send(url, {"clave": PASSWORD}).text)
    assert len(new) == 10
    assert not set(new) & set(old)
    admin.send("/cuenta/salir/")
    admin.log_in("ana")
    assert give(admin, old[0], RECOVERY).status_code == 200
    assert give(admin, new[0], RECOVERY).location == "/"


def test_there_are_no_recovery_codes_for_nothing(admin: CheckingClient) -> None:
    assert admin.send(f"{SETTINGS}codigos/", {"clave": PASSWORD}).status_code == 409


@pytest.fixture
def strict(app: Flask, account: int) -> None:
    """The shop of `ana` asks everybody for a second step."""
    with app.app_context(), unit_of_work() as session:
        session.add(Cuenta(usuario_id=account, exige_segundo_factor=True))


def test_a_shop_that_asks_for_it_lets_nobody_in_without(
    app: Flask, shop: Shop, strict: None, browser: CheckingClient, account: int
) -> None:
    shop.add_seller(account, "vero")
    form = {"usuario": "vero", "clave": PASSWORD, "next": "/clientes/"}
    assert browser.send(LOG_IN, form).location == FIRST
    assert browser.get("/").location.startswith(LOG_IN)
    assert browser.get(STEP).location == FIRST
    secret = _SECRET.search(browser.get(FIRST).text)
    assert secret
    assert give(browser, wrong_code(pyotp.TOTP(secret[1])), FIRST).status_code == 200
    assert not is_in(browser)
    answer = give(browser, pyotp.TOTP(secret[1]).now(), FIRST)
    assert len(_CODE.findall(answer.text)) == 10
    assert 'href="/clientes/"' in answer.text
    assert is_in(browser)
    assert audited(app) == [(Accion.SECOND_FACTOR_ON, "vero", {"con": "app"})]
    browser.send("/cuenta/salir/")
    assert browser.log_in("vero").location == STEP


def test_a_shop_that_asks_for_it_does_not_let_it_be_turned_off(
    app: Flask, strict: None, phone: pyotp.TOTP, waiting: CheckingClient
) -> None:
    give(waiting, phone.now())
    assert waiting.send(f"{APP}quitar/", {"clave": PASSWORD}).status_code == 409
    with app.app_context():
        assert db.session.scalars(select(Totp.confirmado)).one()


def test_a_replaced_key_still_opens_the_secret(
    app: Flask, waiting: CheckingClient, phone: pyotp.TOTP, settings: Settings
) -> None:
    def after_replacing(key: str, *fallbacks: str) -> TestResponse:
        newer = create_app(replace(settings, secret_key=key))
        newer.config["SECRET_KEY_FALLBACKS"] = list(fallbacks)
        newer.test_client_class = CheckingClient
        forget_last_code(newer)
        browser = open_browser(newer)
        browser.log_in("ana")
        answer = give(browser, phone.now())
        with newer.app_context():
            db.engine.dispose()
        return answer

    assert after_replacing("a newer key", "for tests only").location == "/"
    assert after_replacing("a newer key").location == "/", "the secret went over to the newer key"
    assert after_replacing("the newest key").status_code == 200, "and no other opens it"


def test_the_command_line_helps_who_lost_everything(app: Flask, waiting: CheckingClient) -> None:
    answer = app.test_cli_runner().invoke(args=["users", "remove-second-factor", "ana"])
    assert answer.exit_code == 0
    assert audited(app) == [(Accion.SECOND_FACTOR_OFF, "", {"con": "todo"})]
    assert waiting.log_in("ana").location == "/"
    assert app.test_cli_runner().invoke(args=["users", "remove-second-factor", "nobody"]).exit_code == 1
