"""The app as it runs in earnest, with the sample shop in it, and what a test may do behind its back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import delete

from clientes_app.audit_log import Actor
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import ENDED, CampanaSMS, EstadoCampana, PublicidadDelDia

from ..support.carrier import Simulator, wait_until
from ..support.server import Server
from ..support.shop import OpenShop, Shop

LATENCY_MS = 50


@dataclass(frozen=True)
class Site:
    """A running server, and its database and its simulated Twilio."""

    server: Server
    app: Flask
    simulator: Simulator

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def shop(self) -> Shop:
        return OpenShop(self.app)

    def behave_well(self) -> None:
        """Let the simulated Twilio answer everything, and soon."""
        self.simulator.behave(latency=LATENCY_MS, jitter=0, faults={}, next=[])

    def forget_advertising(self) -> None:
        """Let everybody get an advertisement again who got one today."""
        with self.app.app_context(), unit_of_work() as session:
            session.execute(delete(PublicidadDelDia))

    def start_campaign(
        self, account_id: int, name: str, message: str = "Hola {nombre}", sender_id: int | None = None
    ) -> int:
        """Store a campaign to all of an account's clients, from its admin if from nobody else; the server sends it."""
        with self.app.app_context():
            draft = services.Draft(Search(), message, name)
            return int(services.create_campaign(account_id, draft, by=Actor(sender_id or account_id)).id)

    def wait_for_end(self, campaign_id: int, seconds: float = 30) -> EstadoCampana:
        """Wait until a campaign has ended, and answer how."""
        wait_until(lambda: self._state(campaign_id) in ENDED, seconds)
        return self._state(campaign_id)

    def _state(self, campaign_id: int) -> EstadoCampana:
        with self.app.app_context():
            return db.session.get_one(CampanaSMS, campaign_id).estado
