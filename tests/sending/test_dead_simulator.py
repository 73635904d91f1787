"""The simulated Twilio dies in the middle of a campaign: it comes back, nothing is lost, nothing goes out twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

from flask import Flask

from clientes_app.campaigns.verification import verify
from clientes_app.models import EstadoCampana, EstadoSMS
from clientes_app.simulator.ledger import Ledger
from clientes_app.simulator.process import LastingSimulator

from ..support.campaigns import Campaigns
from ..support.carrier import point_at, sending, wait_until

RECIPIENTS = 200
IN_FLIGHT = 8
"""With as many again fewer than the puzzling answers in a row that stop a campaign.

A process that is dying may take connections to the end, so some that follow those in flight are not answered either.
"""


def test_what_was_in_flight_is_uncertain_and_the_rest_goes_on(app: Flask, campaigns: Campaigns, tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with LastingSimulator(path, latency_ms=200) as simulator:
        point_at(app, simulator.base_url, max_concurrency=IN_FLIGHT)
        with sending(app):
            campaign_id = campaigns.start(RECIPIENTS)
            wait_until(lambda: campaigns.get(campaign_id).enviados_exitosos)
            os.kill(simulator.pid, signal.SIGKILL)
            campaign = campaigns.ended(campaign_id)
    assert campaign.estado is EstadoCampana.COMPLETADO
    rows = campaigns.rows(campaign_id)
    with Ledger(path) as ledger:
        created = {entry.sid: entry.recipient for page in ledger.pages() for entry in page}
    assert Counter(created.values()).most_common(1)[0][1] == 1, "a phone got it twice"
    sent = {row.twilio_sid: row.telefono_e164 for row in rows if row.estado is EstadoSMS.ENVIADO}
    uncertain = {row.telefono_e164 for row in rows if row.estado is EstadoSMS.INCIERTO}
    assert len(sent) + len(uncertain) == len(rows) == RECIPIENTS
    assert sent.items() <= created.items()
    assert set(created.values()) <= set(sent.values()) | uncertain
    with app.app_context():
        assert verify(campaign_id).problems == []
