"""A database that is away: everybody is told to try again, in the form that they read, and it goes on by itself."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from clientes_app.auth.sessions import NOTICED_EVERY
from clientes_app.database import transactions
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, Cliente, Recibo, Sesion, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.simulator import SIMULATED_AUTH_TOKEN

from ..support import outages
from ..support.campaigns import Campaigns
from ..support.carrier import point_at
from ..support.checking_client import CheckingClient
from ..support.databases import migrate
from ..support.postgres import PostgresServer, running_postgres

PUBLIC = "https://shop.example"
NUMBER = "+573001234567"
ATTEMPT, SID = "ab" * 16, "SM" + "0" * 32
STATUS, INBOUND = f"/twilio/estado/{ATTEMPT}", "/twilio/entrante/"
NEW_CLIENT = {"nombre": "Carlos Ruiz", "telefono": "3009876543"}

Away = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def migrated_own_postgres(own_postgres: PostgresServer) -> str:
    migrate(own_postgres.create("migrated"))
    return "migrated"


@pytest.fixture
def postgresql_url(own_postgres: PostgresServer, migrated_own_postgres: str) -> Iterator[str]:
    with own_postgres.database(template=migrated_own_postgres) as url:
        yield url


@pytest.fixture
def settings(settings: Any) -> Any:
    return dataclasses.replace(settings, public_base_url=PUBLIC)


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    point_at(app, "http://127.0.0.1:9")
    outages.be_impatient(app, monkeypatch)
    return app


@pytest.fixture
def away(app: Flask, request: pytest.FixtureRequest) -> Away:
    """Take the database away: wholly."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return partial(outages.out_of_reach, app)
    return partial(outages.stopped, request.getfixturevalue("own_postgres"))


UNWRITABLE = [outages.locked, outages.full]


def call(app: Flask, path: str, fields: dict[str, str]) -> TestResponse:
    """Call as Twilio does."""
    signature = RequestValidator(SIMULATED_AUTH_TOKEN).compute_signature(PUBLIC + path, fields)
    return app.test_client().post(path, data=fields, headers={"X-Twilio-Signature": signature})


def says_try_again(answer: TestResponse) -> bool:
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def stacks(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.exc_info]


