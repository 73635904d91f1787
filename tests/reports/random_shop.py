"""A shop whose messages and sales are made up, over some months and with every end that a message can come to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask

from clientes_app.extensions import unit_of_work
from clientes_app.models import (
    COUNTERS,
    Baja,
    CampanaSMS,
    Cuenta,
    EstadoCampana,
    EstadoSMS,
    OrigenBaja,
    Recibo,
    SMSLog,
    Venta,
)
from clientes_app.sending.faults import DUPLICATE_NUMBER, OPTED_OUT

from ..support.shop import Shop

BEGINS = datetime(2026, 8, 31, 12, tzinfo=UTC)
ENDS = datetime(2026, 11, 2, 12, tzinfo=UTC)
_SIDS = count()
_ENDS: Sequence[dict[str, Any]] = (
    {"estado": EstadoSMS.ENVIADO},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.DELIVERED},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.DELIVERED},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.READ},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.SENT},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.UNDELIVERED, "recibo_codigo": 30003},
    {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.FAILED, "recibo_codigo": 30008},
    {"estado": EstadoSMS.FALLIDO, "error_codigo": 21211, "error_mensaje": "The number does not exist"},
    {"estado": EstadoSMS.OMITIDO, "error_mensaje": OPTED_OUT},
    {"estado": EstadoSMS.OMITIDO, "error_mensaje": DUPLICATE_NUMBER},
    {"estado": EstadoSMS.INCIERTO, "error_mensaje": "Twilio did not answer: it may have arrived"},
)


class RandomShop:
    """An account with clients, campaigns and sales, the same for each seed."""

    def __init__(self, app: Flask, shop: Shop, name: str, zone: str, seed: int) -> None:
        self.app, self.shop, self.dice = app, shop, random.Random(seed)
        self.account = shop.add_admin(name)
        self._add(Cuenta(usuario_id=self.account, zona_horaria=zone))
        first = 3_000_000_000 + seed * 1_000
        self.clients = shop.add_clients(self.account, [str(first + place) for place in range(12)])
        self.campaigns = [self.add_campaign() for _ in range(6)]
        self.add_campaign(es_prueba=True)
        self.sales = [self.add_sale(self.dice.choice(self.clients), self.moment()) for _ in range(60)]
        self._add(*(self._opt_out(place) for place in range(8)))

    def moment(self) -> datetime:
        """Return some moment of these months; some fall together, some on the hour."""
        seconds = self.dice.randrange(int((ENDS - BEGINS).total_seconds()) // 900) * 900
        ragged = timedelta(microseconds=self.dice.randrange(900_000_000))
        return BEGINS + timedelta(seconds=seconds) + self.dice.choice([timedelta(), ragged, ragged])

    def add_campaign(self, *, es_prueba: bool = False) -> int:
        """Store a campaign that has ended, to most of the clients."""
        began = self.moment()
        rows = [
            self._message(client, began)
            for client in self.dice.sample(self.clients, self.dice.randrange(6, len(self.clients)))
        ]
        states = Counter(row.estado for row in rows)
        campaign = CampanaSMS(
            nombre="Prueba",
            mensaje="Hola",
            total_clientes=len(rows),
            estado=EstadoCampana.COMPLETADO,
            completado=began + timedelta(days=3),
            actualizado=began + timedelta(days=3),
            partes=len(rows),
            costo=Decimal(len(rows) * self.dice.randrange(10, 90)),
            destinatarios=len(rows),
            es_prueba=es_prueba,
            enviada_por_id=self.account,
            usuario_id=self.account,
            **{counter.key: states[state] for state, counter in COUNTERS.items()},
        )
        with self.app.app_context(), unit_of_work() as session:
            session.add(campaign)
            session.flush()
            for row in rows:
                row.campana_id = campaign.id
            session.add_all(rows)
            return int(campaign.id)

    def add_sale(self, client: int, moment: datetime) -> int:
        """Store a sale."""
        return self.shop.add_sale(self.account, client, self.dice.randrange(1, 90) * 1_000, fecha=moment)

    def _message(self, client: int, began: datetime) -> SMSLog:
        went_out = began + timedelta(minutes=self.dice.randrange(3 * 24 * 60))
        ended = dict(self.dice.choice(_ENDS))
        number = next(_SIDS)
        arrived = {"recibido": went_out + timedelta(minutes=self.dice.randrange(600))} if "recibo" in ended else {}
        return SMSLog(
            cliente_id=client,
            nombre=f"Cliente {client}",
            telefono_e164=None if ended["estado"] is EstadoSMS.OMITIDO else f"+57301{number:07d}",
            twilio_sid=f"SM{number}" if ended["estado"] is EstadoSMS.ENVIADO else None,
            partes=1,
            creado=began,
            actualizado=went_out,
            **ended,
            **arrived,
        )

    def _opt_out(self, place: int) -> Baja:
        return Baja(
            telefono_e164=f"+5730{self.account:03d}{place:05d}",
            origen=OrigenBaja.MANUAL,
            creado=self.moment(),
            usuario_id=self.account,
        )

    def _add(self, *rows: Any) -> None:
        with self.app.app_context(), unit_of_work() as session:
            session.add_all(rows)

    def change_sale(self, sale_id: int, **values: Any) -> None:
        """Change a sale that is stored."""
        with self.app.app_context(), unit_of_work() as session:
            sale = session.get_one(Venta, sale_id)
            for name, value in values.items():
                setattr(sale, name, value)

    def delete_sale(self, sale_id: int) -> None:
        """Delete a sale."""
        with self.app.app_context(), unit_of_work() as session:
            session.delete(session.get_one(Venta, sale_id))
        self.sales.remove(sale_id)
