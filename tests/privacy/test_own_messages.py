"""What people sent to themselves is blanked a day after, whatever the shop keeps."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.audit_log import Actor
from clientes_app.drafts.own_numbers import trying
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana, EstadoSMS, NumeroPropio, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.privacy import own_messages
from clientes_app.sending import claiming, lease, recording
from clientes_app.sending.carrier import Fate, Outcome, Result
from clientes_app.values.pseudonym import is_pseudonym

from ..support.clock import Clock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tried(app: Flask, account: int) -> int:
    """A test that waits to be sent."""
    with app.test_request_context():
        db.session.add(NumeroPropio(persona_id=account, telefono_e164="+573007654321", probado=utc_now()))
        db.session.commit()
        return trying.send(account, "Hola Ana", "x", by=Actor(account, "ana", account)).sent.id


def swept(app: Flask) -> tuple[int, CampanaSMS, SMSLog]:
    with app.app_context():
        count = own_messages.sweep(db.engine)
        return count, db.session.scalars(select(CampanaSMS)).one(), db.session.scalars(select(SMSLog)).one()


def test_after_a_day_its_text_and_number_are_gone(app: Flask, tried: int, clock: Clock) -> None:
    with app.app_context():
        lease.hold(db.engine, "test:1:x")
        (message,) = claiming.claim(db.engine, "test:1:x", tried, 1)
        recording.record(db.engine, [Result(message, Outcome(Fate.SENT, sid="SM1"))], {}, {})
    assert swept(app)[0] == 0
    clock.pass_by(days=1, minutes=1)
    count, sent, row = swept(app)
    assert (count, sent.mensaje, row.mensaje, row.nombre, row.telefono) == (1, "…", "", "", "")
    assert is_pseudonym(row.telefono_e164 or "")
    assert (sent.enviados_exitosos, row.estado) == (1, EstadoSMS.ENVIADO)
    assert swept(app)[0] == 0


def test_one_that_never_went_out_goes_no_more(app: Flask, tried: int, clock: Clock) -> None:
    clock.pass_by(days=1, minutes=1)
    count, sent, row = swept(app)
    assert (count, sent.estado, row.estado) == (1, EstadoCampana.CANCELADO, EstadoSMS.CANCELADO)