@pytest.mark.both_databases
def test_a_page_is_answered_in_the_frame_and_comes_back(
    admin: CheckingClient, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    english = {"Accept-Language": "en"}
    with away():
        answers = [admin.get(url, headers=english) for url in ("/", "/clientes/", "/cuenta/yo/", "/nowhere/")]
        assert [says_try_again(answer) for answer in answers] == [True] * 4
        page = answers[0].text
        assert "The database does not answer at this moment." in page
        assert 'class="top-bar"' in page
        assert "may not be saved" not in page
    assert not stacks(caplog)
    admin.get("/")  # the first to come may meet a connection that has died
    assert admin.get("/clientes/").status_code == 200, "the session goes on"


@pytest.mark.both_databases
def test_each_caller_is_answered_in_its_form(
    app: Flask, admin: CheckingClient, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    token = {"Authorization": "Bearer clientes_" + "x" * 40}
    with away():
        form = admin.send("/clientes/nuevo/", NEW_CLIENT, Accept_Language="en")
        fragment = admin.swap("/clientes/nuevo/", NEW_CLIENT)
        program = admin.send_json("/clientes/crear/ajax/", NEW_CLIENT)
        by_token = app.test_client().get("/clientes/plantillas-sms/", headers=token)
        logging_in = app.test_client().get("/cuenta/entrar/")
        out_of_date = admin.post("/clientes/nuevo/", data=NEW_CLIENT)  # its refusal asks who it is
    assert says_try_again(form)
    assert "may not be saved" in form.text
    assert says_try_again(fragment)
    assert fragment.headers["HX-Retarget"] == "#flashes"
    assert "<html" not in fragment.text
    for answer in (program, by_token):
        assert says_try_again(answer)
        assert answer.json
        assert answer.json["success"] is False
    assert says_try_again(logging_in)
    assert says_try_again(out_of_date)
    assert not stacks(caplog)


@pytest.mark.parametrize("unwritable", UNWRITABLE)
def test_what_cannot_be_written_is_not_claimed_and_pages_are_read_on(
    app: Flask,
    admin: CheckingClient,
    unwritable: Callable[[Flask], AbstractContextManager[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Sesion).values(visto=utc_now() - 2 * NOTICED_EVERY))
    with unwritable(app):
        assert says_try_again(admin.send("/clientes/nuevo/", NEW_CLIENT))
        assert admin.get("/clientes/").status_code == 200, "though it cannot be noted that somebody is there"
    assert not stacks(caplog)
    with app.app_context():
        assert db.session.scalars(select(Cliente)).all() == []
    assert admin.send("/clientes/nuevo/", NEW_CLIENT).status_code == 302


def test_writers_of_one_process_do_not_wait_for_each_other_in_turn(app: Flask, admin: CheckingClient) -> None:
    with app.app_context(), transactions.one_writer(db.engine):
        assert says_try_again(admin.send("/clientes/nuevo/", NEW_CLIENT))
    assert admin.send("/clientes/nuevo/", NEW_CLIENT).status_code == 302


def test_a_fault_of_ours_is_none_of_these(app: Flask, admin: CheckingClient, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(text("ALTER TABLE plantilla_sms RENAME TO elsewhere"))
    assert admin.get("/clientes/plantillas-sms/").status_code == 500
    assert stacks(caplog)


@pytest.fixture
def message(campaigns: Campaigns, app: Flask) -> Callable[[], SMSLog]:
    """Return a message that Twilio accepted, as it is stored now."""
    campaign_id = campaigns.start(0, NUMBER)
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).values(intento=ATTEMPT))
    return lambda: campaigns.row(campaign_id)


def opted_out(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Baja.telefono_e164)))


def calls(app: Flask) -> list[TestResponse]:
    """Call with a receipt the short way and the long way, and with what somebody answered."""
    fields = {"MessageSid": SID, "MessageStatus": "delivered"}
    return [
        call(app, STATUS, fields),
        call(app, f"{STATUS}?long=way", fields),
        call(app, INBOUND, {"From": NUMBER, "Body": "BAJA", "MessageSid": "SM" + "1" * 32}),
    ]


def check_calls(
    app: Flask, away: AbstractContextManager[None], message: Callable[[], SMSLog], log: pytest.LogCaptureFixture
) -> None:
    """Let Twilio call while the database is away, and again: it is asked to do so, and all is heard once."""
    with away:
        answers = calls(app)
        assert [says_try_again(answer) for answer in answers] == [True] * 3
        assert [answer.data for answer in answers] == [b""] * 3
        assert app.test_client().post(STATUS).status_code == 403
    assert not stacks(log)
    assert message().recibo is None
    assert opted_out(app) == []
    answers = calls(app)
    assert [answer.status_code for answer in answers] == [204, 204, 200]
    assert message().recibo is Recibo.DELIVERED
    assert opted_out(app) == [NUMBER]


@pytest.mark.both_databases
def test_twilio_is_asked_to_call_again(
    app: Flask, message: Callable[[], SMSLog], away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    check_calls(app, away(), message, caplog)


@pytest.mark.parametrize("unwritable", UNWRITABLE)
def test_so_it_is_where_nothing_can_be_written(
    app: Flask,
    message: Callable[[], SMSLog],
    unwritable: Callable[[Flask], AbstractContextManager[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    check_calls(app, unwritable(app), message, caplog)


@pytest.mark.both_databases
def test_an_error_of_the_database_tells_no_values(context: None) -> None:
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text("SELECT nothing FROM nowhere WHERE number = :number"), {"number": "+573001234567"})
    assert "+573001234567" not in str(raised.value)
