"""Whatever the hour and whatever goes wrong, advertising reaches Twilio within the hours only, by Twilio's ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.campaigns import services
from clientes_app.campaigns.storing import Schedule
from clientes_app.clients.search.selection import Ticked
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, Cuenta, EstadoCampana, EstadoSMS, SMSLog, TipoDeCampana
from clientes_app.schedule import starting
from clientes_app.sending import control, evidence, lease, outbox, recording
from clientes_app.sending.carrier import Message, Result
from clientes_app.sending.law.hours import USUAL, window_at
from clientes_app.sending.twilio_carrier import TwilioCarrier
from clientes_app.settings import settings_of

from ...support.carrier import Simulator
from ...support.clock import BOGOTA, Clock
from ...support.shop import Shop

pytestmark = pytest.mark.both_databases

MADRID = ZoneInfo("Europe/Madrid")
PEOPLE = 6
ADVERTISEMENT = 61
"""To most of them, at once."""
FRIDAY = (2026, 12, 4, 14, 0)
"""A weekend and a holiday on a Tuesday lie ahead."""
HOLIDAYS = {date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 11)}
MINUTES = (1, 2, 13, 29, 61, 180)
EDGES = (-62, -59, -1, 0, 1)
"""Seconds before or after the hours open or close."""


@dataclass
class Worker:
    """What one machine has in hand; it may be frozen for any time between two steps."""

    owner: str
    held: list[Message] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class Handed:
    """A message that Twilio has, and when it was handed over."""

    campaign_id: int
    to: str
    moment: datetime


class Days:
    """A shop, two machines and everything that happens to them, step by step."""

    def __init__(self, app: Flask, shop: Shop, account: int, simulator: Simulator, clock: Clock) -> None:
        self._app, self._account, self._simulator, self._clock = app, account, simulator, clock
        self._runner = asyncio.Runner()
        self._carrier: Any = None
        numbers = [f"300123000{place}" for place in range(PEOPLE - 2)] + ["+34600123456", "+34600123457"]
        self._clients = shop.add_clients(account, numbers)
        shop.add(Cuenta(usuario_id=account, zona_horaria="Europe/Madrid", exige_aprobacion=True))
        self._seller = shop.add_seller(account)
        self._count = 0
        self._known = len(simulator.ledger())
        self.handed: list[Handed] = []
        self.again: set[int] = set()
        self.workers: list[Worker] = []

    def begin(self) -> None:
        """Begin an example: two machines with nothing in hand, on a Friday."""
        self._clock.set(*FRIDAY)
        self._simulator.behave(latency=0, jitter=0, faults={}, next=[])
        self.handed, self.again = [], set()
        self.workers = [self._new_worker() for _ in range(2 if self._is_postgres() else 1)]

    def close(self) -> None:
        if self._carrier is not None:
            self._runner.run(self._carrier.close())
        self._runner.close()

    def campaign(self, campaign_id: int) -> CampanaSMS:
        with self._app.app_context():
            return db.session.get_one(CampanaSMS, campaign_id)

    # Steps

    def pass_by(self, choice: int) -> None:
        self._clock.pass_by(minutes=MINUTES[choice % len(MINUTES)])

    def go_to_an_edge(self, choice: int) -> None:
        """Let it be the moment at which the hours change next, in Bogotá or in Madrid, or almost."""
        moment = self._clock.now()
        edge = window_at(moment, USUAL, (BOGOTA, MADRID)[choice % 4 == 3]).until
        assert edge is not None
        ahead = edge + timedelta(seconds=EDGES[choice // 4 % len(EDGES)]) - moment
        self._clock.pass_by(seconds=max(ahead.total_seconds(), 0.0))

    def start(self, choice: int) -> None:
        """Store a campaign: of any kind, to any of the people, at once or for later, by somebody who may or may not."""
        kind = (TipoDeCampana.PUBLICIDAD, TipoDeCampana.PUBLICIDAD, TipoDeCampana.SERVICIO, None)[choice % 4]
        people = [client for place, client in enumerate(self._clients) if choice >> place & 1] or self._clients
        later = Schedule(self._clock.now() + timedelta(hours=choice % 40 + 1)) if choice % 3 == 0 else None
        draft = services.Draft(
            Ticked(tuple(people)),
            "Hola {nombre}",
            f"Prueba {choice}",
            schedule=later,
            tipo=kind,
            motivo_servicio="pedido" if kind is TipoDeCampana.SERVICIO else None,
            exceptuada=kind is TipoDeCampana.PUBLICIDAD and choice % 7 == 0,
        )
        by = Actor(person_id=self._seller) if choice % 5 == 0 else NOBODY
        with self._app.test_request_context():
            services.create_campaign(self._account, draft, by=by)

    def look_for_hours(self, _choice: int) -> None:
        with self._app.app_context():
            now, due = starting.due_now(db.engine)
            for campaign_id in due:
                starting.start(campaign_id, now)

    def claim(self, choice: int) -> None:
        worker = self._worker(choice)
        for campaign_id in self._runnable():
            worker.held += outbox.claim(self._engine(), worker.owner, campaign_id, choice % 5 + 1)

    def hand_over(self, choice: int) -> None:
        """Hand over some of what a machine has in hand, each with what may go wrong meanwhile."""
        worker = self._worker(choice)
        count = choice % 4 + 1
        worker.held, now = worker.held[count:], worker.held[:count]
        for message in now:
            before = self._clock.now()
            outcome = self._runner.run(self._send(message))
            worker.results.append(Result(message, outcome))
            self._read_ledger(message, before)

    def work(self, choice: int) -> None:
        self.claim(choice)
        self.hand_over(choice)
        self.record(choice)

    def freeze(self, choice: int) -> None:
        """Let a machine wake up at an edge of the hours with what it had claimed before."""
        self.claim(choice)
        self.go_to_an_edge(choice)
        self.hand_over(choice)

    def record(self, choice: int) -> None:
        worker = self._worker(choice)
        results, worker.results = worker.results, []
        recording.record(self._engine(), results, {}, {})

    def kill(self, choice: int) -> None:
        """Let a machine die with all that it had in hand, and another take its place."""
        worker = self._worker(choice)
        lease.let_go(self._engine(), worker.owner)
        self.workers[self.workers.index(worker)] = new = self._new_worker()
        recording.rescue(self._engine(), new.owner)

    def fail(self, choice: int) -> None:
        faults = ("429", "429", "500", "500_after", "cut_after", "cut_before", "daily_limit")
        self._simulator.behave(next=[faults[choice % len(faults)]], retry_after=0)

    def decide(self, choice: int) -> None:
        """Pause, go on, cancel or approve any campaign."""
        acts = (control.pause, control.resume, control.resume, control.cancel, partial(control.approve, admin_id=None))
        ids = self._campaigns()
        if ids:
            with write_transaction(self._engine()) as connection:
                acts[choice % len(acts)](connection, ids[choice // 8 % len(ids)])

    def send_again(self, _choice: int) -> None:
        """Let a person send all that is uncertain again, which may make it arrive twice."""
        with self._app.app_context():
            doubts = db.session.execute(
                db.select(SMSLog.campana_id, SMSLog.id).where(SMSLog.estado == EstadoSMS.INCIERTO)
            ).all()
        for campaign_id, row_id in doubts:
            with write_transaction(self._engine()) as connection:
                evidence.send_again(connection, campaign_id, row_id)
            self.again.add(campaign_id)

    # What they need

    def _runnable(self) -> list[int]:
        return outbox.runnable(self._engine())

    def _campaigns(self) -> list[int]:
        live = CampanaSMS.estado.not_in([EstadoCampana.COMPLETADO, EstadoCampana.CANCELADO])
        with self._app.app_context():
            return list(db.session.scalars(db.select(CampanaSMS.id).where(live).order_by(CampanaSMS.id)))

    async def _send(self, message: Message) -> Any:
        if self._carrier is None:
            self._carrier = TwilioCarrier(settings_of(self._app).twilio)
        return await self._carrier.send(message)

    def _read_ledger(self, message: Message, moment: datetime) -> None:
        ledger = self._simulator.ledger()
        for entry in ledger[self._known :]:
            self.handed.append(Handed(message.campaign_id, entry["to"], moment))
            assert self._validity_is_right(message, entry["validity_period"], moment)
        self._known = len(ledger)

    def _validity_is_right(self, message: Message, seconds: int | None, moment: datetime) -> bool:
        if not is_bound(self.campaign(message.campaign_id)):
            return seconds is None
        left = (closing(message.to, moment) - moment).total_seconds()
        return seconds is not None and 60 <= seconds <= 36_000 and min(left, 36_000) - 2 <= seconds <= left

    def _new_worker(self) -> Worker:
        self._count += 1
        owner = f"test:{self._count}:x"
        if self._is_postgres():
            lease.enter(self._engine(), owner, 60)
        else:
            lease.hold(self._engine(), owner, -1)
        return Worker(owner)

    def _worker(self, choice: int) -> Worker:
        return self.workers[choice % len(self.workers)]

    def _engine(self) -> Engine:
        with self._app.app_context():
            return db.engine

    def _is_postgres(self) -> bool:
        return self._engine().dialect.name == "postgresql"


STEPS: dict[str, Callable[[Days, int], None]] = {
    "time passes": Days.pass_by,
    "an edge": Days.go_to_an_edge,
    "a campaign": Days.start,
    "hours come": Days.look_for_hours,
    "claim": Days.claim,
    "hand over": Days.hand_over,
    "record": Days.record,
    "work": Days.work,
    "freeze": Days.freeze,
    "kill": Days.kill,
    "fault": Days.fail,
    "decide": Days.decide,
    "send again": Days.send_again,
}
# What makes messages go out comes oftener than what hinders them.
OFTEN = ["a campaign", "an edge", "hours come", *["work"] * 5, *["freeze"] * 3]


def zone_of(number: str) -> ZoneInfo:
    return BOGOTA if number.startswith("+57") else MADRID


def closing(number: str, moment: datetime) -> datetime:
    """Return when the hours of a day end."""
    here = moment.astimezone(zone_of(number))
    return datetime.combine(here.date(), time(15 if here.weekday() == 5 else 19), zone_of(number))


def is_lawful(handed: Handed) -> bool:
    here = handed.moment.astimezone(zone_of(handed.to))
    is_free_day = here.weekday() == 6 or here.date() in HOLIDAYS
    return not is_free_day and here.hour >= 8 and handed.moment < closing(handed.to, handed.moment)


def is_bound(campaign: CampanaSMS) -> bool:
    return campaign.tipo is TipoDeCampana.PUBLICIDAD and campaign.exceptuada_por_id is None


@pytest.fixture
def days(app: Flask, shop: Shop, account: int, simulator: Simulator, clock: Clock) -> Iterator[Days]:
    """A shop in Madrid with Colombian clients, and a clock of its own."""
    days = Days(app, shop, account, simulator, clock)
    yield days
    days.close()


@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from([*STEPS, *OFTEN]), st.integers(0, 999)), min_size=20, max_size=60))
def test_advertising_keeps_to_the_hours(days: Days, steps: list[tuple[str, int]]) -> None:
    days.begin()
    days.start(ADVERTISEMENT)
    for name, choice in steps:
        STEPS[name](days, choice)
    bound = [handed for handed in days.handed if is_bound(days.campaign(handed.campaign_id))]
    assert [handed for handed in bound if not is_lawful(handed)] == []
