"""A shop that wrote to somebody, and Twilio, which hands on what is answered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from itertools import count

import pytest
from flask import Flask

from clientes_app.config import Settings
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, Respuesta, SMSLog
from clientes_app.models.types import utc_now

from ..support.shop import Shop
from ..support.twilio_requests import NUMBER, PUBLIC

_sids = count(1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings with an address for Twilio."""
    return dataclasses.replace(settings, public_base_url=PUBLIC)


def write_to(
    shop: Shop,
    account: int,
    number: str = NUMBER,
    *,
    at: datetime | None = None,
    state: EstadoSMS = EstadoSMS.ENVIADO,
    name: str = "Promo",
) -> int:
    """Store a campaign of one message; answer its id."""
    campaign = CampanaSMS(nombre=name, mensaje="Hola", enviada_por_id=account, usuario_id=account)
    campaign.estado, campaign.completado, campaign.total_clientes = EstadoCampana.COMPLETADO, utc_now(), 1
    counter = {EstadoSMS.ENVIADO: "enviados_exitosos", EstadoSMS.FALLIDO: "enviados_fallidos"}[state]
    setattr(campaign, counter, 1)
    campaign_id = shop.add(campaign)
    moment = at or utc_now()
    message = SMSLog(campana_id=campaign_id, nombre="Laura", telefono_e164=number, estado=state, actualizado=moment)
    message.twilio_sid = f"SM{next(_sids)}"
    shop.add(message)
    return campaign_id


@pytest.fixture
def answers(app: Flask) -> Callable[[], list[tuple[int, str]]]:
    """Reads the answers that are kept: whose, and what they say."""

    def read() -> list[tuple[int, str]]:
        with app.app_context():
            rows = db.session.scalars(db.select(Respuesta).order_by(Respuesta.id))
            return [(row.usuario_id, row.mensaje) for row in rows]

    return read
