"""Puzzling answers in a row are counted over all senders."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask

from clientes_app.extensions import db
from clientes_app.models import EstadoCampana, EstadoSMS
from clientes_app.sending import claiming, lease, recording
from clientes_app.sending.carrier import Fate, Outcome, Result
from clientes_app.sending.puzzles import PUZZLING_IN_A_ROW

from ..support.campaigns import Campaigns

pytestmark = pytest.mark.both_databases

OWNER = "test:1:x"
PUZZLING = Outcome(Fate.UNKNOWN, reason="?", puzzling=True)
REFUSED = Outcome(Fate.REFUSED, code=21211, reason="No")
LATER = Outcome(Fate.DEFERRED)


class Senders:
    """Records answers for one campaign, as several senders would: a few at a time."""

    def __init__(self, app: Flask, campaigns: Campaigns, recipients: int = 60) -> None:
        self._app, self._campaigns = app, campaigns
        self.campaign_id = campaigns.start(recipients)

    def record(self, *outcomes: Outcome) -> None:
        with self._app.app_context():
            lease.hold(db.engine, OWNER)
            messages = claiming.claim(db.engine, OWNER, self.campaign_id, len(outcomes))
            results: Sequence[Result] = [Result(*pair) for pair in zip(messages, outcomes, strict=True)]
            recording.record(db.engine, results, {}, {})

    @property
    def state(self) -> EstadoCampana:
        return self._campaigns.get(self.campaign_id).estado


@pytest.fixture
def senders(app: Flask, campaigns: Campaigns) -> Senders:
    return Senders(app, campaigns)


def test_a_few_of_each_sender_stop_the_campaign_together(senders: Senders, campaigns: Campaigns) -> None:
    for _ in range(3):
        senders.record(*[PUZZLING] * (PUZZLING_IN_A_ROW // 4))
        assert senders.state is EstadoCampana.PROCESANDO
    senders.record(*[PUZZLING] * (PUZZLING_IN_A_ROW // 4))
    assert senders.state is EstadoCampana.ERROR
    assert campaigns.states(senders.campaign_id)[EstadoSMS.PENDIENTE] == 40


def test_an_answer_that_is_understood_begins_the_count_anew(senders: Senders) -> None:
    for _ in range(4):
        senders.record(*[PUZZLING] * (PUZZLING_IN_A_ROW // 2), REFUSED)
    assert senders.state is EstadoCampana.PROCESANDO


def test_too_many_is_no_answer_to_a_message(senders: Senders) -> None:
    senders.record(*[PUZZLING] * (PUZZLING_IN_A_ROW - 1))
    senders.record(LATER)
    assert senders.state is EstadoCampana.PROCESANDO
    senders.record(PUZZLING)
    assert senders.state is EstadoCampana.ERROR


def test_a_campaign_with_nothing_left_to_send_is_not_stopped(app: Flask, campaigns: Campaigns) -> None:
    """Answers that never come are given up on together, after all others have come."""
    senders = Senders(app, campaigns, PUZZLING_IN_A_ROW + 5)
    senders.record(*[REFUSED] * 5)
    senders.record(*[PUZZLING] * PUZZLING_IN_A_ROW)
    assert senders.state is EstadoCampana.COMPLETADO
