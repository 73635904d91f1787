"""`python -m tests.bench`: the sender, whole, beside a bare loop of the SDK in the same run."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask

from clientes_app import create_app
from clientes_app.config import Settings
from clientes_app.extensions import db
from clientes_app.simulator.process import SimulatorProcess

from ..conftest import migrate
from ..support.carrier import Simulator
from ..support.postgres import running_postgres
from .bare import run_bare
from .callbacks import call_back
from .measures import Rate, peak_megabytes
from .shop import add_accounts, add_sent_messages, without_receipt
from .site import Order, Site, running_site

LATENCIES_MS = (0, 100)
CALLBACKS_PER_SECOND = 1_000
PACE_BESIDE_CALLBACKS = 100
SMALL = 1_000
SMALL_CAMPAIGNS = 5
QUICK = {"recipients": 2_000, "few": 2_000, "many": 20_000, "called_back": 1_500}


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    recipients: int
    few: int
    many: int
    called_back: int
    in_flight: int
    rounds: int


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), multiple=True, help="Default: both.")
@click.option("--recipients", default=20_000, show_default=True, help="Of the campaigns whose pace is measured.")
@click.option("--few", default=10_000, show_default=True, help="The smaller campaign whose memory is measured.")
@click.option("--many", default=200_000, show_default=True, help="The bigger campaign whose memory is measured.")
@click.option("--called-back", default=15_000, show_default=True, help="Messages that Twilio calls back for.")
@click.option("--in-flight", default=100, show_default=True, help="Messages at Twilio at one time.")
@click.option("--rounds", default=1, show_default=True, help="How often the pace is measured.")
@click.option("--quick", is_flag=True, help="Measure a tenth.")
def main(database: tuple[str, ...], quick: bool, **sizes: int) -> None:
    """Measure the sender and print tables."""
    plan = Plan(**sizes | (QUICK if quick else {}))
    for name in database or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="clientes-bench-") as folder, _database(name, Path(folder)) as app:
            add_accounts(app, {SMALL, plan.recipients, plan.few, plan.many})
            log = Path(folder) / "server.log"
            _measure_pace(name, app, log, plan)
            _measure_start_and_memory(name, app, log, plan)
            _measure_callbacks(app, log, plan)


@contextmanager
def _database(name: str, folder: Path) -> Iterator[Flask]:
    """Answer an app on a new, migrated database."""
    with _address(name, folder) as url:
        migrate(url)
        app = create_app(Settings(secret_key="for tests only", database_url=url))
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def _address(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'clientes.sqlite'}"
        return
    # Unlike in tests it waits for the disk, as it would in earnest.
    with running_postgres("") as server, server.database() as url:
        yield url


def _measure_pace(name: str, app: Flask, log: Path, plan: Plan) -> None:
    _say(f"{name}: {plan.recipients:,} messages", f"{plan.in_flight} in flight")
    _row("latency", "bare /s", "whole /s", "to bare", "to ideal", "bare CPU", "whole CPU")
    for latency in LATENCIES_MS:
        for _ in range(plan.rounds):
            with SimulatorProcess.start(latency_ms=latency) as process:
                bare = run_bare(process.base_url, plan.recipients, plan.in_flight)
                with running_site(app, Simulator(process), log, plan.in_flight) as site:
                    whole = site.send_watched(plan.recipients)
            _row(
                f"{latency} ms",
                f"{bare.per_second:,.0f}",
                f"{whole.per_second:,.0f}",
                f"{whole.per_second / bare.per_second:.2f}",
                _to_ideal(whole, latency, plan),
                f"{bare.cpu_ms:.2f} ms",
                f"{whole.cpu_ms:.2f} ms",
            )


def _to_ideal(rate: Rate, latency: int, plan: Plan) -> str:
    """Compare with as many messages a second as fit into the time they take: what is in flight ÷ latency."""
    return f"{rate.per_second * latency / 1_000 / plan.in_flight:.2f}" if latency else "-"


def _measure_start_and_memory(name: str, app: Flask, log: Path, plan: Plan) -> None:
    with SimulatorProcess.start() as process:
        simulator = Simulator(process)
        with running_site(app, simulator, log, plan.in_flight) as site:
            site.send_watched(plan.few)
            least = peak_megabytes(site.worker)
        with running_site(app, simulator, log, plan.in_flight) as site:
            idle = site.first_messages(_send_small(site, "quiet"))
            big, busy = _send_small_beside_big(site, plan.many)
            most = peak_megabytes(site.worker)
    _say("  first message after the request", _milliseconds(idle))
    _say(f"  the same while {plan.many:,} are running", _milliseconds(busy))
    _say(f"  {plan.many:,} recipients stored in", f"{big.stored.total_seconds():.2f} s")
    _say(f"  peak memory at {plan.few:,}", f"{least:.1f} MB")
    _say(f"  peak memory at {plan.many:,}", f"{most:.1f} MB ({most - least:+.1f})")


def _measure_callbacks(app: Flask, log: Path, plan: Plan) -> None:
    """Call back for messages of an earlier campaign while another one is being sent."""
    add_sent_messages(app, plan.called_back)
    with SimulatorProcess.start() as process:
        # The simulator's own callbacks lead back to itself: they are not what is measured.
        public = process.base_url
        settings = {"PUBLIC_BASE_URL": public, "TWILIO_MESSAGES_PER_SECOND": str(PACE_BESIDE_CALLBACKS)}
        with running_site(app, Simulator(process), log, plan.in_flight, **settings) as site:
            order = site.send(site.log_in(plan.recipients))
            before = site.sent(order)
            calls = call_back(site.url, public, plan.called_back, CALLBACKS_PER_SECOND)
            sent = site.sent(order) - before
    answers = ", ".join(f"{number:,} × {answer}" for answer, number in sorted(calls.answers.items()))
    _say(f"  {CALLBACKS_PER_SECOND:,} callbacks a second", f"{calls.per_second:,.0f} /s for {calls.seconds:.0f} s")
    _say("  what was answered", answers)
    _say("  messages without their last receipt", f"{without_receipt(app):,}")
    _say("  messages sent meanwhile", f"{sent / calls.seconds:,.0f} /s of {PACE_BESIDE_CALLBACKS} allowed")


def _send_small(site: Site, name: str) -> list[Order]:
    """Send small campaigns one after another."""
    browser = site.log_in(SMALL)
    orders = []
    for place in range(SMALL_CAMPAIGNS):
        orders.append(site.send(browser, f"{name}{place}"))
        site.watch_to_the_end(browser, orders[-1])
    return orders


def _send_small_beside_big(site: Site, many: int) -> tuple[Order, list[timedelta]]:
    browser = site.log_in(many)
    big = site.send(browser)
    with site.watching(browser, big):
        orders = _send_small(site, "beside")
    return big, site.first_messages(orders)


def _row(title: str, *cells: str) -> None:
    click.echo(f"  {title:>7}" + "".join(f"{cell:>11}" for cell in cells))


def _say(title: str, value: str) -> None:
    click.echo(f"{title:<46}{value}")


def _milliseconds(times: list[timedelta]) -> str:
    each = [1_000 * time.total_seconds() for time in times]
    return f"{statistics.median(each):.0f} ms (at most {max(each):.0f})"


if __name__ == "__main__":
    main()
