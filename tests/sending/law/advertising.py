"""A shop that advertises: it stores, claims and records without a sender, at an hour that is lawful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import count

from flask import Flask
from sqlalchemy import Engine, select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db
from clientes_app.models import EstadoSMS, Norma, PublicidadDelDia, SMSLog, TipoDeCampana
from clientes_app.sending import lease, outbox, recording
from clientes_app.sending.carrier import Fate, Message, Outcome, Result

from ...support.shop import Shop

OWNER = "here:1:test"
TUESDAY = date(2026, 11, 24)
ALL_DAY = {
    f"{days}_{edge}": minute
    for days in ("semana", "sabado", "festivo")
    for edge, minute in (("abre", 0), ("cierra", 1440))
}

_sids = count(1)


def numbers(count: int) -> list[str]:
    """Return so many numbers, in their order."""
    return [f"+5730012{number:05d}" for number in range(count)]


class Advertiser:
    """An account whose clients are known by their numbers."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        with app.app_context():
            self.engine: Engine = db.engine
        self.app, self.shop, self.id = app, shop, account
        self._clients: dict[str, int] = {}
        assert lease.hold(self.engine, OWNER)

    def settle(self, **rules: int) -> None:
        """Let advertising go out at any hour, under these rules."""
        self.shop.add(Norma(usuario_id=self.id, **ALL_DAY, **rules))

    def client(self, number: str) -> int:
        if number not in self._clients:
            self._clients |= zip([number], self.shop.add_clients(self.id, [number]), strict=True)
        return self._clients[number]

    def store(
        self, *numbers: str, tipo: TipoDeCampana | None = TipoDeCampana.PUBLICIDAD, exceptuada: bool = False
    ) -> int:
        """Store a campaign to clients who have these numbers, in this order."""
        new = [number for number in numbers if number not in self._clients]
        self._clients |= zip(new, self.shop.add_clients(self.id, new), strict=True)
        clients = tuple(self._clients[number] for number in numbers)
        reason = "Su pedido" if tipo is TipoDeCampana.SERVICIO else None
        with self.app.test_request_context():
            draft = services.Draft(
                Ticked(clients), "Hola", "Prueba", tipo=tipo, motivo_servicio=reason, exceptuada=exceptuada
            )
            return int(services.create_campaign(self.id, draft, by=NOBODY).id)

    def claim(self, campaign_id: int, most: int = 1_000) -> Sequence[Message]:
        return outbox.claim(self.engine, OWNER, campaign_id, most)

    def record(self, messages: Sequence[Message], fate: Fate = Fate.SENT) -> None:
        recording.record(self.engine, [Result(message, _outcome(fate)) for message in messages], {}, {})

    def send(self, campaign_id: int, most: int = 1_000) -> list[str]:
        """Claim and send; answer to which numbers."""
        messages = self.claim(campaign_id, most)
        self.record(messages)
        return [message.to for message in messages]

    def advertise(self, *numbers: str) -> list[str]:
        """Send an advertisement; answer to which of the numbers it went."""
        return self.send(self.store(*numbers))

    def end(self) -> None:
        """Leave the lease to a sender."""
        lease.let_go(self.engine, OWNER)

    def days(self) -> list[tuple[str, date]]:
        """List whose advertisement of which days is taken."""
        taken = select(PublicidadDelDia.telefono_e164, PublicidadDelDia.dia).where(
            PublicidadDelDia.usuario_id == self.id
        )
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(taken.order_by(*taken.selected_columns))]

    def ends(self, campaign_id: int) -> Mapping[tuple[EstadoSMS, str | None], int]:
        """Count a campaign's messages by state and reason."""
        rows = select(SMSLog.estado, SMSLog.error_mensaje).where(SMSLog.campana_id == campaign_id)
        with self.engine.connect() as connection:
            return Counter(tuple(row) for row in connection.execute(rows))


def _outcome(fate: Fate) -> Outcome:
    return Outcome(fate, sid=f"SM{next(_sids):032x}") if fate is Fate.SENT else Outcome(fate, reason="x")
