"""PostgreSQL plans well as soon as a list is imported."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.extensions import db

from .conftest import Imports


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_knows_afterwards_how_many_clients_there_are(app: Flask, imports: Imports) -> None:
    imports.run("Nombre,Celular\nMaría Pérez,300 123 4567\nJuan Gil,3001234568\n")
    with app.app_context():
        known = text("SELECT reltuples FROM pg_class WHERE relname = 'cliente'")
        assert db.session.scalar(known) == 2
