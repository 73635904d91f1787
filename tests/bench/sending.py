"""The sender, whole, beside a bare loop of the SDK in the same run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator
from .bare import run_bare
from .callbacks import call_back
from .measures import Rate, peak_megabytes
from .printing import milliseconds, row, say
from .shop import add_accounts, add_sent_messages, without_receipt
from .site import Order, Site, running_site

LATENCIES_MS = (0, 100)
CALLBACKS_PER_SECOND = 1_000
PACE_BESIDE_CALLBACKS = 100
SMALL = 1_000
SMALL_CAMPAIGNS = 5


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    recipients: int
    few: int
    many: int
    called_back: int
    in_flight: int
    rounds: int


def measure_sending(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Measure pace, start, memory and callbacks."""
    add_accounts(app, {SMALL, plan.recipients, plan.few, plan.many})
    measure_pace(name, app, log, plan)
    measure_start_and_memory(name, app, log, plan)
    measure_callbacks(app, log, plan)


def measure_pace(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Send beside a bare loop of the SDK."""
    say(f"{name}: {plan.recipients:,} messages", f"{plan.in_flight} in flight")
    row("latency", "bare /s", "whole /s", "to bare", "to ideal", "bare CPU", "whole CPU")
    for latency in LATENCIES_MS:
        for _ in range(plan.rounds):
            with SimulatorProcess.start(latency_ms=latency) as process:
                bare = run_bare(process.base_url, plan.recipients, plan.in_flight)
                with running_site(app, Simulator(process), log, plan.in_flight) as site:
                    whole = site.send_watched(plan.recipients)
            row(
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


def measure_start_and_memory(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Send small campaigns alone and beside one of `few`, then the same with one of `many`."""
    with SimulatorProcess.start() as process:
        simulator = Simulator(process)
        with running_site(app, simulator, log, plan.in_flight) as site:
            _send_small(site, "before")
            _send_small_beside_big(site, plan.few)
            least = peak_megabytes(site.worker)
        with running_site(app, simulator, log, plan.in_flight) as site:
            idle = site.first_messages(_send_small(site, "quiet"))
            big, busy = _send_small_beside_big(site, plan.many)
            most = peak_megabytes(site.worker)
    say("  first message after the request", milliseconds(idle))
    say(f"  the same while {plan.many:,} are running", milliseconds(busy))
    say(f"  {plan.many:,} recipients stored in", f"{big.stored.total_seconds():.2f} s")
    say(f"  peak memory at {plan.few:,}", f"{least:.1f} MB")
    say(f"  peak memory at {plan.many:,}", f"{most:.1f} MB ({most - least:+.1f})")


def measure_callbacks(app: Flask, log: Path, plan: Plan) -> None:
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
    say(f"  {CALLBACKS_PER_SECOND:,} callbacks a second", f"{calls.per_second:,.0f} /s for {calls.seconds:.0f} s")
    say("  what was answered", answers)
    say("  messages without their last receipt", f"{without_receipt(app):,}")
    say("  messages sent meanwhile", f"{sent / calls.seconds:,.0f} /s of {PACE_BESIDE_CALLBACKS} allowed")


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
