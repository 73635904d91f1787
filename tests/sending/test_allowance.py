"""The limits that save money hold when messages go out, whatever was paused, resumed or tried again before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.campaigns import control, limits, services
from clientes_app.clients.search.selection import Ticked
from clientes_app.errors import Conflict
from clientes_app.extensions import db
from clientes_app.models import Baja, CampanaSMS, Consumo, EstadoCampana, OrigenBaja
from clientes_app.sending import lease, outbox, recording
from clientes_app.sending.carrier import Fate, Message, Outcome, Result
from clientes_app.sending.waiting import Reason, Wait, standings
from clientes_app.shop.services import ShopSettings, save_settings

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending, wait_until
from ..support.clock import BOGOTA, Clock
from ..support.shop import Shop

pytestmark = pytest.mark.both_databases

OWNER = "here:1:test"
NOON = (2026, 11, 22, 12)
AUCKLAND = ZoneInfo("Pacific/Auckland")
COLOMBIA, UNITED_STATES = "+57301", "+1201555"
DIGITS = {"+5": 13, "+1": 12}
"""How long a number is that begins so."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TOGETHER = 6

_sids = count(1)


class Account:
    """An account with limits: what it stores, claims and records, without a sender of its own."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        with app.app_context():
            self.engine: Engine = db.engine
        self.app, self.shop, self.id = app, shop, account
        self.rules = ShopSettings()
        self._numbers = count(1)
        assert lease.hold(self.engine, OWNER)

    def settle(self, **settings: Any) -> None:
        self.rules = ShopSettings(**settings)
        self._save(self.rules)

    def _save(self, rules: ShopSettings) -> None:
        with self.app.test_request_context():
            save_settings(self.id, rules, by=NOBODY)

    def store(self, size: int, prefix: str = COLOMBIA, *, paused: bool = False) -> int:
        """Store a campaign to so many numbers that begin alike."""
        numbers = [f"{prefix}{next(self._numbers):0{DIGITS[prefix[:2]] - len(prefix)}d}" for _ in range(size)]
        clients = self.shop.add_clients(self.id, numbers)
        with self.app.test_request_context():
            draft = services.Draft(Ticked(tuple(clients)), "Hola", "Prueba")
            campaign_id = int(services.create_campaign(self.id, draft, by=NOBODY).id)
            if paused:
                control.pause(self.id, campaign_id, by=NOBODY)
        return campaign_id

    def store_beyond_limits(self, size: int, *, paused: bool = False) -> int:
        """Store a campaign as if on an earlier day: what it sends is not measured against what is left for today."""
        rules = self.rules
        most = {"mensajes_por_dia": 1_000_000, "pesos_por_mes": Decimal(1_000_000)}
        self._save(replace(rules, **{name: limit for name, limit in most.items() if getattr(rules, name) is not None}))
        campaign_id = self.store(size, paused=paused)
        with self.engine.begin() as connection:
            connection.execute(update(CampanaSMS).where(CampanaSMS.id == campaign_id).values(encolada=LONG_AGO))
        self._save(rules)
        return campaign_id

    def resume(self, campaign_id: int) -> None:
        with self.app.test_request_context():
            control.resume(self.id, campaign_id, by=NOBODY)

    def try_to(self, act: str, campaign_id: int) -> None:
        """Pause or resume a campaign, if it can be."""
        with self.app.test_request_context(), suppress(Conflict):
            getattr(control, act)(self.id, campaign_id, by=NOBODY)

    def used(self) -> Sequence[Any]:
        """List what was counted, day by day."""
        with self.engine.connect() as connection:
            days = select(Consumo.dia, Consumo.mensajes, Consumo.pesos).where(Consumo.usuario_id == self.id)
            return connection.execute(days.order_by(Consumo.dia)).all()

    def end(self) -> None:
        """Leave the lease to a sender."""
        lease.let_go(self.engine, OWNER)

    def claim(self, campaign_id: int, most: int = 1_000) -> Sequence[Message]:
        return outbox.claim(self.engine, OWNER, campaign_id, most)

    def record(self, messages: Sequence[Message], fate: Fate = Fate.SENT) -> None:
        results = [
            Result(message, Outcome(fate, sid=f"SM{next(_sids):032x}" if fate is Fate.SENT else None, reason="x"))
            for message in messages
        ]
        recording.record(self.engine, results, {}, {})

    def send(self, campaign_id: int, most: int = 1_000) -> int:
        """Claim and send; answer how many messages."""
        messages = self.claim(campaign_id, most)
        self.record(messages)
        return len(messages)

    def room(self) -> limits.Room:
        with self.app.app_context():
            return limits.room_of(db.session(), self.id)

    def wait(self, campaign_id: int) -> Wait | None:
        with self.engine.connect() as connection:
            standing = standings(connection, [campaign_id]).get(campaign_id)
        return standing.wait if standing else None

    def is_runnable(self, campaign_id: int) -> bool:
        return campaign_id in outbox.runnable(self.engine)


@pytest.fixture
def shops_account(app: Flask, shop: Shop, account: int, clock: Clock) -> Account:
    clock.set(*NOON)
    return Account(app, shop, account)


# The whole way, to the simulated Twilio


def test_campaigns_of_three_days_that_go_on_together_keep_to_the_limit_of_each_day(
    app: Flask, shops_account: Account, campaigns: Campaigns, clock: Clock, simulator: Simulator
) -> None:
    shops_account.settle(mensajes_por_dia=60)
    stored = []
    for day in (20, 21, 22):
        clock.set(2026, 11, day, 9)
        stored.append(shops_account.store(58, f"+573{day}", paused=True))
    for campaign_id in stored:
        shops_account.resume(campaign_id)
    before = len(simulator.ledger())
    shops_account.end()
    with sending(app):
        for moment, total in (((22, 9, 1), 60), ((22, 23, 59), 60), ((23, 0, 0), 120), ((24, 0, 0), 174)):
            clock.set(2026, 11, *moment)
            wait_until(lambda: sum(campaigns.get(each).enviados_exitosos for each in stored) == total)  # noqa: B023
            wait_until(lambda: outbox.runnable(shops_account.engine) == [])
            assert len(simulator.ledger()) - before == total
    assert {campaigns.get(campaign_id).estado for campaign_id in stored} == {EstadoCampana.COMPLETADO}
    assert campaigns.hold(*stored)


def test_what_twilio_defers_is_made_up_for(
    app: Flask, shops_account: Account, campaigns: Campaigns, simulator: Simulator
) -> None:
    shops_account.settle(mensajes_por_dia=20)
    resumed = [shops_account.store_beyond_limits(15) for _ in range(2)]
    simulator.behave(next=["429"] * 5, retry_after=0)
    shops_account.end()
    before = len(simulator.ledger())
    with sending(app):
        wait_until(lambda: sum(campaigns.get(each).enviados_exitosos for each in resumed) == 20)
        wait_until(lambda: outbox.runnable(shops_account.engine) == [])
    assert len(simulator.ledger()) - before == 20


# Day by day


def test_a_day_begins_in_the_accounts_zone(shops_account: Account, clock: Clock) -> None:
    shops_account.settle(mensajes_por_dia=5, zona_horaria="Pacific/Auckland")
    clock.set(2026, 11, 22, 12, zone=AUCKLAND)
    campaign_id = shops_account.store(5, paused=True)
    other = shops_account.store_beyond_limits(10)
    shops_account.resume(campaign_id)
    assert shops_account.send(campaign_id) == 5
    assert shops_account.send(other) == 0
    assert not shops_account.is_runnable(other)
    wait = shops_account.wait(other)
    assert wait == Wait(Reason.DAY, datetime(2026, 11, 23, tzinfo=AUCKLAND), date(2026, 11, 23))
    clock.set(2026, 11, 22, 23, 59, 59, zone=AUCKLAND)
    assert shops_account.send(other) == 0
    clock.set(2026, 11, 23, zone=AUCKLAND)
    assert shops_account.is_runnable(other)
    assert shops_account.send(other) == 5
    assert shops_account.wait(other)


def test_what_was_claimed_before_midnight_counts_for_the_day_before(shops_account: Account, clock: Clock) -> None:
    shops_account.settle(mensajes_por_dia=5)
    campaign_id = shops_account.store_beyond_limits(30)
    clock.set(2026, 11, 22, 23, 59, 59)
    claimed = shops_account.claim(campaign_id)
    assert len(claimed) == 5
    clock.set(2026, 11, 23, 0, 0, 1)
    assert shops_account.send(campaign_id, 2) == 2
    shops_account.record(claimed, Fate.DEFERRED)
    assert shops_account.send(campaign_id) == 3
    assert shops_account.room().messages == 0


@pytest.mark.parametrize(
    ("fate", "left"), [(Fate.SENT, 0), (Fate.UNKNOWN, 0), (Fate.DEFERRED, 3), (Fate.STOPPED, 3), (Fate.REFUSED, 3)]
)
def test_only_what_is_certainly_not_out_counts_back(shops_account: Account, fate: Fate, left: int) -> None:
    shops_account.settle(mensajes_por_dia=3, pesos_por_mes=Decimal(30), precios={"CO": Decimal(10)})
    campaign_id = shops_account.store_beyond_limits(9)
    claimed = shops_account.claim(campaign_id)
    assert shops_account.wait(campaign_id)
    shops_account.record(claimed, fate)
    assert len(shops_account.claim(campaign_id)) == left


def test_of_a_cancelled_campaign_what_comes_back_counts_back(shops_account: Account) -> None:
    shops_account.settle(mensajes_por_dia=3)
    campaign_id, other = shops_account.store(3), shops_account.store_beyond_limits(3)
    claimed = shops_account.claim(campaign_id)
    with shops_account.app.test_request_context():
        control.cancel(shops_account.id, campaign_id, by=Actor(shops_account.id))
    shops_account.record(claimed, Fate.DEFERRED)
    assert shops_account.send(other) == 3


def test_what_a_dead_sender_had_claimed_stays_counted_until_its_own_answer(shops_account: Account) -> None:
    shops_account.settle(mensajes_por_dia=3)
    campaign_id = shops_account.store_beyond_limits(9)
    claimed = shops_account.claim(campaign_id)
    assert recording.rescue(shops_account.engine, OWNER) == 3
    assert shops_account.send(campaign_id) == 0
    shops_account.record(claimed, Fate.DEFERRED)
    assert shops_account.send(campaign_id) == 3
    shops_account.record(claimed, Fate.DEFERRED)  # a second time: nothing moves
    assert shops_account.send(campaign_id) == 0


def test_an_uncertain_message_sent_again_is_counted_twice(shops_account: Account, campaigns: Campaigns) -> None:
    shops_account.settle(mensajes_por_dia=3)
    campaign_id = shops_account.store(2)
    shops_account.record(shops_account.claim(campaign_id), Fate.UNKNOWN)
    first, second = campaigns.rows(campaign_id)
    with shops_account.app.test_request_context():
        control.send_again(shops_account.id, campaign_id, first.id)
        with pytest.raises(Conflict):
            control.send_again(shops_account.id, campaign_id, second.id)
    assert shops_account.room().messages == 0
    assert shops_account.send(campaign_id) == 1
    assert shops_account.room().messages == 0


def test_what_is_left_for_today_is_what_was_neither_claimed_nor_is_pending(shops_account: Account) -> None:
    shops_account.settle(mensajes_por_dia=60, pesos_por_mes=Decimal(1_000), precios={"CO": Decimal(10)})
    campaign_id = shops_account.store(40)
    for claimed in (0, 15, 25):
        assert shops_account.send(campaign_id, claimed) == claimed
        assert (shops_account.room().messages, shops_account.room().pesos) == (20, 600)
    with pytest.raises(Conflict, match=r"60.*20.*21"):
        shops_account.store(21)
    assert shops_account.store(20)


def test_an_account_without_limits_has_nothing_counted(shops_account: Account) -> None:
    assert shops_account.send(shops_account.store(5)) == 5
    assert shops_account.used() == []


def test_another_accounts_limit_keeps_nobody_waiting(app: Flask, shop: Shop, shops_account: Account) -> None:
    other = Account(app, shop, shop.add_admin("otra"))
    shops_account.settle(mensajes_por_dia=1)
    other.settle(mensajes_por_dia=5)
    waiting, going = shops_account.store_beyond_limits(5), other.store(5)
    assert shops_account.send(waiting) == 1
    assert outbox.runnable(shops_account.engine) == [going]
    assert other.send(going) == 5


# Pesos a month


def test_a_month_stops_at_what_its_pesos_pay_for(shops_account: Account, clock: Clock) -> None:
    shops_account.settle(pesos_por_mes=Decimal("100.50"), precios={"CO": Decimal("33.25"), "US": Decimal("0.75")})
    campaign_id, other = shops_account.store_beyond_limits(9), shops_account.store_beyond_limits(2)
    assert shops_account.send(campaign_id) == 3
    wait = Wait(Reason.MONTH, datetime(2026, 12, 1, tzinfo=BOGOTA), date(2026, 12, 1))
    assert (shops_account.wait(campaign_id), shops_account.wait(other)) == (wait, wait)
    assert outbox.runnable(shops_account.engine) == []
    cheap = shops_account.store(1, UNITED_STATES)
    assert shops_account.send(cheap) == 1
    assert shops_account.room().pesos == 0
    clock.set(2026, 11, 30, 23, 59, 59)
    assert shops_account.send(campaign_id) == 0
    assert shops_account.wait(campaign_id) == wait
    clock.set(2026, 12, 1)
    assert shops_account.send(campaign_id) == 3
    assert shops_account.wait(campaign_id)


def test_pesos_are_those_of_the_claim(shops_account: Account) -> None:
    shops_account.settle(pesos_por_mes=Decimal(100), precios={"CO": Decimal(10)})
    campaign_id = shops_account.store(10)
    assert shops_account.send(campaign_id, 4) == 4
    shops_account.settle(pesos_por_mes=Decimal(100), precios={"CO": Decimal(25)})
    assert shops_account.send(campaign_id) == 2
    shops_account.settle(pesos_por_mes=Decimal(100), precios={"CO": Decimal(2)})
    assert shops_account.is_runnable(campaign_id)
    assert shops_account.send(campaign_id) == 4
    assert shops_account.room().spent == 98


def test_a_message_that_no_month_pays_for_waits_without_a_day(shops_account: Account) -> None:
    shops_account.settle(precios={"CO": Decimal(10)})
    campaign_id = shops_account.store(2)
    shops_account.settle(pesos_por_mes=Decimal(5), mensajes_por_dia=0, precios={"CO": Decimal(10)})
    assert shops_account.send(campaign_id) == 0
    assert shops_account.wait(campaign_id) == Wait(Reason.MONTH, None, date(2026, 12, 1))
    shops_account.settle(mensajes_por_dia=0)
    assert shops_account.send(campaign_id) == 0
    assert shops_account.wait(campaign_id) == Wait(Reason.DAY, None, date(2026, 11, 23))


def test_who_opted_out_costs_nothing_and_keeps_nobody_waiting(shops_account: Account, campaigns: Campaigns) -> None:
    shops_account.settle(pesos_por_mes=Decimal(10), precios={"CO": Decimal(10)})
    campaign_id = shops_account.store_beyond_limits(3)
    assert shops_account.send(campaign_id, 1) == 1
    assert shops_account.wait(campaign_id)
    for row in campaigns.rows(campaign_id)[1:]:
        number = row.telefono_e164
        shops_account.shop.add(Baja(usuario_id=shops_account.id, telefono_e164=number, origen=OrigenBaja.MANUAL))
    assert shops_account.is_runnable(campaign_id)
    assert shops_account.send(campaign_id) == 0
    assert campaigns.has(campaign_id, enviado=1, omitido=2)
    assert campaigns.get(campaign_id).estado is EstadoCampana.COMPLETADO


# Settings that change in the middle of a day


def test_a_limit_that_changes_at_noon(shops_account: Account) -> None:
    shops_account.settle(mensajes_por_dia=5)
    campaign_id = shops_account.store_beyond_limits(30)
    assert shops_account.send(campaign_id) == 5
    shops_account.settle(mensajes_por_dia=8)
    assert shops_account.is_runnable(campaign_id)
    assert shops_account.send(campaign_id) == 3
    shops_account.settle(mensajes_por_dia=2)
    assert not shops_account.is_runnable(campaign_id)
    assert shops_account.send(campaign_id) == 0
    shops_account.settle()
    assert shops_account.is_runnable(campaign_id)
    assert shops_account.send(campaign_id, 4) == 4
    shops_account.settle(mensajes_por_dia=15)
    assert shops_account.send(campaign_id) == 3, "what went out without a limit counts too"


def test_a_limit_that_is_new_counts_what_went_out_today_and_this_month(shops_account: Account, clock: Clock) -> None:
    shops_account.settle(precios={"CO": Decimal(10)})
    clock.set(2026, 10, 31, 23, 59)
    campaign_id = shops_account.store(40)
    assert shops_account.send(campaign_id, 10) == 10
    clock.set(2026, 11, 21, 12)
    assert shops_account.send(campaign_id, 7) == 7
    clock.set(2026, 11, 22, 12)
    assert shops_account.send(campaign_id, 5) == 5
    shops_account.settle(mensajes_por_dia=9, pesos_por_mes=Decimal(155), precios={"CO": Decimal(10)})
    assert (shops_account.room().messages, shops_account.room().pesos) == (4, 35)
    assert shops_account.send(campaign_id) == 3
    assert shops_account.wait(campaign_id).reason is Reason.MONTH


def test_a_zone_that_changes_and_changes_back(shops_account: Account, clock: Clock) -> None:
    shops_account.settle(mensajes_por_dia=5)
    campaign_id = shops_account.store_beyond_limits(40)
    assert shops_account.send(campaign_id, 3) == 3  # at noon: the 23rd in Auckland
    shops_account.settle(mensajes_por_dia=5, zona_horaria="Pacific/Auckland")
    assert shops_account.send(campaign_id) == 2
    shops_account.settle(mensajes_por_dia=5)
    assert shops_account.send(campaign_id) == 0
    clock.set(2026, 11, 23)
    assert shops_account.send(campaign_id) == 5


# Races


def test_claims_and_records_that_race_never_pass_the_limit(shops_account: Account) -> None:
    shops_account.settle(mensajes_por_dia=50, pesos_por_mes=Decimal(1_000), precios={"CO": Decimal(10)})
    stored = [shops_account.store_beyond_limits(40) for _ in range(3)]
    start = Barrier(TOGETHER)

    def work(place: int) -> int:
        start.wait()
        sent = 0
        for turn in range(12):
            claimed = shops_account.claim(stored[(place + turn) % 3], 7)
            back = place % 4 if turn < 8 else 0
            sent += len(claimed[back:])
            shops_account.record(claimed[:back], Fate.DEFERRED)
            shops_account.record(claimed[back:])
        return sent

    with ThreadPoolExecutor(TOGETHER) as threads:
        sent = sum(threads.map(work, range(TOGETHER)))
    assert sent + sum(shops_account.send(campaign_id) for campaign_id in stored) == 50
    (day,) = shops_account.used()
    assert (day.mensajes, day.pesos) == (50, 500)


# Whatever happens


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_walk_passes_the_limit_of_a_day_or_a_month(
    app: Flask, shop: Shop, clock: Clock, data: st.DataObject
) -> None:
    clock.set(2026, 11, 28, 9)
    account = Account(app, shop, shop.add_admin(f"ana{next(_sids)}"))
    most, pesos = data.draw(st.integers(1, 12)), Decimal(data.draw(st.integers(1, 30))) * 5
    account.settle(mensajes_por_dia=most, pesos_por_mes=pesos, precios={"CO": Decimal(5)})
    stored = [account.store_beyond_limits(data.draw(st.integers(1, 15)), paused=True) for _ in range(3)]
    flying: list[tuple[date, Sequence[Message]]] = []
    out: Counter[date] = Counter()
    for _ in range(data.draw(st.integers(5, 30))):
        campaign_id, today = data.draw(st.sampled_from(stored)), clock.now().astimezone(BOGOTA).date()
        match data.draw(st.sampled_from(["claim", "claim", "claim", "answer", "pause", "resume", "time", "settle"])):
            case "claim":
                claimed = account.claim(campaign_id, data.draw(st.integers(1, 10)))
                flying.append((today, claimed))
                out[today] += len(claimed)
            case "answer" if flying:
                day, messages = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
                fate = data.draw(st.sampled_from([Fate.SENT, Fate.UNKNOWN, Fate.DEFERRED, Fate.REFUSED]))
                account.record(messages, fate)
                out[day] -= len(messages) if fate in (Fate.DEFERRED, Fate.REFUSED) else 0
            case "pause" | "resume" as act:
                account.try_to(act, campaign_id)
            case "time":
                clock.pass_by(hours=data.draw(st.integers(1, 20)))
            case "settle":
                account.settle(precios={"CO": Decimal(5)})
                account.settle(mensajes_por_dia=most, pesos_por_mes=pesos, precios={"CO": Decimal(5)})
        assert all(count <= most for count in out.values())
        assert all(5 * count <= pesos for count in by_month(out).values())
        for waiting in stored:
            if account.wait(waiting):
                assert account.claim(waiting) == []


def by_month(out: Counter[date]) -> Counter[tuple[int, int]]:
    months: Counter[tuple[int, int]] = Counter()
    for day, messages in out.items():
        months[day.year, day.month] += messages
    return months
