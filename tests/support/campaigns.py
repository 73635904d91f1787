"""Campaigns to test with: stored through the service, read from the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.campaigns import services
from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.selection import Ticked
from clientes_app.extensions import db
from clientes_app.models import ENDED, CampanaSMS, EstadoSMS, SMSLog
from clientes_app.sending import claiming, lease, recording
from clientes_app.sending.carrier import Outcome, Result

from .carrier import wait_until
from .shop import Shop


class Campaigns:
    """Makes campaigns and reads what became of them."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app, self.shop, self.account = app, shop, account

    def start(self, count: int = 0, *numbers: str, text: str = "Hola {nombre}") -> int:
        """Store a campaign to `count` clients with good numbers, and to one client for each number given."""
        telephones = [*(f"30012{number:05d}" for number in range(count)), *numbers]
        return self.start_to(self.shop.add_clients(self.account, telephones), text)

    def start_to(self, client_ids: Sequence[int], text: str = "Hola {nombre}") -> int:
        """Store a campaign to clients."""
        with self.app.test_request_context():
            draft = services.Draft(Ticked(tuple(client_ids)), text, "Prueba")
            return int(services.create_campaign(self.account, draft, by=NOBODY).id)

    def claim_one(self, campaign_id: int, outcome: Outcome | None) -> None:
        """Claim a campaign's next message and record what became of it; None: no answer has come yet."""
        with self.app.app_context():
            lease.hold(db.engine, "test:1:x")
            (message,) = claiming.claim(db.engine, "test:1:x", campaign_id, 1)
            if outcome is not None:
                recording.record(db.engine, [Result(message, outcome)], {}, {})

    def get(self, campaign_id: int) -> CampanaSMS:
        with self.app.app_context():
            return db.session.get_one(CampanaSMS, campaign_id)

    def rows(self, campaign_id: int) -> list[SMSLog]:
        with self.app.app_context():
            return list(db.session.scalars(db.select(SMSLog).filter_by(campana_id=campaign_id).order_by(SMSLog.id)))

    def ended(self, campaign_id: int) -> CampanaSMS:
        """Wait for the end."""
        return wait_until(lambda: (found := self.get(campaign_id)).estado in ENDED and found)  # type: ignore[no-any-return]

    def states(self, campaign_id: int) -> Counter[EstadoSMS]:
        return Counter(row.estado for row in self.rows(campaign_id))

    def row(self, campaign_id: int) -> SMSLog:
        """Return the only row of a campaign."""
        (row,) = self.rows(campaign_id)
        return row

    def has(self, campaign_id: int, **states: int) -> bool:
        """Return whether the campaign's rows are so many in each state, and none in any other."""
        return self.states(campaign_id) == {EstadoSMS(state): count for state, count in states.items()}

    def hold(self, *campaign_ids: int) -> bool:
        """Return whether the campaigns' counters and rows agree."""
        with self.app.app_context():
            return all(verify(campaign_id).holds for campaign_id in campaign_ids)


@pytest.fixture
def campaigns(app: Flask, shop: Shop, account: int) -> Campaigns:
    """Makes campaigns and reads what became of them."""
    return Campaigns(app, shop, account)
