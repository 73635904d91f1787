"""A person gets one advertisement a day, whoever sends how many campaigns, and no more than the caps let through."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.campaigns import control
from clientes_app.campaigns.missing import Cause, missing_of
from clientes_app.clients.services import create_client
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import Cuenta, EstadoSMS, TipoDeCampana
from clientes_app.models.types import utc_now
from clientes_app.privacy import retention
from clientes_app.privacy.services import erase
from clientes_app.sending import evidence, recording
from clientes_app.sending.carrier import Fate, Message
from clientes_app.sending.faults import ALREADY_TODAY, CAPPED
from clientes_app.sending.law.advertised import forget
from clientes_app.sending.law.one_a_day import left_out_at
from clientes_app.sending.law.rules import rules_of
from clientes_app.sending.opt_outs import add_opt_outs
from clientes_app.settings import current_settings
from clientes_app.shop.services import ShopSettings, save_settings
from clientes_app.values.pseudonym import is_pseudonym

from ...support.campaigns import Campaigns
from ...support.carrier import Simulator, sending
from ...support.clock import Clock
from ...support.shop import Shop, account_of
from .advertising import TUESDAY, Advertiser, numbers

pytestmark = pytest.mark.both_databases

LAURA, PEDRO, SPAIN = "+573001234567", "+573007654321", "+34600123456"
NOT_OUT = [Fate.DEFERRED, Fate.STOPPED, Fate.KEPT, Fate.REFUSED]
SKIPPED_TODAY = (EstadoSMS.OMITIDO, ALREADY_TODAY)
SENT = (EstadoSMS.ENVIADO, None)


# Taking


def test_the_second_campaign_of_a_day_leaves_out_who_got_the_first(advertiser: Advertiser) -> None:
    assert advertiser.advertise(LAURA) == [LAURA]
    second = advertiser.store(LAURA, PEDRO)
    assert advertiser.send(second) == [PEDRO]
    assert advertiser.ends(second) == {SKIPPED_TODAY: 1, SENT: 1}


def test_on_the_next_day_everybody_gets_one_again(advertiser: Advertiser, clock: Clock) -> None:
    advertiser.advertise(LAURA)
    clock.pass_by(days=1)
    assert advertiser.advertise(LAURA) == [LAURA]
    assert advertiser.days() == [(LAURA, TUESDAY), (LAURA, TUESDAY + timedelta(days=1))]


@pytest.mark.parametrize("tipo", [None, TipoDeCampana.SERVICIO])
def test_what_is_no_advertising_takes_no_day_and_heeds_none(advertiser: Advertiser, tipo: TipoDeCampana | None) -> None:
    assert advertiser.send(advertiser.store(LAURA, tipo=tipo)) == [LAURA]
    assert advertiser.days() == []
    advertiser.advertise(LAURA)
    assert advertiser.send(advertiser.store(LAURA, tipo=tipo)) == [LAURA]


def test_an_excepted_campaign_goes_to_everybody_and_lets_others_know(advertiser: Advertiser) -> None:
    advertiser.advertise(LAURA)
    excepted = advertiser.store(LAURA, PEDRO, exceptuada=True)
    assert advertiser.send(excepted) == [LAURA, PEDRO]
    assert advertiser.advertise(PEDRO) == []


def test_who_is_excepted_and_not_out_gives_back_only_its_own_day(advertiser: Advertiser) -> None:
    advertiser.advertise(LAURA)
    messages = advertiser.claim(advertiser.store(LAURA, PEDRO, exceptuada=True))
    advertiser.record(messages, Fate.REFUSED)
    assert advertiser.days() == [(LAURA, TUESDAY)]


def test_accounts_do_not_know_of_each_other(app: Flask, shop: Shop, advertiser: Advertiser) -> None:
    other = Advertiser(app, shop, shop.add_admin("berta"))
    assert advertiser.advertise(LAURA) == other.advertise(LAURA) == [LAURA]
    assert advertiser.days() == other.days()


def test_the_day_is_that_of_the_numbers_zone(
    app: Flask, shop: Shop, advertiser: Advertiser, account: int, clock: Clock
) -> None:
    """Colombian numbers have Bogota's day, all others the shop's."""
    shop.add(Cuenta(usuario_id=account, zona_horaria="Europe/Madrid"))
    advertiser.settle()
    clock.set(2026, 11, 24, 23, 30, zone=ZoneInfo("Europe/Madrid"))
    assert advertiser.advertise(LAURA, SPAIN) == [LAURA, SPAIN]
    clock.pass_by(hours=1)
    assert advertiser.advertise(LAURA, SPAIN) == [SPAIN]
    clock.set(2026, 11, 25, 0, 1)
    assert advertiser.advertise(LAURA, SPAIN) == [LAURA]
    wednesday = TUESDAY + timedelta(days=1)
    assert advertiser.days() == [(SPAIN, TUESDAY), (SPAIN, wednesday), (LAURA, TUESDAY), (LAURA, wednesday)]


def test_batches_of_which_nobody_is_left_end_nothing(advertiser: Advertiser, account: int) -> None:
    everybody = [*numbers(40), PEDRO, LAURA]
    with advertiser.engine.begin() as connection:
        for number in everybody[:20]:
            add_opt_outs(connection, [account], number, "manual")  # type: ignore[arg-type]
    advertiser.advertise(*everybody[20:-2])
    campaign_id = advertiser.store(*everybody)
    assert [message.to for message in advertiser.claim(campaign_id, 5)] == [PEDRO, LAURA]
    assert advertiser.claim(campaign_id, 5) == []


def test_more_are_looked_through_and_no_more_claimed_than_asked_for(advertiser: Advertiser) -> None:
    everybody = numbers(30)
    advertiser.advertise(*everybody[:10])
    campaign_id = advertiser.store(*everybody)
    assert [message.to for message in advertiser.claim(campaign_id, 5)] == everybody[10:15]
    assert len(advertiser.days()) == 15


# Giving back


@pytest.mark.parametrize("fate", NOT_OUT)
def test_what_is_not_out_gives_its_day_back(advertiser: Advertiser, fate: Fate) -> None:
    advertiser.record(advertiser.claim(advertiser.store(LAURA, PEDRO)), fate)
    assert advertiser.days() == []
    assert advertiser.advertise(LAURA, PEDRO) == [LAURA, PEDRO]


def test_what_was_cancelled_while_it_was_in_hand_gives_its_day_back(app: Flask, advertiser: Advertiser) -> None:
    campaign_id = advertiser.store(LAURA)
    messages = advertiser.claim(campaign_id)
    with app.test_request_context():
        control.cancel(advertiser.id, campaign_id, by=NOBODY)
    advertiser.record(messages, Fate.DEFERRED)
    assert advertiser.ends(campaign_id).keys() == {(EstadoSMS.CANCELADO, "x")}
    assert advertiser.days() == []


def test_what_is_uncertain_keeps_its_day_and_what_is_then_refused_gives_it_back(advertiser: Advertiser) -> None:
    messages = advertiser.claim(advertiser.store(LAURA))
    recording.rescue(advertiser.engine, "nobody:1:x")
    advertiser.record(messages, Fate.UNKNOWN)
    assert advertiser.advertise(LAURA) == []
    advertiser.record(messages, Fate.REFUSED)
    assert advertiser.days() == []


def send_again(advertiser: Advertiser) -> tuple[int, Message]:
    """Send a campaign whose only message is uncertain, and have it sent again."""
    campaign_id = advertiser.store(LAURA)
    (message,) = advertiser.claim(campaign_id)
    advertiser.record([message], Fate.UNKNOWN)
    with advertiser.engine.begin() as connection:
        assert evidence.send_again(connection, campaign_id, message.row_id)
    return campaign_id, message


def test_what_is_sent_again_keeps_its_day_whatever_comes_of_it(advertiser: Advertiser) -> None:
    """The first attempt may have arrived."""
    campaign_id, _ = send_again(advertiser)
    for fate in (Fate.DEFERRED, Fate.REFUSED):
        again = advertiser.claim(campaign_id)
        assert [message.to for message in again] == [LAURA]
        advertiser.record(again, fate)
        assert advertiser.days() == [(LAURA, TUESDAY)]


def test_what_is_sent_again_on_another_day_takes_that_day_besides(advertiser: Advertiser, clock: Clock) -> None:
    advertiser.settle(tope_semana=1)
    campaign_id, _ = send_again(advertiser)
    clock.pass_by(days=1)
    again = advertiser.claim(campaign_id)
    assert advertiser.days() == [(LAURA, TUESDAY), (LAURA, TUESDAY + timedelta(days=1))]
    advertiser.record(again, Fate.DEFERRED)
    assert advertiser.days() == [(LAURA, TUESDAY)]


# Caps


@pytest.mark.parametrize(("cap", "days"), [("tope_semana", 7), ("tope_mes", 30)])
def test_a_cap_counts_its_days_to_the_present_one(advertiser: Advertiser, clock: Clock, cap: str, days: int) -> None:
    advertiser.settle(**{cap: 2})
    assert advertiser.advertise(LAURA) == [LAURA]
    clock.pass_by(days=1)
    assert advertiser.advertise(LAURA) == [LAURA]
    clock.pass_by(days=days - 2)
    capped = advertiser.store(LAURA, PEDRO)
    assert advertiser.send(capped) == [PEDRO]
    assert advertiser.ends(capped)[EstadoSMS.OMITIDO, CAPPED] == 1
    assert advertiser.send(advertiser.store(LAURA, exceptuada=True)) == [LAURA]
    clock.pass_by(days=2)
    assert advertiser.advertise(LAURA) == [LAURA]


def test_who_got_one_today_is_left_out_for_that_and_not_for_a_cap(advertiser: Advertiser) -> None:
    advertiser.settle(tope_semana=1)
    advertiser.advertise(LAURA)
    second = advertiser.store(LAURA)
    advertiser.send(second)
    assert advertiser.ends(second) == {SKIPPED_TODAY: 1}


def test_a_day_that_is_given_back_is_the_exceptions_that_went_out_on_it(advertiser: Advertiser) -> None:
    first, exception = advertiser.store(LAURA), advertiser.store(LAURA, exceptuada=True)
    (in_hand,) = advertiser.claim(first)
    advertiser.send(exception)
    advertiser.record([in_hand], Fate.DEFERRED)
    advertiser.send(first)
    assert advertiser.ends(first) == {SKIPPED_TODAY: 1}
    third = advertiser.store(LAURA)
    advertiser.send(third)
    assert advertiser.ends(third) == {SKIPPED_TODAY: 1}


def test_a_change_of_the_shops_zone_gives_nobody_a_second_one(advertiser: Advertiser, app: Flask, shop: Shop) -> None:
    shop.open_always(advertiser.id)
    assert advertiser.advertise(SPAIN, LAURA) == [SPAIN, LAURA]
    with app.test_request_context():
        save_settings(advertiser.id, ShopSettings("Tienda", zona_horaria="Pacific/Kiritimati"), by=NOBODY)
    second = advertiser.store(SPAIN, LAURA)
    advertiser.send(second)
    assert advertiser.ends(second) == {SKIPPED_TODAY: 2}


# What others see of it


def foreseen(advertiser: Advertiser) -> dict[str, str]:
    with advertiser.engine.connect() as connection:
        left_out = left_out_at(advertiser.id, rules_of(connection, advertiser.id), utc_now())
        return dict(connection.execute(left_out).all())


def test_the_review_knows_whom_it_would_not_reach(advertiser: Advertiser, clock: Clock) -> None:
    advertiser.advertise(LAURA, PEDRO)
    assert foreseen(advertiser) == {LAURA: ALREADY_TODAY, PEDRO: ALREADY_TODAY}
    clock.pass_by(days=1)
    assert foreseen(advertiser) == {}
    advertiser.settle(tope_semana=1)
    advertiser.advertise(SPAIN)
    assert foreseen(advertiser) == {LAURA: CAPPED, PEDRO: CAPPED, SPAIN: ALREADY_TODAY}


def test_whoever_had_enough_can_be_reached_by_a_later_campaign(app: Flask, advertiser: Advertiser) -> None:
    advertiser.advertise(LAURA)
    second = advertiser.store(LAURA, PEDRO)
    advertiser.send(second)
    with app.test_request_context():
        missing = missing_of(advertiser.id, second)
    assert missing.client_ids == (advertiser.client(LAURA),)
    assert missing.counts[Cause.ENOUGH] == 1


def test_days_are_forgotten_once_no_cap_looks_at_them(app: Flask, advertiser: Advertiser, clock: Clock) -> None:
    advertiser.advertise(*numbers(3))
    clock.pass_by(days=31)
    sweep(app)
    assert len(advertiser.days()) == 3
    clock.pass_by(days=1)
    with advertiser.engine.begin() as connection:
        assert forget(connection, TUESDAY, 2) == 0
        assert forget(connection, TUESDAY + timedelta(days=1), 2) == 2
    sweep(app)
    assert advertiser.days() == []


def sweep(app: Flask) -> None:
    with app.test_request_context():
        retention.sweep(storage_of(current_settings()))


def test_who_is_erased_is_known_by_a_pseudonym_until_the_number_comes_back(app: Flask, advertiser: Advertiser) -> None:
    advertiser.advertise(LAURA)
    by = Actor(advertiser.id)
    with app.test_request_context():
        erase(account_of(advertiser.id), advertiser.client(LAURA), storage_of(current_settings()), by=by)
    ((hidden, day),) = advertiser.days()
    assert is_pseudonym(hidden)
    assert day == TUESDAY
    with app.test_request_context():
        create_client(account_of(advertiser.id), {"nombre": "Nueva", "telefono": "300 123 4567"}, by=by)
    assert advertiser.days() == [(LAURA, TUESDAY)]


# All at once


def test_two_campaigns_to_the_same_people_sent_whole(
    app: Flask, advertiser: Advertiser, campaigns: Campaigns, simulator: Simulator
) -> None:
    everybody = numbers(60)
    before = len(simulator.ledger())
    stored = [advertiser.store(*order) for order in (everybody, everybody[::-1])]
    advertiser.end()
    with sending(app):
        for campaign_id in stored:
            campaigns.ended(campaign_id)
    assert Counter(entry["to"] for entry in simulator.ledger()[before:]) == dict.fromkeys(everybody, 1)
    assert campaigns.hold(*stored)
