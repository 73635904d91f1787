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
    Anotado,
    CampanaContada,
    CompraDespues,
    Contado,
    MensajesContados,
    Privacidad,
)
from clientes_app.models.types import utc_now

from ..support.clock import Clock
from ..support.shop import Shop
from .random_shop import RandomShop

pytestmark = pytest.mark.both_databases


def test_the_daily_sweep_counts(app: Flask, shop: Shop, clock: Clock) -> None:
    clock.set(2026, 11, 20, 9)
    made = RandomShop(app, shop, "a", "America/Bogota", 4)
    look(app)
    assert number(app, CampanaContada) == 6
    assert min(number(app, each) for each in (MensajesContados, Contado, CompraDespues)) > 0
    late = made.add_campaign()
    made.add_sale(made.clients[0], made.moment())
    look(app)
    assert counted(app, late) == 0, "it is the same day"
    assert number(app, Anotado) == 0
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Privacidad).values(limpieza=utc_now() - timedelta(days=2)))
    look(app)
    assert counted(app, late) == 1


def look(app: Flask) -> None:
    """Do what the sweep's thread does, once."""
    Daily(app).look()


def number(app: Flask, model: type[Any]) -> int:
    """Count the rows of a table."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def counted(app: Flask, campaign_id: int) -> int:
    """Tell whether a campaign was counted."""
    with app.app_context():
        return len(db.session.scalars(select(CampanaContada).filter_by(campana_id=campaign_id)).all())
