"""What the simulated Twilio's ledger proves of a campaign."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from clientes_app.campaigns.verification import verify
from clientes_app.extensions import db
from clientes_app.models import EstadoSMS, SMSLog

from .carrier import Simulator


def prove_by_ledger(app: Flask, simulator: Simulator, campaign_id: int) -> Counter[EstadoSMS]:
    """Prove that nobody got a campaign that has ended twice, and that its rows say what was created; return its states.

    Only for a ledger that no other campaign wrote to.
    """
    created = {entry["sid"]: entry["to"] for entry in simulator.ledger()}
    assert Counter(created.values()).most_common(1)[0][1] == 1, "a phone got it twice"
    with app.app_context():
        assert verify(campaign_id).problems == []
        rows = list(db.session.scalars(db.select(SMSLog).filter_by(campana_id=campaign_id)))
    assert len({row.telefono_e164 for row in rows}) == len(rows)
    sent = {row.twilio_sid: row.telefono_e164 for row in rows if row.estado is EstadoSMS.ENVIADO}
    uncertain = {row.telefono_e164 for row in rows if row.estado is EstadoSMS.INCIERTO}
    assert len(sent) + len(uncertain) == len(rows)
    assert sent.items() <= created.items(), "what is called sent was created"
    assert set(created.values()) <= set(sent.values()) | uncertain, "what was created is sent or uncertain"
    return Counter(row.estado for row in rows)
