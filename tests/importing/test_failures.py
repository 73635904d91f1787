"""An import at whose same step every worker fails: it is ended, and the others go on."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from clientes_app.audit_log import NOBODY
from clientes_app.background import import_supervisor
from clientes_app.background.import_failures import FAILED_AGAIN
from clientes_app.background.import_supervisor import Imports as Supervisor
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.importing import services
from clientes_app.models import EstadoImportacion
from clientes_app.settings import settings_of

from ..support.carrier import wait_until
from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases


def test_it_is_ended_and_the_imports_of_other_shops_go_on(
    app: Flask, admin: CheckingClient, shop: Shop, imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = imports.account
    monkeypatch.setattr(import_supervisor, "SECONDS_BETWEEN_STARTS", 0.01)
    shop.add_client(account, "Ana Paz", "3001110001")
    broken = imports.review_sales("fecha,celular,total\n05/03/2026,3001110001,1000\n")
    with app.test_request_context():
        services.start_applying(account, broken, by=NOBODY)
    others = Imports(app, shop.add_admin("otra"))
    waiting = others.upload("nombre\nEva\n")
    others.start_review(waiting)
    with app.app_context():
        with write_transaction(db.engine) as connection:
            connection.execute(text("ALTER TABLE venta RENAME COLUMN recibo TO otro"))
        supervisor = Supervisor(db.engine, settings_of(app))
    supervisor.start()
    try:
        wait_until(lambda: others.get(waiting).estado is EstadoImportacion.REVISADA, 60)
    finally:
        supervisor.stop()
    ended = imports.get(broken)
    assert (ended.estado, ended.titular, ended.error_mensaje) == (EstadoImportacion.ERROR, None, FAILED_AGAIN)
    assert ended.nuevas == 0
    assert "se dañó tres veces" in admin.get(f"/clientes/importar/{broken}/").text
