"""PostgreSQL plans well as soon as a list is imported, or many clients are tagged."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.audit_log import NOBODY
from clientes_app.clients.tags import services as tags
from clientes_app.clients.tags import tagging
from clientes_app.extensions import db

from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def rows_known_of(app: Flask, table: str) -> float:
    with app.app_context():
        known = text("SELECT reltuples FROM pg_class WHERE relname = :name")
        return float(db.session.scalar(known, {"name": table}) or 0)


def test_it_knows_afterwards_how_many_clients_there_are(app: Flask, imports: Imports) -> None:
    imports.run("Nombre,Celular\nMaría Pérez,300 123 4567\nJuan Gil,3001234568\n")
    assert rows_known_of(app, "cliente") == 2


def test_and_how_many_have_a_tag(app: Flask, account: int, shop: Shop) -> None:
    clients = shop.add_clients(account, [f"30{number:08d}" for number in range(tagging.MANY)])
    with app.test_request_context():
        (tag,) = tags.store_tags(account, ["VIP"])
        tagging.tag_clients(account, clients, tag, by=NOBODY)
    assert rows_known_of(app, "cliente_etiqueta") == tagging.MANY
