"""Machines whose clocks differ judge by the database's whether a sender is alive."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from clientes_app.extensions import db

from ..support.checking_client import CheckingClient
from ..support.clock import Clock


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_machine_whose_clock_is_wrong_is_ready_as_the_others_are(
    app: Flask, browser: CheckingClient, clock: Clock
) -> None:
    with app.app_context():
        engine = db.engine
    clock.pass_by(hours=1)
    let_a_sender_be_seen(engine, "now()")
    assert browser.get("/readyz").status_code == 200
    let_a_sender_be_seen(engine, "now() - interval '1 hour'")
    assert browser.get("/readyz").status_code == 503


def let_a_sender_be_seen(engine: Engine, moment: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM turno_de_envio"))
        connection.execute(text(f"INSERT INTO turno_de_envio (id, titular, latido) VALUES (1, 'a:1:b', {moment})"))
