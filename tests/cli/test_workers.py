"""`workers`: who is alive, as an operator reads it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from clientes_app.extensions import db
from clientes_app.models import TurnoDeEnvio
from clientes_app.models.types import utc_now
from clientes_app.sending import lease

pytestmark = pytest.mark.both_databases


def listed(app: Flask) -> list[str]:
    answer = app.test_cli_runner().invoke(args=["workers"])
    assert answer.exit_code == 0, answer.output
    return answer.output.splitlines()


def test_nobody_sends(app: Flask) -> None:
    assert listed(app) == ["Nobody sends."]


def test_the_server_sends_by_itself(app: Flask) -> None:
    with app.app_context():
        lease.hold(db.engine, "shop/1:4711:a")
    _, server = listed(app)
    assert re.fullmatch(r"shop:4711  server  20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ  \d s ago", server)


def test_those_who_give_no_sign_of_life_are_said_to_be_gone(app: Flask) -> None:
    with app.app_context():
        lease.enter(db.engine, "one/1:7:a", 0, queues="send")
        with db.engine.begin() as connection:
            connection.execute(update(TurnoDeEnvio).values(latido=utc_now() - timedelta(seconds=40)))
    _, gone, nobody = listed(app)
    assert re.search(r"  4\d s ago: gone$", gone)
    assert nobody == "Nobody sends."


def test_workers_stand_below_each_other(app: Flask) -> None:
    with app.app_context():
        lease.enter(db.engine, "one/1:7:a", 0, queues="send,imports,upkeep")
        lease.enter(db.engine, "the-other/1:4711:b", 0, queues="send")
    headings, first, second = listed(app)
    for heading, cells in (("WHERE", ("one:7", "the-other:4711")), ("DOES", ("send,imports,upkeep", "send"))):
        column = headings.index(heading)
        assert (first[column:].startswith(cells[0]), second[column:].startswith(cells[1])) == (True, True)


def test_one_that_only_imports_is_listed_and_does_not_send(app: Flask) -> None:
    with app.app_context():
        lease.enter(db.engine, "one/1:7:a", 0, queues="imports,upkeep")
    _, importing, nobody = listed(app)
    assert importing.startswith("one:7  imports,upkeep  ")
    assert nobody == "Nobody sends."
    assert app.test_client().get("/readyz").status_code == 503
