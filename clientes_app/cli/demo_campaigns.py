"""What the sample shop has sent, what came back, and what it is writing."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..audit_log import NOBODY
from ..campaigns import services as campaigns
from ..clients.search.selection import Ticked
from ..database.processes import new_owner
from ..drafts import saving
from ..drafts.services import Writer
from ..drafts.typed import Content
from ..extensions import db, unit_of_work
from ..models import (
    Baja,
    CampanaSMS,
    EstadoSMS,
    OrigenBaja,
    Recibo,
    Respuesta,
    SMSLog,
    TipoDeCampana,
)
from ..sending import claiming, lease, recording
from ..sending.carrier import Fate, Message, Outcome, Result
from ..sending.faults import FAULTS, OPTED_OUT_CODE
from ..sending.opt_outs import add_opt_outs
from ..simulator import SIMULATED_FROM_NUMBER
from ..simulator.ledger import Entry, Ledger
from .demo_texts import DRAFT, TEMPLATES, Answer, PastCampaign

_BATCH = 100
_REFUSED = {27: 21211, 41: OPTED_OUT_CODE}
"""Whose numbers Twilio refuses, and why: one exists no more, one asked for no more messages."""
_UNREACHABLE = 30003
_SWITCHED_OFF = (12, 50)
_UNDELIVERED = {_UNREACHABLE: 0.03, 30008: 0.015, 30007: 0.005}
"""What operators say of some others, and of which share."""
_APART = timedelta(seconds=1)
"""One a second, as a number of one's own sends."""


@dataclass(frozen=True)
class Person:
    """Whom a campaign may go to: a client, as it is now, and since when it is one."""

    id: int
    number: str | None
    since: datetime


@dataclass(frozen=True)
class Occasion:
    """From which account, by which template and when a campaign went out, and all clients in order."""

    account_id: int
    template_id: int
    then: datetime
    people: Sequence[Person]
    dice: random.Random

    def number(self, place: int) -> str | None:
        """Return the number of a client."""
        return self.people[place].number


def run_in_the_past(past: PastCampaign, occasion: Occasion, ledger: Ledger) -> None:
    """Send a campaign as of that moment, and receive what comes back."""
    kind = TipoDeCampana.PUBLICIDAD if past.reason is None else TipoDeCampana.SERVICIO
    chosen = [person.id for person in occasion.people[:: past.one_of] if person.since < occasion.then]
    draft = campaigns.Draft(
        Ticked(tuple(chosen)),
        TEMPLATES[past.template][1],
        past.name,
        occasion.template_id,
        tipo=kind,
        motivo_servicio=past.reason,
    )
    campaign_id = campaigns.create_campaign(occasion.account_id, draft, by=NOBODY).id
    # The hours of this moment, and its advertisement of the day, are not those of the moment that it is of.
    _set_kind(campaign_id, None, None)
    _send(campaign_id, occasion, ledger)
    _set_kind(campaign_id, kind, past.reason)
    with unit_of_work() as session:
        _date_back(session, campaign_id, occasion)
        _opt_out(session, [occasion.number(place) for place in past.opt_outs], occasion)
        session.add_all(_answer(campaign_id, said, occasion) for said in past.answers)


def begin_draft(account_id: int) -> None:
    """Begin to write the next campaign."""
    saving.begin(Writer(account_id, account_id, sees_all=True), Content(DRAFT, (("destino", "todos"),)))


def _set_kind(campaign_id: int, kind: TipoDeCampana | None, reason: str | None) -> None:
    with unit_of_work() as session:
        campaign = session.get_one(CampanaSMS, campaign_id)
        campaign.tipo, campaign.motivo_servicio = kind, reason


def _send(campaign_id: int, occasion: Occasion, ledger: Ledger) -> None:
    refused = {occasion.number(place): code for place, code in _REFUSED.items()}
    owner = new_owner()
    lease.hold(db.engine, owner)
    while messages := claiming.claim(db.engine, owner, campaign_id, _BATCH):
        results = [Result(message, _hand_over(message, refused, occasion.then, ledger)) for message in messages]
        recording.record(db.engine, results, speeds={}, faults={})
    lease.let_go(db.engine, owner)


def _hand_over(message: Message, refused: Mapping[str | None, int], then: datetime, ledger: Ledger) -> Outcome:
    if code := refused.get(message.to):
        return Outcome(Fate.REFUSED, code=code, reason=FAULTS[code].sentence)
    sid = f"SM{secrets.token_hex(16)}"
    ledger.add(Entry(sid, message.to, message.body, SIMULATED_FROM_NUMBER, None, None, then.isoformat()))
    return Outcome(Fate.SENT, sid=sid)


def _date_back(session: Session, campaign_id: int, occasion: Occasion) -> None:
    """Let a campaign and its messages be of that moment, and the receipts have come."""
    then = occasion.then
    messages = session.scalars(select(SMSLog).where(SMSLog.campana_id == campaign_id).order_by(SMSLog.id)).all()
    for place, message in enumerate(messages):
        message.creado, message.actualizado = then, then + place * _APART
        if message.estado is EstadoSMS.ENVIADO:
            _receive_receipt(message, occasion)
    campaign = session.get_one(CampanaSMS, campaign_id)
    campaign.creado = campaign.encolada = campaign.iniciado = then
    campaign.actualizado = campaign.completado = then + len(messages) * _APART
    entered = update(Baja).where(
        Baja.usuario_id == occasion.account_id,
        Baja.origen == OrigenBaja.TWILIO,
        Baja.telefono_e164.in_([message.telefono_e164 for message in messages if message.telefono_e164]),
    )
    session.execute(entered.values(creado=then))


def _receive_receipt(message: SMSLog, occasion: Occasion) -> None:
    chance = occasion.dice.random()
    away = message.telefono_e164 in {occasion.number(place) for place in _SWITCHED_OFF}
    message.recibo_codigo = _UNREACHABLE if away else _fault_of(chance)
    message.recibo = Recibo.UNDELIVERED if message.recibo_codigo else Recibo.DELIVERED
    message.recibido = message.actualizado + timedelta(seconds=2 + int(chance * 60))


def _fault_of(chance: float) -> int | None:
    for code, share in _UNDELIVERED.items():
        if chance < share:
            return code
        chance -= share
    return None


def _opt_out(session: Session, numbers: Sequence[str | None], occasion: Occasion) -> None:
    for number in filter(None, numbers):
        add_opt_outs(session.connection(), [occasion.account_id], number, OrigenBaja.ENLACE)
        theirs = update(Baja).where(Baja.usuario_id == occasion.account_id, Baja.telefono_e164 == number)
        session.execute(theirs.values(creado=occasion.then + timedelta(minutes=occasion.dice.randint(2, 90))))


def _answer(campaign_id: int, said: Answer, occasion: Occasion) -> Respuesta:
    received = occasion.then + timedelta(minutes=said.after_minutes)
    return Respuesta(
        telefono_e164=occasion.number(said.place),
        mensaje=said.text,
        recibida=received,
        leida=received + timedelta(minutes=20) if said.read else None,
        campana_id=campaign_id,
        usuario_id=occasion.account_id,
    )
