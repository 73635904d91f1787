"""What the sample shop has sent, what came back, and what it is writing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from ..audit_log import NOBODY
from ..campaigns import services as campaigns
from ..clients.search.criteria import Search
from ..database.processes import new_owner
from ..drafts import saving
from ..drafts.services import Writer
from ..drafts.typed import Content
from ..extensions import db, unit_of_work
from ..models import CampanaSMS, EstadoSMS, Recibo, Respuesta, SMSLog
from ..sending import claiming, lease, recording
from ..sending.carrier import Fate, Message, Outcome, Result
from ..sending.faults import FAULTS
from ..simulator import SIMULATED_FROM_NUMBER
from ..simulator.ledger import Entry, Ledger
from .demo_texts import DRAFT, TEMPLATES, Answer, PastCampaign

_BATCH = 100
_REFUSED = {27: 21211, 41: 21610}
"""Whose numbers Twilio refuses, and why: one exists no more, one asked for no more messages."""
_SWITCHED_OFF = (12, 50)
_UNREACHABLE = 30003

Numbers = Sequence[str | None]


@dataclass(frozen=True)
class Occasion:
    """From which account, by which template and when a campaign went out, and the numbers of all clients in order."""

    account_id: int
    template_id: int
    then: datetime
    numbers: Numbers


def run_in_the_past(past: PastCampaign, occasion: Occasion, ledger: Ledger) -> None:
    """Send a campaign to everybody, as of that moment, and receive what people write back."""
    draft = campaigns.Draft(Search(), TEMPLATES[past.template][1], past.name, occasion.template_id)
    campaign_id = campaigns.create_campaign(occasion.account_id, draft, by=NOBODY).id
    _send(campaign_id, occasion, ledger)
    with unit_of_work() as session:
        _date_back(session, campaign_id, occasion.then)
        _receive_receipts(session, campaign_id, occasion)
        session.add_all(_answer(campaign_id, said, occasion) for said in past.answers)


def begin_draft(account_id: int) -> None:
    """Begin to write the next campaign."""
    saving.begin(Writer(account_id, account_id, sees_all=True), Content(DRAFT, (("destino", "todos"),)))


def _send(campaign_id: int, occasion: Occasion, ledger: Ledger) -> None:
    refused = {occasion.numbers[place]: code for place, code in _REFUSED.items()}
    owner = new_owner()
    lease.hold(db.engine, owner)
    while messages := claiming.claim(db.engine, owner, campaign_id, _BATCH):
        results = [Result(message, _hand_over(message, refused, occasion.then, ledger)) for message in messages]
        recording.record(db.engine, results, speeds={}, faults={})
    lease.let_go(db.engine, owner)


def _hand_over(message: Message, refused: dict[str | None, int], then: datetime, ledger: Ledger) -> Outcome:
    if code := refused.get(message.to):
        return Outcome(Fate.REFUSED, code=code, reason=FAULTS[code].sentence)
    sid = f"SM{secrets.token_hex(16)}"
    ledger.add(Entry(sid, message.to, message.body, SIMULATED_FROM_NUMBER, None, None, then.isoformat()))
    return Outcome(Fate.SENT, sid=sid)


def _date_back(session: Session, campaign_id: int, then: datetime) -> None:
    campaign = session.get_one(CampanaSMS, campaign_id)
    campaign.creado = campaign.encolada = campaign.iniciado = then
    # One a second, as a number of one's own sends.
    campaign.actualizado = campaign.completado = then + timedelta(seconds=campaign.total_clientes)
    session.execute(update(SMSLog).where(SMSLog.campana_id == campaign_id).values(creado=then, actualizado=then))


def _receive_receipts(session: Session, campaign_id: int, occasion: Occasion) -> None:
    sent = update(SMSLog).where(SMSLog.campana_id == campaign_id, SMSLog.estado == EstadoSMS.ENVIADO)
    session.execute(sent.values(recibo=Recibo.DELIVERED, recibido=occasion.then + timedelta(minutes=1)))
    away = sent.where(SMSLog.telefono_e164.in_([occasion.numbers[place] for place in _SWITCHED_OFF]))
    session.execute(away.values(recibo=Recibo.UNDELIVERED, recibo_codigo=_UNREACHABLE))


def _answer(campaign_id: int, said: Answer, occasion: Occasion) -> Respuesta:
    received = occasion.then + timedelta(minutes=said.after_minutes)
    return Respuesta(
        telefono_e164=occasion.numbers[said.place],
        mensaje=said.text,
        recibida=received,
        leida=received + timedelta(minutes=20) if said.read else None,
        campana_id=campaign_id,
        usuario_id=occasion.account_id,
    )
