"""Several processes behind one address: what one of them knows of sessions holds in all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from clientes_app.extensions import unit_of_work
from clientes_app.models import Sesion

from ..support.carrier import wait_until
from ..support.server import Server
from ..support.shop import Shop
from ..support.visitor import Visitor

Serve = Callable[[str], AbstractContextManager[Server]]

# Often enough that each of the processes is asked.
ASKED = 12


@pytest.fixture
def serve(app: Flask, tmp_path: Path) -> Serve:
    """Starts a server of two processes."""

    @contextmanager
    def served(mode: str) -> Iterator[Server]:
        url, log = app.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "server.log"
        server = Server(url, log, SMS_MODE=mode, GUNICORN_CMD_ARGS="--workers 2")
        server.start()
        yield server
        server.stop()

    return served


def lands(visitor: Visitor) -> set[str]:
    """Return where somebody is led to who asks for the own account again and again, each time on a new line."""
    return {visitor.lands("/cuenta/yo/") for _ in range(ASKED)}


def test_a_session_is_open_in_both_and_ends_in_both(app: Flask, account: int, serve: Serve) -> None:
    with serve("simulated") as server:
        visitor = Visitor(server.url)
        visitor.log_in()
        assert lands(visitor) == {"/cuenta/yo/"}
        with app.app_context(), unit_of_work() as session:
            session.execute(delete(Sesion))
        assert lands(visitor) == {"/cuenta/entrar/"}


def test_both_say_the_same_code_for_the_first_admin(app: Flask, shop: Shop, serve: Serve) -> None:
    with serve("twilio") as server:
        codes = wait_until(lambda: found if len(found := re.findall(r"with the code (\S+)", server.log())) == 2 else [])
        assert len(set(codes)) == 1
