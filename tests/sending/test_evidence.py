"""What settles an uncertain message: receipts, Twilio's list, a person; and who is never written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from clientes_app.background.sender import Sender
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Baja, EstadoCampana, EstadoSMS, OrigenBaja, Recibo, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending import claiming, evidence, lease, recording
from clientes_app.sending.carrier import Fate, Message, Outcome, Result
from clientes_app.sending.evidence import Receipt
from clientes_app.sending.faults import OPTED_OUT
from clientes_app.sending.inbox import ReceiptInbox

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending, wait_until
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

OWNER = "here:1:test"

_numbers = count(1)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def sid(number: int) -> str:
    return f"SM{number:032x}"


def claim(engine: Engine, campaign_id: int) -> Sequence[Message]:
    """Claim all of a campaign, as a sender does that is then heard of no more."""
    assert lease.hold(engine, OWNER)
    return claiming.claim(engine, OWNER, campaign_id, 100)


def record(engine: Engine, message: Message, outcome: Outcome) -> None:
    recording.record(engine, [Result(message, outcome)], {}, {})


def make_due(engine: Engine) -> None:
    """Let the time come to ask Twilio about everything that is uncertain."""
    with engine.begin() as connection:
        past = utc_now() - timedelta(minutes=1)
        connection.execute(update(SMSLog).where(SMSLog.estado == EstadoSMS.INCIERTO).values(proxima_consulta=past))


@pytest.fixture
def number() -> str:
    """A number to which the simulator, which outlives the tests, never sent anything."""
    return f"301{next(_numbers):07d}"


def end_uncertain(campaigns: Campaigns, simulator: Simulator, fault: str, number: str) -> int:
    """Send a campaign to one number whose only message ends uncertain."""
    simulator.behave(next=[fault])
    campaign_id = campaigns.start(0, number)
    wait_until(lambda: campaigns.has(campaign_id, incierto=1))
    return campaign_id


def created(simulator: Simulator, before: int) -> list[str]:
    return [entry["sid"] for entry in simulator.ledger()[before:]]


# Receipts


@pytest.fixture
def sent(campaigns: Campaigns, engine: Engine) -> tuple[int, Message]:
    """A campaign of one message that Twilio accepted."""
    campaign_id = campaigns.start(1)
    (message,) = claim(engine, campaign_id)
    record(engine, message, Outcome(Fate.SENT, sid=sid(1)))
    return campaign_id, message


@pytest.mark.parametrize(
    ("statuses", "kept"),
    [
        ([Recibo.SENT, Recibo.DELIVERED], Recibo.DELIVERED),
        ([Recibo.DELIVERED, Recibo.SENT, Recibo.QUEUED], Recibo.DELIVERED),
        ([Recibo.SENT, Recibo.SENT], Recibo.SENT),
        ([Recibo.DELIVERED, Recibo.UNDELIVERED], Recibo.DELIVERED),
        ([Recibo.FAILED, Recibo.DELIVERED], Recibo.FAILED),
        ([Recibo.DELIVERED, Recibo.READ, Recibo.DELIVERED], Recibo.READ),
        ([Recibo.QUEUED, None], Recibo.QUEUED),
        ([None], None),
    ],
)
def test_receipts_move_forward_only_however_they_come(
    campaigns: Campaigns, engine: Engine, sent: tuple[int, Message], statuses: list[Recibo | None], kept: Recibo | None
) -> None:
    campaign_id, message = sent
    receipts = [Receipt(message.attempt, sid(1), status) for status in statuses]
    evidence.receive(engine, receipts)
    assert campaigns.row(campaign_id).recibo is kept, "all at once"
    for receipt in receipts:
        evidence.receive(engine, [receipt])
    assert campaigns.row(campaign_id).recibo is kept, "and once more, one by one"
    assert campaigns.has(campaign_id, enviado=1)


def test_a_receipt_keeps_its_code(campaigns: Campaigns, engine: Engine, sent: tuple[int, Message]) -> None:
    campaign_id, message = sent
    evidence.receive(engine, [Receipt(message.attempt, sid(1), Recibo.UNDELIVERED, 30003)])
    evidence.receive(engine, [Receipt(message.attempt, sid(1), Recibo.SENT)])
    row = campaigns.row(campaign_id)
    assert (row.recibo, row.recibo_codigo) == (Recibo.UNDELIVERED, 30003)
    assert row.recibido is not None


def test_a_foreign_sid_is_not_believed(campaigns: Campaigns, engine: Engine, sent: tuple[int, Message]) -> None:
    campaign_id, message = sent
    evidence.receive(engine, [Receipt(message.attempt, sid(2), Recibo.DELIVERED)])
    row = campaigns.row(campaign_id)
    assert (row.twilio_sid, row.recibo) == (sid(1), None)


def test_the_sid_of_another_row_is_not_believed_and_harms_no_other_receipt(
    campaigns: Campaigns, engine: Engine, sent: tuple[int, Message]
) -> None:
    campaign_id, message = sent
    other_id = campaigns.start(0, "3009990001")
    (other,) = claim(engine, other_id)
    receipts = [Receipt(other.attempt, sid(1), Recibo.SENT), Receipt(message.attempt, sid(1), Recibo.DELIVERED)]
    evidence.receive(engine, receipts)
    assert campaigns.has(other_id, enviando=1)
    assert campaigns.row(campaign_id).recibo is Recibo.DELIVERED


def test_an_attempt_of_nobody_is_left(engine: Engine) -> None:
    evidence.receive(engine, [Receipt("0" * 32, sid(1), Recibo.SENT)])


def test_many_threads_deliver_together_and_nothing_is_lost(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(60)
    receipts = [
        Receipt(message.attempt, sid(number), status)
        for number, message in enumerate(claim(engine, campaign_id), 1)
        for status in (Recibo.DELIVERED, Recibo.SENT)
    ]
    inbox = ReceiptInbox(engine)
    threads = [
        Thread(target=lambda part=part: [inbox.deliver(receipt) for receipt in part])  # type: ignore[misc]
        for part in (receipts[place::8] for place in range(8))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.recibo for row in campaigns.rows(campaign_id)} == {Recibo.DELIVERED}
    assert campaigns.has(campaign_id, enviado=60)
    assert campaigns.hold(campaign_id)


# Evidence for an uncertain message


def test_a_callback_settles_an_uncertain_message(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    before = len(simulator.ledger())
    campaign_id = end_uncertain(campaigns, simulator, "cut_after", number)
    (known,) = created(simulator, before)
    evidence.receive(engine, [Receipt(campaigns.row(campaign_id).intento or "", known, None)])
    row = campaigns.row(campaign_id)
    assert (row.estado, row.twilio_sid, row.error_mensaje, row.proxima_consulta) == (
        EstadoSMS.ENVIADO,
        known,
        None,
        None,
    )
    assert campaigns.get(campaign_id).enviados_exitosos == 1
    assert campaigns.hold(campaign_id)


@pytest.mark.parametrize(
    "outcome", [Outcome(Fate.SENT, sid=sid(1)), Outcome(Fate.UNKNOWN, reason="no answer"), Outcome(Fate.DEFERRED)]
)
def test_a_callback_may_come_before_the_answer_to_our_own_call(
    campaigns: Campaigns, engine: Engine, outcome: Outcome
) -> None:
    campaign_id = campaigns.start(1)
    (message,) = claim(engine, campaign_id)
    evidence.receive(engine, [Receipt(message.attempt, sid(1), Recibo.QUEUED)])
    assert campaigns.has(campaign_id, enviado=1)
    record(engine, message, outcome)
    row = campaigns.row(campaign_id)
    assert (row.estado, row.twilio_sid, row.recibo) == (EstadoSMS.ENVIADO, sid(1), Recibo.QUEUED)
    assert campaigns.get(campaign_id).estado is EstadoCampana.COMPLETADO
    assert campaigns.hold(campaign_id)


def test_the_pace_is_known_also_where_callbacks_come_first(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(2)
    message, _ = claim(engine, campaign_id)
    evidence.receive(engine, [Receipt(message.attempt, sid(1), Recibo.QUEUED)])
    recording.record(engine, [Result(message, Outcome(Fate.SENT, sid=sid(1)))], {campaign_id: 45.0}, {})
    assert campaigns.get(campaign_id).velocidad == 45.0
    assert campaigns.hold(campaign_id)


def test_twilios_list_settles_what_was_created(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    before = len(simulator.ledger())
    campaign_id = end_uncertain(campaigns, simulator, "cut_after", number)
    make_due(engine)
    wait_until(lambda: campaigns.has(campaign_id, enviado=1))
    row = campaigns.row(campaign_id)
    assert [row.twilio_sid] == created(simulator, before)
    assert (row.error_mensaje, row.proxima_consulta) == (None, None)
    assert campaigns.hold(campaign_id)


def test_absence_proves_nothing_and_twilio_is_asked_again_later(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    campaign_id = end_uncertain(campaigns, simulator, "cut_before", number)
    for looks in (1, 2):
        make_due(engine)
        wait_until(lambda looks=looks: campaigns.row(campaign_id).consultas == looks)
        row = campaigns.row(campaign_id)
        assert row.estado is EstadoSMS.INCIERTO
        assert row.proxima_consulta is not None
        assert row.proxima_consulta > utc_now() + recording.FIRST_LOOK * 2**looks / 2


def test_after_a_day_nobody_asks_any_more(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(1)
    (message,) = claim(engine, campaign_id)
    record(engine, message, Outcome(Fate.UNKNOWN, reason="no answer"))
    looks = 0
    while campaigns.row(campaign_id).proxima_consulta is not None:
        make_due(engine)
        (doubt,) = evidence.doubts(engine, 10)
        assert evidence.settle(engine, doubt, []) is False
        looks += 1
        assert looks < 20
    assert looks > 5
    assert campaigns.has(campaign_id, incierto=1)


def test_what_was_in_flight_at_a_crash_is_looked_for_from_its_claim_on(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(1)
    claim(engine, campaign_id)
    long_ago = utc_now() - timedelta(hours=3)
    with engine.begin() as connection:
        connection.execute(update(SMSLog).values(actualizado=long_ago))
    assert recording.rescue(engine, OWNER) == 1
    make_due(engine)
    (doubt,) = evidence.doubts(engine, 10)
    assert doubt.since < long_ago


# The same text to the same number, twice


def test_a_message_does_not_take_the_sid_of_another_campaigns(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    lost = end_uncertain(campaigns, simulator, "cut_before", number)
    sent = campaigns.start(0, number)
    own = campaigns.ended(sent) and campaigns.row(sent).twilio_sid
    make_due(engine)
    wait_until(lambda: campaigns.row(lost).consultas)
    assert campaigns.has(lost, incierto=1)
    assert campaigns.row(sent).twilio_sid == own


def test_two_that_were_both_created_get_a_sid_each(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    before = len(simulator.ledger())
    both = [end_uncertain(campaigns, simulator, "500_after", number) for _ in range(2)]
    make_due(engine)
    wait_until(lambda: all(campaigns.has(campaign_id, enviado=1) for campaign_id in both))
    assert sorted(str(campaigns.row(campaign_id).twilio_sid) for campaign_id in both) == sorted(
        created(simulator, before)
    )
    assert campaigns.hold(*both)


def test_of_two_of_which_one_was_created_neither_takes_its_sid(
    campaigns: Campaigns, simulator: Simulator, sender: Sender, engine: Engine, number: str
) -> None:
    before = len(simulator.ledger())
    both = [end_uncertain(campaigns, simulator, fault, number) for fault in ("cut_before", "cut_after")]
    make_due(engine)
    wait_until(lambda: all(campaigns.row(campaign_id).consultas for campaign_id in both))
    assert all(campaigns.has(campaign_id, incierto=1) for campaign_id in both)
    (known,) = created(simulator, before)
    evidence.receive(engine, [Receipt(campaigns.row(both[1]).intento or "", known, Recibo.SENT)])
    assert campaigns.has(both[1], enviado=1), "a callback names the row"


def test_one_that_is_being_handed_over_keeps_its_sid(campaigns: Campaigns, engine: Engine) -> None:
    lost = campaigns.start(0, "3009990001", text="Hola")
    (message,) = claim(engine, lost)
    record(engine, message, Outcome(Fate.UNKNOWN, reason="no answer"))
    going = campaigns.start(0, "3009990001", text="Hola")
    (other,) = claim(engine, going)
    make_due(engine)
    (doubt,) = evidence.doubts(engine, 10)
    assert evidence.settle(engine, doubt, [sid(7)]) is False
    record(engine, other, Outcome(Fate.SENT, sid=sid(7)))
    assert campaigns.row(going).twilio_sid == sid(7)


# A person's word


@pytest.fixture
def uncertain(campaigns: Campaigns, engine: Engine) -> int:
    """A campaign of one message that is uncertain."""
    campaign_id = campaigns.start(1)
    (message,) = claim(engine, campaign_id)
    record(engine, message, Outcome(Fate.UNKNOWN, reason="no answer"))
    assert campaigns.has(campaign_id, incierto=1)
    return campaign_id


def test_a_person_says_that_it_arrived(campaigns: Campaigns, app: Flask, uncertain: int) -> None:
    row = campaigns.row(uncertain)
    for expected in (True, False):
        with app.app_context(), unit_of_work() as session:
            said = evidence.confirm(session.connection(), uncertain, row.id, campaigns.account)
            assert said is expected
    row = campaigns.row(uncertain)
    assert (row.estado, row.twilio_sid, row.confirmado_por_id) == (EstadoSMS.ENVIADO, None, campaigns.account)
    assert campaigns.hold(uncertain)


def test_a_person_has_it_sent_again(
    campaigns: Campaigns, simulator: Simulator, engine: Engine, app: Flask, uncertain: int
) -> None:
    row = campaigns.row(uncertain)
    for expected in (True, False):
        with app.app_context(), unit_of_work() as session:
            assert evidence.send_again(session.connection(), uncertain, row.id) is expected
    assert campaigns.get(uncertain).estado is EstadoCampana.PROCESANDO
    assert campaigns.has(uncertain, pendiente=1)
    lease.let_go(engine, OWNER)
    with sending(app):
        campaigns.ended(uncertain)
    again = campaigns.row(uncertain)
    assert (again.estado, again.error_mensaje) == (EstadoSMS.ENVIADO, None)
    assert again.intento != row.intento
    assert campaigns.hold(uncertain)


# Who opted out


def opt_out(shop: Shop, account: int, number: str) -> None:
    shop.add(Baja(usuario_id=account, telefono_e164=number, origen=OrigenBaja.MENSAJE))


def test_who_opted_out_is_left_out_when_the_campaign_is_stored(
    campaigns: Campaigns, shop: Shop, simulator: Simulator, sender: Sender
) -> None:
    opt_out(shop, campaigns.account, "+573009990001")
    opt_out(shop, shop.add_admin("otra"), "+573009990002")
    before = len(simulator.ledger())
    campaign_id = campaigns.start(0, "3009990001", "3009990002")
    left_out, sent = campaigns.rows(campaigns.ended(campaign_id).id)
    assert (left_out.estado, left_out.error_mensaje) == (EstadoSMS.OMITIDO, OPTED_OUT)
    assert sent.estado is EstadoSMS.ENVIADO
    assert [entry["to"] for entry in simulator.ledger()[before:]] == ["+573009990002"]


def test_who_opts_out_before_the_claim_is_left_out(
    campaigns: Campaigns, shop: Shop, simulator: Simulator, app: Flask
) -> None:
    before = len(simulator.ledger())
    campaign_id = campaigns.start(2, "3009990001")
    opt_out(shop, campaigns.account, "+573009990001")
    with sending(app):
        campaign = campaigns.ended(campaign_id)
    assert (campaign.enviados_exitosos, campaign.omitidos) == (2, 1)
    assert campaigns.rows(campaign_id)[-1].error_mensaje == OPTED_OUT
    assert "+573009990001" not in {entry["to"] for entry in simulator.ledger()[before:]}
    assert campaigns.hold(campaign_id)


def test_a_campaign_of_which_everybody_opted_out_ends(campaigns: Campaigns, shop: Shop, simulator: Simulator) -> None:
    opt_out(shop, campaigns.account, "+573009990001")
    campaign = campaigns.get(campaigns.start(0, "3009990001"))
    assert (campaign.estado, campaign.omitidos) == (EstadoCampana.COMPLETADO, 1)


def test_twilios_refusal_for_it_enters_the_list(campaigns: Campaigns, sender: Sender, app: Flask) -> None:
    for _ in range(2):
        campaigns.ended(campaigns.start(1, "+15005550004"))
    with app.app_context():
        (entry,) = db.session.scalars(db.select(Baja))
    assert (entry.usuario_id, entry.telefono_e164, entry.origen) == (
        campaigns.account,
        "+15005550004",
        OrigenBaja.TWILIO,
    )
