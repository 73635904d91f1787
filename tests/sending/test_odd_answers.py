"""What Twilio should never answer concerns the one message that it was given for; all others go on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from clientes_app.extensions import db
from clientes_app.models import EstadoCampana, EstadoSMS, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.sending import claiming, evidence, lease, recording
from clientes_app.sending.carrier import Fate, Outcome, Result
from clientes_app.sending.evidence import Receipt
from clientes_app.sending.faults import ODD_ANSWER

from ..support.campaigns import Campaigns
from ..support.carrier import point_at, sending, wait_until
from ..support.odd_twilio import OddTwilio, odd_twilio

pytestmark = pytest.mark.both_databases

ODD = "+573009990001"
OWNER = "here:1:test"
DEEP = b"[" * 60_000 + b"]" * 60_000
HUGE = b'{"sid": "' + b"9" * 3_000_000 + b'"}'
PROBLEM = {"type": "https://x", "title": "x", "status": 400, "code": 21211}

UNREADABLE: dict[str, tuple[int, object]] = {
    "a SID with NUL": (201, {"sid": "SM\0" + "0" * 31}),
    "a SID that is an object": (201, {"sid": {"sid": "SM1"}}),
    "a SID that is a number": (201, {"sid": 7}),
    "a SID as long as a book": (201, {"sid": "S" * 5_000}),
    "half a character as SID": (201, {"sid": "\ud800"}),
    "no SID": (201, {}),
    "a list": (201, ["sid"]),
    "null": (201, None),
    "no JSON": (201, b"<html>"),
    "nothing": (201, b""),
    "no UTF-8": (201, b'{"sid": "\xff\xfe"}'),
    "JSON too deep": (201, DEEP),
    "more than anybody reads": (201, HUGE),
    "a failure that calls itself a refusal": (503, PROBLEM),
}
REFUSED: dict[str, tuple[int, object]] = {
    "a code beyond any": (400, {"code": 10**12, "message": "x"}),
    "a code below zero": (400, {"code": -(10**30), "message": "x"}),
    "a code that is an object": (400, {"code": {}, "message": "x"}),
    "a code that is a text": (400, {"code": "21211", "message": "x"}),
    "a code that is true": (400, {"code": True, "message": "x"}),
    "NUL in its words": (400, {"code": 21999, "message": "a\0b"}),
    "half a character in its words": (400, {"code": 21999, "message": "a\ud800b"}),
    "words without end": (400, {"code": 21999, "message": "x" * 3_000_000}),
    "JSON too deep": (400, DEEP),
    "a problem whose words are an object": (400, {**PROBLEM, "code": 21999, "detail": {"a": "\0"}}),
}


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def twilio(app: Flask) -> Iterator[OddTwilio]:
    with odd_twilio() as twilio:
        point_at(app, twilio.base_url)
        yield twilio


def states_by_number(campaigns: Campaigns, campaign_id: int) -> dict[str | None, EstadoSMS]:
    return {row.telefono_e164: row.estado for row in campaigns.rows(campaign_id)}


@pytest.mark.parametrize("answer", UNREADABLE)
def test_what_cannot_be_read_makes_its_own_message_uncertain(
    campaigns: Campaigns, app: Flask, twilio: OddTwilio, answer: str
) -> None:
    twilio.answer(ODD, *UNREADABLE[answer])
    campaign_id = campaigns.start(3, ODD)
    with sending(app):
        campaigns.ended(campaign_id)
    assert states_by_number(campaigns, campaign_id).pop(ODD) is EstadoSMS.INCIERTO
    assert campaigns.has(campaign_id, enviado=3, incierto=1)
    assert campaigns.hold(campaign_id)


@pytest.mark.parametrize("answer", REFUSED)
def test_a_refusal_in_odd_words_is_one(campaigns: Campaigns, app: Flask, twilio: OddTwilio, answer: str) -> None:
    twilio.answer(ODD, *REFUSED[answer])
    campaign_id = campaigns.start(3, ODD)
    with sending(app):
        campaigns.ended(campaign_id)
    assert states_by_number(campaigns, campaign_id).pop(ODD) is EstadoSMS.FALLIDO
    assert campaigns.has(campaign_id, enviado=3, fallido=1)
    assert campaigns.hold(campaign_id)


@pytest.mark.parametrize("code", [20429, "20429", {}, 10**12])
def test_too_many_is_too_many_whatever_the_words(
    campaigns: Campaigns, app: Flask, twilio: OddTwilio, code: object
) -> None:
    twilio.answer(ODD, 429, {"code": code})
    campaign_id = campaigns.start(0, ODD)
    with sending(app):
        wait_until(lambda: len(twilio.received) > 0)
        twilio.answers.clear()
        assert campaigns.ended(campaign_id).enviados_exitosos == 1


def test_a_sid_that_another_message_has(campaigns: Campaigns, app: Flask, twilio: OddTwilio) -> None:
    with sending(app):
        first = campaigns.start(1)
        campaigns.ended(first)
        twilio.answer(ODD, 201, {"sid": twilio.sid(1)})
        second, third = campaigns.start(3, ODD), campaigns.start(2)
        campaigns.ended(second)
        campaigns.ended(third)
    assert campaigns.has(second, enviado=3, incierto=1)
    assert states_by_number(campaigns, second).pop(ODD) is EstadoSMS.INCIERTO
    assert campaigns.has(third, enviado=2)
    assert campaigns.hold(first, second, third)


def test_what_the_database_refuses_is_recorded_alone(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(4)
    assert lease.hold(engine, OWNER)
    messages = claiming.claim(engine, OWNER, campaign_id, 4)
    sids = ["SM1", "SM2", "SM1", "SM3"]
    results = [Result(message, Outcome(Fate.SENT, sid=sid)) for message, sid in zip(messages, sids, strict=True)]
    recording.record(engine, results, {}, {})
    assert [row.estado for row in campaigns.rows(campaign_id)] == ["enviado", "enviado", "incierto", "enviado"]
    assert campaigns.rows(campaign_id)[2].error_mensaje == ODD_ANSWER
    assert campaigns.get(campaign_id).estado is EstadoCampana.COMPLETADO
    assert campaigns.hold(campaign_id)


def test_a_receipt_that_the_database_refuses_harms_no_other(campaigns: Campaigns, engine: Engine) -> None:
    campaign_id = campaigns.start(2)
    assert lease.hold(engine, OWNER)
    first, second = claiming.claim(engine, OWNER, campaign_id, 2)
    evidence.receive(engine, [Receipt(first.attempt, "SM1", None), Receipt(second.attempt, "SM1", None)])
    assert [row.twilio_sid for row in campaigns.rows(campaign_id)] == ["SM1", None]


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        b"[]",
        b'{"messages": 5}',
        b'{"messages": [5]}',
        b'{"messages": [{"sid": {}, "body": "Hola", "date_created": "x"}]}',
        b'{"messages": [{"sid": "SM\\u0000", "body": "Hola", "date_created": 5}]}',
        DEEP,
        b'{"messages": [' + b" " * 5_000_000 + b"]}",
    ],
    ids=range(8),
)
def test_a_list_that_cannot_be_read_settles_nothing_and_stops_nobody(
    campaigns: Campaigns, app: Flask, engine: Engine, twilio: OddTwilio, listed: bytes
) -> None:
    twilio.listed = listed
    twilio.answer(ODD, 201, {})
    with sending(app):
        first = campaigns.start(0, ODD)
        wait_until(lambda: campaigns.has(first, incierto=1))
        with engine.begin() as connection:
            connection.execute(update(SMSLog).values(mensaje="Hola", proxima_consulta=utc_now()))
        wait_until(lambda: campaigns.row(first).consultas == 1)
        second = campaigns.start(2)
        campaigns.ended(second)
    assert campaigns.has(first, incierto=1)
    assert campaigns.has(second, enviado=2)
