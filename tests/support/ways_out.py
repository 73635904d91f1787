"""Advertisements with a way out of their own: stored, claimed, and what their links say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db
from clientes_app.models import Baja, OrigenBaja, SMSLog, TipoDeCampana
from clientes_app.sending import claiming, lease, recording
from clientes_app.sending.carrier import Fate, Message, Outcome, Result
from clientes_app.sending.law import codes
from clientes_app.settings import current_settings, replace_settings

from .shop import Shop

OWNER = "test:1:x"
BASE_URL = "https://tienda.example"


def answer_at(app: Flask, base_url: str, **changes: Any) -> None:
    """Let the app be reached at an address."""
    with app.app_context():
        settings = current_settings()
    replace_settings(app, dataclasses.replace(settings, public_base_url=base_url, **changes))


class Advertiser:
    """Sends advertisements of an account, which keep to no hours."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app, self.shop, self.account = app, shop, account

    def store(self, *client_ids: int, text: str = "Hola {nombre}", kind: TipoDeCampana | None = None) -> int:
        """Store a campaign, and return its id."""
        kind = kind or TipoDeCampana.PUBLICIDAD
        why = "su pedido" if kind is TipoDeCampana.SERVICIO else None
        excepted = kind is TipoDeCampana.PUBLICIDAD
        draft = services.Draft(Ticked(client_ids), text, "Prueba", tipo=kind, motivo_servicio=why, exceptuada=excepted)
        with self.app.test_request_context():
            return int(services.create_campaign(self.account, draft, by=NOBODY).id)

    def claim(self, campaign_id: int, draw: Callable[[], str] = codes.draw) -> Sequence[Message]:
        """Claim all of a campaign."""
        with self.app.app_context():
            lease.hold(db.engine, OWNER)
            return claiming.claim(db.engine, OWNER, campaign_id, 100, draw)

    def record(self, messages: Sequence[Message], outcome: Outcome | None = None) -> None:
        """Record what became of messages; without an outcome each is sent."""
        with self.app.app_context():
            results = [Result(each, outcome or Outcome(Fate.SENT, sid=f"SM{each.row_id:032x}")) for each in messages]
            recording.record(db.engine, results, {}, {})

    def send(self, *client_ids: int, text: str = "Hola {nombre}") -> list[str]:
        """Send a campaign to clients, and return the codes of its messages."""
        messages = self.claim(self.store(*client_ids, text=text))
        self.record(messages)
        return [message.code or "" for message in messages]

    def row_of(self, code: str) -> SMSLog:
        """Return the message that has a code."""
        with self.app.app_context():
            return db.session.scalars(select(SMSLog).where(SMSLog.codigo == code)).one()

    def opt_outs(self) -> set[tuple[int, str, OrigenBaja]]:
        """Return all lists of opt-outs: account, number, origin."""
        with self.app.app_context():
            return {(each.usuario_id, each.telefono_e164, each.origen) for each in db.session.scalars(select(Baja))}
