"""What reports say, worked out once more from every row, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import Baja, CampanaSMS, EstadoSMS, Recibo, SMSLog, Venta

ARRIVED = (Recibo.DELIVERED, Recibo.READ)
LOST = (Recibo.UNDELIVERED, Recibo.FAILED, Recibo.CANCELED)
CHARGED = (EstadoSMS.ENVIADO, EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO)


@dataclass(frozen=True)
class Bought:
    """A sale that came after a message."""

    sale: Venta
    message: SMSLog


class Rows:
    """All rows of an account, as they are at one moment."""

    def __init__(self, app: Flask, account: int, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        with app.app_context():
            own = select(CampanaSMS).where(CampanaSMS.usuario_id == account, ~CampanaSMS.es_prueba)
            self.campaigns = {each.id: each for each in db.session.scalars(own)}
            messages = db.session.scalars(select(SMSLog)).all()
            self.to_clients = [each for each in messages if each.cliente_id]
            self.messages = [each for each in messages if each.campana_id in self.campaigns]
            self.sales = list(db.session.scalars(select(Venta).where(Venta.usuario_id == account)))
            self.opt_outs = list(db.session.scalars(select(Baja).where(Baja.usuario_id == account)))

    def in_month(self, moment: datetime, month: date) -> bool:
        return moment.astimezone(self.zone).date().replace(day=1) == month

    def messages_of(self, month: date) -> list[SMSLog]:
        return [each for each in self.messages if self.in_month(each.actualizado, month)]

    def bought(self, days: int) -> list[Bought]:
        """List the sales that came within so many days after a message, each with the last message before it."""
        found = []
        for sale in self.sales:
            before = [
                each
                for each in self.messages
                if each.cliente_id == sale.cliente_id
                and each.estado is EstadoSMS.ENVIADO
                and each.recibo not in LOST
                and each.actualizado <= sale.fecha
            ]
            last = max(before, key=lambda each: (each.actualizado, each.id), default=None)
            if last is None:
                continue
            whole_seconds = int(sale.fecha.timestamp()) - int(last.actualizado.timestamp())
            if whole_seconds <= days * 86_400:
                found.append(Bought(sale, last))
        return found

    def written_to(self) -> set[int | None]:
        """Return the clients to whom a message of a campaign went out."""
        return {each.cliente_id for each in self.messages if each.estado is EstadoSMS.ENVIADO}

    def lost(self) -> set[int | None]:
        """Return the clients whose last three messages that were tried did not arrive."""
        tried: dict[int | None, list[bool]] = {}
        for each in sorted(self.to_clients, key=lambda each: each.id):
            if each.estado in (EstadoSMS.ENVIADO, EstadoSMS.FALLIDO):
                arrived = each.estado is EstadoSMS.ENVIADO and each.recibo not in LOST
                tried.setdefault(each.cliente_id, []).append(arrived)
        return {client for client, arrived in tried.items() if len(arrived) > 2 and not any(arrived[-3:])}

    def cost(self, messages: Sequence[SMSLog]) -> Decimal:
        costs = Decimal(0)
        for each in messages:
            campaign = self.campaigns[each.campana_id]
            if each.estado in CHARGED and campaign.destinatarios:
                costs += campaign.costo / campaign.destinatarios
        return costs.quantize(Decimal("0.01"))

    def costed(self, messages: Sequence[SMSLog]) -> tuple[int, int]:
        """Count the messages of which the cost is known, and all that cost something."""
        charged = [each for each in messages if each.estado in CHARGED]
        return sum(self.campaigns[each.campana_id].costo > 0 for each in charged), len(charged)

    def by_slot(self, first: date, last: date) -> tuple[Counter[tuple[int, int]], int]:
        """Count the sales by weekday and hour, and those that say no hour."""
        slots: Counter[tuple[int, int]] = Counter()
        without_hour = 0
        for sale in self.sales:
            local = sale.fecha.astimezone(self.zone)
            if not first <= local.date() <= last:
                continue
            if (local.hour, local.minute, local.second, local.microsecond) == (12, 0, 0, 0):
                without_hour += 1
            else:
                slots[local.weekday(), local.hour] += 1
        return slots, without_hour


def states(messages: Sequence[SMSLog]) -> tuple[int, int, int]:
    """Count the messages that went out, those that arrived, and those that were refused or not delivered."""
    sent = [each for each in messages if each.estado is EstadoSMS.ENVIADO]
    arrived = sum(each.recibo in ARRIVED for each in sent)
    failed = sum(each.estado is EstadoSMS.FALLIDO for each in messages) + sum(each.recibo in LOST for each in sent)
    return len(sent), arrived, failed


def sums(bought: Sequence[Bought]) -> tuple[int, int, Decimal]:
    """Return how many sales, to how many clients, for how many pesos."""
    clients = {each.sale.cliente_id for each in bought}
    return len(bought), len(clients), sum((each.sale.total for each in bought), Decimal(0))


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
