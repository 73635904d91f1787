"""The daily sweep counts what reports show: who looks next finds it counted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clientes_app.background.daily import Daily
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import (
    CampanaContada,
    CompraDespues,
    MensajesContados,
    Privacidad,
    SinMensajesContados,
    VentaAnotada,
    VentasContadas,
)
from clientes_app.models.types import utc_now
from clientes_app.reports import kept_clients

from ..support.clock import Clock
from ..support.shop import Shop, account_of
from .random_shop import RandomShop

pytestmark = pytest.mark.both_databases


def test_the_daily_sweep_counts(app: Flask, shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.set(2026, 11, 20, 9)
    made = RandomShop(app, shop, "a", "America/Bogota", 4)
    monkeypatch.setattr(kept_clients, "LONG_SECONDS", 0.0)
    with app.app_context():
        kept_clients.clients_report(account_of(made.account))
    shop.add_client(made.account, "Sin número", "")
    assert number(app, VentaAnotada) == 60
    look(app)
    assert [number(app, each) for each in (CampanaContada, VentaAnotada)] == [6, 0]
    assert min(number(app, each) for each in (MensajesContados, VentasContadas, CompraDespues)) > 0
    with app.app_context():
        assert db.session.scalars(select(SinMensajesContados.sin_numero)).all() == [1]
    made.add_sale(made.clients[0], made.moment())
    look(app)
    assert number(app, VentaAnotada) == 1, "it is the same day"
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Privacidad).values(limpieza=utc_now() - timedelta(days=2)))
    look(app)
    assert number(app, VentaAnotada) == 0


def look(app: Flask) -> None:
    """Do what the sweep's thread does, once."""
    Daily(app).look()


def number(app: Flask, model: type[Any]) -> int:
    """Count the rows of a table."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0
