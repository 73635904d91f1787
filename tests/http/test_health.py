"""Whether the app is alive, and ready."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.extensions import db
from clientes_app.sender import Sender

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
