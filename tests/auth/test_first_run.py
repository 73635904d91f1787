"""The first admin of a new installation."""

from __future__ import annotations

import dataclasses
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app import create_app
from clientes_app.audit_log import NOBODY
from clientes_app.auth import first_run
from clientes_app.config import Settings, SmsMode, TwilioSettings
from clientes_app.errors import Conflict
from clientes_app.extensions import db
from clientes_app.models import Rol, Usuario

from ..support.app import close
from ..support.checking_client import CheckingClient, open_browser
from ..support.postgres import PostgresServer
from ..support.shop import PASSWORD, Shop

PAGE = "/cuenta/primera-vez/"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation that sends in earnest, which the test client calls by HTTP all the same."""
    return Settings(
        secret_key="for tests only",
        database_url=database_url,
        sms_mode=SmsMode.TWILIO,
        twilio=TwilioSettings("AC1", "token", "+15005550006"),
        uploads_path=tmp_path / "uploads",
    )


@pytest.fixture
def browser(app: Flask) -> CheckingClient:
    """A browser at the other end of a line with HTTPS: the cookies are sent over nothing else."""
    client = open_browser(app)
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_REFERER"] = "https://localhost/"
    return client


@pytest.fixture
def code(app: Flask, caplog: pytest.LogCaptureFixture) -> str:
    """The code, as the log says it."""
    with caplog.at_level(logging.WARNING):
        first_run.announce(app)
    (found,) = re.findall(r"with the code (\S+)", caplog.text)
    return str(found)


def form(code: str, name: str = "ana", password: str = PASSWORD) -> dict[str, str]:
    return {"codigo": code, "usuario": name, "clave": password}


def people(app: Flask) -> list[Usuario]:
    with app.app_context():
        return list(db.session.scalars(select(Usuario)))


def test_the_first_visit_leads_to_it_and_the_first_admin_is_logged_in(
    app: Flask, browser: CheckingClient, code: str
) -> None:
    assert browser.get("/cuenta/entrar/").location == PAGE
    assert code not in browser.get(PAGE).text
    assert browser.send(PAGE, form(code.lower())).location == "/"
    assert browser.get("/").status_code == 200
    (person,) = people(app)
    assert (person.usuario, person.rol) == ("ana", Rol.ADMIN)


def test_afterwards_the_page_is_gone_and_nothing_is_announced(
    app: Flask, browser: CheckingClient, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser.send(PAGE, form(code))
    browser.send("/cuenta/salir/")
    assert browser.get("/cuenta/entrar/").status_code == 200
    assert browser.get(PAGE).status_code == 404
    assert browser.send(PAGE, form(code, "eva")).status_code == 404
    assert len(people(app)) == 1
    caplog.clear()
    first_run.announce(app)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"codigo": "AAAA-AAAA-AAAA"},
        {"codigo": ""},
        {"codigo": "ñandú"},
        {"usuario": ""},
        {"clave": "short"},
        {"clave": "password123"},
    ],
)
def test_what_is_not_right_makes_nobody(app: Flask, browser: CheckingClient, code: str, wrong: dict[str, str]) -> None:
    browser.get(PAGE)
    answer = browser.send(PAGE, {**form(code), **wrong})
    assert (answer.status_code, "aria-invalid" in answer.text) == (200, True)
    assert people(app) == []


def test_the_code_cannot_be_guessed_for_long(app: Flask, browser: CheckingClient, code: str) -> None:
    browser.get(PAGE)
    answers = [browser.send(PAGE, form(f"AAAA-AAAA-{number:04}")).status_code for number in range(21)]
    assert answers == [200] * 20 + [429]
    assert browser.send(PAGE, form(code)).status_code == 429
    assert people(app) == []


def code_of(settings: Settings) -> str:
    other = create_app(settings)
    with other.app_context():
        found = first_run.code()
    close(other)
    return found


def test_every_process_says_the_same_code_and_another_installation_another(settings: Settings, tmp_path: Path) -> None:
    assert code_of(settings) == code_of(settings)
    assert code_of(settings) != code_of(dataclasses.replace(settings, secret_key="another key"))
    another_file = f"sqlite:///{tmp_path / 'another.sqlite'}"
    assert code_of(settings) != code_of(dataclasses.replace(settings, database_url=another_file))


def test_every_machine_says_the_same_code_however_it_reaches_the_database(
    settings: Settings, postgres: PostgresServer, postgresql_url: str
) -> None:
    ways = [postgresql_url, f"{postgresql_url}&application_name=web2"]
    here, there = (code_of(dataclasses.replace(settings, database_url=way)) for way in ways)
    assert here == there
    with postgres.database() as another:
        assert here != code_of(dataclasses.replace(settings, database_url=another))


def test_sample_people_do_not_count(app: Flask, browser: CheckingClient, shop: Shop) -> None:
    shop.add(Usuario(usuario="demo", clave_hash="x", rol=Rol.ADMIN, de_muestra=True))
    assert browser.get("/cuenta/entrar/").location == PAGE


@pytest.mark.both_databases
def test_two_at_once_make_one(app: Flask, browser: CheckingClient, code: str, shop: Shop) -> None:
    def create(name: str) -> bool:
        with app.test_request_context():
            try:
                first_run.create_first_admin(code, name, PASSWORD, by=NOBODY)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create, ["ana", "eva", "iris", "olga"]))
    assert made.count(True) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Usuario)) == 1


def test_in_simulated_mode_there_is_no_such_page(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings("for tests only", database_url))
    client = app.test_client()
    assert client.get(PAGE).status_code == 404
    assert client.get("/cuenta/entrar/").status_code == 200
    with app.app_context():
        db.engine.dispose()
