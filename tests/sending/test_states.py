"""The table of a message's states, walked: every other move is refused, and somebody makes each of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from clientes_app.extensions import db
from clientes_app.models import COUNTERS, Baja, CampanaSMS, EstadoCampana, EstadoSMS, OrigenBaja, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending import claiming, control, evidence, lease, recording
from clientes_app.sending.carrier import Fate, Message, Outcome, Result
from clientes_app.sending.evidence import Receipt
from clientes_app.sending.states import TRANSITIONS, move_rows

from ..support.campaigns import Campaigns
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

OWNER = "here:1:test"
SID = "SM" + "0" * 32
NUMBER = "+573009990001"

Move = tuple[EstadoSMS, EstadoSMS]


class Maker:
    """Makes one move of a campaign's only row, by the function that is there for it."""

    def __init__(self, app: Flask, campaigns: Campaigns, shop: Shop) -> None:
        with app.app_context():
            self.engine: Engine = db.engine
        self.campaigns, self.shop = campaigns, shop
        self.campaign_id = campaigns.start(0, NUMBER)

    @property
    def row(self) -> SMSLog:
        return self.campaigns.row(self.campaign_id)

    def claim(self) -> Message:
        assert lease.hold(self.engine, OWNER)
        (message,) = claiming.claim(self.engine, OWNER, self.campaign_id, 1)
        return message

    def answer(self, fate: Fate, sid: str | None = None) -> None:
        """Record an answer to the row's attempt."""
        row = self.row
        message = Message(row.id, self.campaign_id, row.intento or "", NUMBER, row.mensaje, 1)
        recording.record(self.engine, [Result(message, Outcome(fate, sid=sid, reason="x"))], {}, {})

    def opt_out_and_claim(self) -> None:
        self.shop.add(Baja(usuario_id=self.campaigns.account, telefono_e164=NUMBER, origen=OrigenBaja.MANUAL))
        assert lease.hold(self.engine, OWNER)
        assert claiming.claim(self.engine, OWNER, self.campaign_id, 1) == []

    def cancel(self) -> None:
        with self.engine.begin() as connection:
            assert control.cancel(connection, self.campaign_id)

    def cancel_and_defer(self) -> None:
        self.cancel()
        self.answer(Fate.DEFERRED)

    def recover(self) -> None:
        assert recording.rescue(self.engine, OWNER) == 1

    def receive(self) -> None:
        evidence.receive(self.engine, [Receipt(self.row.intento or "", SID, None)])

    def send_again(self) -> None:
        with self.engine.begin() as connection:
            assert evidence.send_again(connection, self.campaign_id, self.row.id)

    def reach(self, state: EstadoSMS) -> None:
        """Bring the row into a state that may be left."""
        if state is not EstadoSMS.PENDIENTE:
            self.claim()
        if state is EstadoSMS.INCIERTO:
            self.answer(Fate.UNKNOWN)
        assert self.row.estado is state


@pytest.fixture
def maker(app: Flask, campaigns: Campaigns, shop: Shop) -> Maker:
    return Maker(app, campaigns, shop)


P, S, U = EstadoSMS.PENDIENTE, EstadoSMS.ENVIANDO, EstadoSMS.INCIERTO
MAKERS: dict[Move, Callable[[Maker], object]] = {
    (P, S): Maker.claim,
    (P, EstadoSMS.OMITIDO): Maker.opt_out_and_claim,
    (P, EstadoSMS.CANCELADO): Maker.cancel,
    (S, EstadoSMS.ENVIADO): lambda maker: maker.answer(Fate.SENT, SID),
    (S, EstadoSMS.FALLIDO): lambda maker: maker.answer(Fate.REFUSED),
    (S, P): lambda maker: maker.answer(Fate.DEFERRED),
    (S, EstadoSMS.CANCELADO): Maker.cancel_and_defer,
    (S, U): Maker.recover,
    (U, EstadoSMS.ENVIADO): Maker.receive,
    (U, EstadoSMS.FALLIDO): lambda maker: maker.answer(Fate.REFUSED),
    (U, P): Maker.send_again,
    (U, EstadoSMS.CANCELADO): Maker.cancel_and_defer,
}
ALLOWED = {(before, after) for before, afters in TRANSITIONS.items() for after in afters}
FORBIDDEN = sorted(set(product(EstadoSMS, EstadoSMS)) - ALLOWED)


def test_the_table_names_every_state_and_each_of_its_moves_has_a_maker() -> None:
    assert TRANSITIONS.keys() == set(EstadoSMS)
    assert MAKERS.keys() == ALLOWED


@pytest.mark.parametrize("move", MAKERS)
def test_each_move_of_the_table_is_made(maker: Maker, move: Move) -> None:
    before, after = move
    maker.reach(before)
    if move == (U, EstadoSMS.CANCELADO):
        keep_running(maker)
    MAKERS[move](maker)
    assert maker.row.estado is after
    assert maker.campaigns.hold(maker.campaign_id)


def keep_running(maker: Maker) -> None:
    """Give the campaign something more to do: a campaign that has ended cannot be cancelled."""
    with maker.engine.begin() as connection:
        state = {"estado": EstadoCampana.PAUSADO, "completado": None}
        connection.execute(update(CampanaSMS).where(CampanaSMS.id == maker.campaign_id).values(state))


@pytest.mark.parametrize("move", FORBIDDEN)
def test_every_other_move_is_refused_and_changes_nothing(maker: Maker, move: Move) -> None:
    before, after = move
    put(maker, before)
    row_id = maker.row.id
    with pytest.raises(RuntimeError, match="no message goes"), maker.engine.begin() as connection:
        move_rows(connection, before, [{"row_id": row_id, "estado": after}])
    assert maker.row.estado is before
    assert maker.campaigns.hold(maker.campaign_id)


def put(maker: Maker, state: EstadoSMS) -> None:
    """Store the row in any state, its campaign's counter with it."""
    counters = {counter: int(each is state) for each, counter in COUNTERS.items()}
    with maker.engine.begin() as connection:
        connection.execute(update(SMSLog).values(estado=state, twilio_sid=SID, actualizado=utc_now()))
        connection.execute(update(CampanaSMS).values(counters))


def test_a_row_that_is_no_longer_where_it_was_is_not_moved(maker: Maker) -> None:
    maker.claim()
    row_id = maker.row.id
    with pytest.raises(RuntimeError, match="1 rows were to leave"), maker.engine.begin() as connection:
        move_rows(connection, P, [{"row_id": row_id, "estado": EstadoSMS.CANCELADO}])
    assert maker.row.estado is S
