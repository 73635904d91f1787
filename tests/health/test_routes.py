"""Whether the app is alive, and ready."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from clientes_app.background.sender import Sender
from clientes_app.extensions import db

from ..support.campaigns import Campaigns
from ..support.carrier import wait_until
from ..support.checking_client import CheckingClient

pytestmark = pytest.mark.both_databases


def test_without_a_sender_it_is_alive_but_not_ready(browser: CheckingClient) -> None:
    alive, ready = browser.get("/healthz"), browser.get("/readyz")
    assert (alive.status_code, alive.text) == (200, "ok\n")
    assert (ready.status_code, ready.text) == (503, "not ready\n")


def test_it_gives_no_cookie(browser: CheckingClient) -> None:
    assert "Set-Cookie" not in browser.get("/healthz").headers
    assert "Set-Cookie" not in browser.get("/readyz").headers


def test_with_a_sender_it_is_ready_until_the_database_is_another(
    app: Flask, browser: CheckingClient, sender: Sender
) -> None:
    wait_until(lambda: browser.get("/readyz").status_code == 200)
    assert browser.get("/readyz").text == "ready\n"
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert browser.get("/readyz").status_code == 503
    assert browser.get("/healthz").status_code == 200


def test_a_sender_that_cannot_record_is_not_ready(
    campaigns: Campaigns, app: Flask, browser: CheckingClient, sender: Sender
) -> None:
    """The lease is let go by a sender that fails, and its message is uncertain once it can be said."""
    wait_until(lambda: browser.get("/readyz").status_code == 200)
    with app.app_context():
        engine = db.engine
    forbid_sent_messages(engine)
    campaign_id = campaigns.start(1)
    wait_until(lambda: browser.get("/readyz").status_code == 503)
    allow_sent_messages(engine)
    assert campaigns.ended(campaign_id).inciertos == 1
    wait_until(lambda: browser.get("/readyz").status_code == 200)


def forbid_sent_messages(engine: Engine) -> None:
    """Let the database refuse whatever a sender may learn of a message."""
    if engine.dialect.name == "sqlite":
        trigger = (
            "CREATE TRIGGER refuse BEFORE UPDATE ON sms_log WHEN OLD.estado = 'enviando'"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    else:
        trigger = (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation'; END $$;"
            "CREATE TRIGGER refuse BEFORE UPDATE ON sms_log FOR EACH ROW WHEN (OLD.estado = 'enviando')"
            " EXECUTE FUNCTION refuse()"
        )
    with engine.begin() as connection:
        connection.exec_driver_sql(trigger)


def allow_sent_messages(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuse" + ("" if engine.dialect.name == "sqlite" else " ON sms_log"))
