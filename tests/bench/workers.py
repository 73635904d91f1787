"""Workers beside the embedded sender, on one database: how much several send together, and at what pace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from multiprocessing.process import BaseProcess

from flask import Flask
from sqlalchemy import text

from clientes_app.audit_log import NOBODY
from clientes_app.background.sender import simulated_twilio
from clientes_app.campaigns import services
from clientes_app.clients.search.criteria import Search
from clientes_app.config import TwilioSettings
from clientes_app.engine import placing
from clientes_app.extensions import db
from clientes_app.models import CampanaSMS, EstadoCampana
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator, wait_until
from ..support.sender_process import start_sender_process
from ..support.worker_process import start_worker_process
from .measures import Rate, cpu_seconds
from .printing import row, say
from .shop import TEXT, add_accounts

LATENCY_MS = 100
CREWS = (1, 2, 3)
LIMIT = 200
LIMITED_SECONDS = 15
LONGEST = 600.0

Start = Callable[[TwilioSettings], list[BaseProcess]]


def measure_workers(app: Flask, recipients: int, in_flight: int) -> None:
    """Send with the embedded sender, and with one, two and three workers; on PostgreSQL only."""
    limited = LIMIT * LIMITED_SECONDS
    add_accounts(app, {recipients, limited})
    say(f"workers: {recipients:,} messages", f"{in_flight} in flight each, {LATENCY_MS} ms")
    row("who", "/s", "to embedded", "CPU", "database CPU")
    url, twilio = app.config["SQLALCHEMY_DATABASE_URI"], TwilioSettings(max_concurrency=in_flight)
    embedded = _measure(app, recipients, lambda to: [start_sender_process(url, to)], twilio)
    _print("embedded", *embedded, embedded[0])
    placing.init_app(app)
    for size in CREWS:
        measured = _measure(app, recipients, partial(_start, url, size), twilio)
        _print(f"{size}", *measured, embedded[0])
    row("who", "mean /s", "fullest s", f"of {LIMIT} parts a second")
    for size in CREWS:
        _measure_pace(app, size, limited, replace(twilio, messages_per_second=LIMIT))


def _start(url: str, size: int, twilio: TwilioSettings) -> list[BaseProcess]:
    return [start_worker_process(url, twilio) for _ in range(size)]


def _measure(app: Flask, size: int, start: Start, twilio: TwilioSettings) -> tuple[Rate, float]:
    with (
        SimulatorProcess.start(latency_ms=LATENCY_MS) as simulator,
        _running(start(simulated_twilio(twilio, simulator.base_url))) as processes,
    ):
        used, used_there = _cpu(processes), _database_cpu(app)
        seconds = _send(app, size)
        rate = Rate(size, seconds, _cpu(processes) - used)
        return rate, 1_000 * (_database_cpu(app) - used_there) / size


def _measure_pace(app: Flask, size: int, messages: int, twilio: TwilioSettings) -> None:
    """Send at a limited pace, and kill one of several workers in the midst."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    with SimulatorProcess.start(latency_ms=LATENCY_MS) as process:
        to = simulated_twilio(twilio, process.base_url)
        with _running(_start(url, size, to)) as workers:
            campaign_id = _store(app, messages)
            if size > 1:
                wait_until(lambda: _row(app, campaign_id).enviados_exitosos > messages // 2, LONGEST)
                workers[0].kill()
            wait_until(lambda: _row(app, campaign_id).estado is EstadoCampana.COMPLETADO, LONGEST)
        created = [datetime.fromisoformat(entry["created"]).timestamp() for entry in Simulator(process).ledger()]
    mean = (len(created) - 1) / (max(created) - min(created))
    fullest = max(Counter(int(moment - min(created)) for moment in created).values())
    row(f"{size}", f"{mean:,.1f}", f"{fullest}")


def _send(app: Flask, size: int) -> float:
    campaign_id = _store(app, size)
    wait_until(lambda: _row(app, campaign_id).estado is EstadoCampana.COMPLETADO, LONGEST)
    campaign = _row(app, campaign_id)
    assert campaign.completado is not None
    assert campaign.enviados_exitosos == size
    return (campaign.completado - campaign.creado).total_seconds()


def _store(app: Flask, size: int) -> int:
    with app.test_request_context():
        account = db.session.scalar(text("SELECT id FROM usuario WHERE usuario = :name"), {"name": f"tienda{size}"})
        draft = services.Draft(Search(), TEXT, "Todos")
        return int(services.create_campaign(account, draft, by=NOBODY).id)


def _row(app: Flask, campaign_id: int) -> CampanaSMS:
    with app.app_context():
        return db.session.get_one(CampanaSMS, campaign_id)


@contextmanager
def _running(processes: list[BaseProcess]) -> Iterator[list[BaseProcess]]:
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
            process.join(20)
            process.kill()


def _cpu(processes: Sequence[BaseProcess]) -> float:
    return sum(cpu_seconds(process.pid or 0) for process in processes)


def _database_cpu(app: Flask) -> float:
    """Read the CPU time of the connections that are open now."""
    with app.app_context():
        pids = db.session.scalars(text("SELECT pid FROM pg_stat_activity")).all()
    return sum(cpu_seconds(pid) for pid in pids)


def _print(who: str, rate: Rate, database_ms: float, embedded: Rate) -> None:
    ratio = rate.per_second / embedded.per_second
    row(who, f"{rate.per_second:,.0f}", f"{ratio:.2f}", f"{rate.cpu_ms:.2f} ms", f"{database_ms:.2f} ms")
