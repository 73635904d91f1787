"""Killed at the second at which campaigns are due: each starts once, none is forgotten, nobody gets one twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.background.schedules import LOOK_SECONDS
from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns import services
from clientes_app.campaigns.storing import Schedule
from clientes_app.campaigns.verification import verify
from clientes_app.clients.search.criteria import Search
from clientes_app.config import TwilioSettings
from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria, CampanaSMS, EstadoCampana, EstadoSMS, SMSLog
from clientes_app.models.types import utc_now
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator, wait_until
from ..support.sender_process import start_sender_process
from ..support.shop import Shop
from ..support.worker_process import start_worker_process

KILLS = 20
RECIPIENTS = 5
LEASE = 2.0
IN_FLIGHT = 10
AROUND = (-0.1, 0.35)
"""When one is killed, in seconds from the look that finds the campaign due."""


@dataclass(frozen=True)
class Hours:
    """A shop whose campaigns are due while their senders die."""

    app: Flask
    shop: Shop
    account: int
    start_process: Callable[[], BaseProcess]

    def schedule(self, place: int) -> int:
        """Store a campaign that is due just before the second look of a process that starts now."""
        said = ((("destino", "busqueda"), ("q", f"grupo{place:02}")), None)[place % 2]
        with self.app.test_request_context():
            schedule = Schedule(utc_now() + timedelta(seconds=LOOK_SECONDS * 0.9), said)
            draft = services.Draft(Search(f"grupo{place:02}"), "Hola {nombre}", f"Prueba {place}", schedule=schedule)
            return services.create_campaign(self.account, draft, by=NOBODY).id

    def add_clients(self) -> None:
        for place in range(KILLS * RECIPIENTS):
            self.shop.add_client(self.account, f"Grupo{place // RECIPIENTS:02}", f"30012{place:05}")

    def started(self) -> Counter[int | None]:
        """Return how often each campaign was started."""
        with self.app.app_context():
            sent = db.select(Auditoria.cosa_id).where(Auditoria.accion == Accion.CAMPAIGN_SENT)
            return Counter(db.session.scalars(sent))

    def states(self) -> set[EstadoCampana]:
        with self.app.app_context():
            return set(db.session.scalars(db.select(CampanaSMS.estado)))

    def rows(self) -> list[SMSLog]:
        with self.app.app_context():
            return list(db.session.scalars(db.select(SMSLog)))


@pytest.fixture
def simulator_process() -> Iterator[Simulator]:
    """A ledger of this test's own."""
    with SimulatorProcess.start() as process:
        yield Simulator(process)


@pytest.fixture
def hours(app: Flask, shop: Shop, account: int, simulator: Simulator, who: str) -> Hours:
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    twilio = replace(simulated_twilio(TwilioSettings(), simulator.base_url), max_concurrency=IN_FLIGHT)
    start = {
        "senders": lambda: start_sender_process(url, twilio),
        "workers": lambda: start_worker_process(url, twilio, lease_seconds=LEASE),
    }
    return Hours(app, shop, account, start[who])


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("database_url", "who", "at_once"),
    [("sqlite", "senders", 1), ("postgresql", "senders", 2), ("postgresql", "workers", 3)],
    indirect=["database_url"],
)
def test_killed_at_the_second_of_its_hour_each_campaign_starts_once(
    hours: Hours, simulator: Simulator, at_once: int
) -> None:
    simulator.behave(latency=150, jitter=50)
    hours.add_clients()
    chance = random.Random(KILLS)
    crew = [hours.start_process() for _ in range(at_once - 1)]
    campaigns = []
    try:
        for place in range(KILLS):
            campaigns.append(hours.schedule(place))
            crew.append(hours.start_process())
            crew[-1].join(LOOK_SECONDS + chance.uniform(*AROUND))
            assert crew[-1].exitcode is None, "it ended by itself"
            crew.append(crew.pop(chance.randrange(len(crew))))
            killed = crew.pop()
            killed.kill()
            killed.join()
        crew.append(hours.start_process())
        wait_until(lambda: hours.states() == {EstadoCampana.COMPLETADO}, 60)
    finally:
        for process in crew:
            process.kill()
            process.join()
    assert hours.started() == Counter(campaigns), "each was started once"
    prove(hours, simulator, campaigns)


def prove(hours: Hours, simulator: Simulator, campaigns: list[int]) -> None:
    """Prove that everybody got one message, or that it is uncertain whether they did."""
    rows = hours.rows()
    assert Counter(row.campana_id for row in rows) == dict.fromkeys(campaigns, RECIPIENTS)
    assert {row.estado for row in rows} <= {EstadoSMS.ENVIADO, EstadoSMS.INCIERTO}
    created = Counter(entry["to"] for entry in simulator.ledger())
    assert max(created.values()) == 1, "a phone got it twice"
    assert {row.telefono_e164 for row in rows if row.estado is EstadoSMS.ENVIADO} <= created.keys()
    with hours.app.app_context():
        assert [verify(each).problems for each in campaigns] == [[]] * KILLS
