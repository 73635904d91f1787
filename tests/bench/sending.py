"""The sender, whole, beside a bare loop of the SDK in the same run."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests
from flask import Flask

from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator
from .bare import run_bare
from .callbacks import call_back
from .documented import Figure
from .measures import Rate, peak_megabytes
from .printing import milliseconds, row, say
from .shop import add_accounts, add_sent_messages, without_receipt
from .site import ADVERTISING, SERVICE, Kind, Order, Site, running_site

LATENCIES_MS = (0, 100)
CALLBACKS_PER_SECOND = 1_000
PACE_BESIDE_CALLBACKS = 100
SMALL = 1_000
A_DAY_MS = 86_400_000
SMALL_CAMPAIGNS = 5

_STARTING = "starting, storing, called back"
IDLE = Figure(_STARTING, "first message after the request")
BUSY = Figure(_STARTING, "the same while 200,000 are running")
STORED = Figure(_STARTING, "200,000 recipients stored in")
MEMORY = Figure(_STARTING, "peak memory added")
CALLED_BACK = Figure(_STARTING, "callbacks beside a campaign")


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
    measure_kinds(name, app, log, plan)
    measure_start_and_memory(name, app, log, plan)
    measure_callbacks(name, app, log, plan)


def measure_pace(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Send beside a bare loop of the SDK."""
    say(f"{name}: {plan.recipients:,} messages", f"{plan.in_flight} in flight")
    row("latency", "bare /s", "whole /s", "to bare", "to ideal", "bare CPU", "whole CPU")
    for latency in LATENCIES_MS:
        for _ in range(plan.rounds):
            with _silent_simulator(latency) as process:
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
                stated=Figure("20,000 messages", f"{name}, {latency} ms").under("ratio"),
            )


def measure_kinds(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Send advertising, with its hours, its one a day and its way out, beside what nothing binds."""
    say(f"{name}: advertising and service", f"{plan.recipients:,} messages, {plan.many:,} stored")
    row("kind", "whole /s", "CPU", "first", "stored")
    for _ in range(plan.rounds):
        for title, kind in (("service", SERVICE), ("advert", ADVERTISING)):
            with _silent_simulator() as process, running_site(app, Simulator(process), log, plan.in_flight) as site:
                whole = site.send_watched(plan.recipients, kind)
                small, big = site.log_in(SMALL), site.log_in(plan.many)
                starts = site.first_messages(_send_small(site, small, f"{title}-", kind))
                order = site.send(big, "Todos", kind)
                site.watch_to_the_end(big, order)
                site.forget_advertising()
            row(
                title,
                f"{whole.per_second:,.0f}",
                f"{whole.cpu_ms:.2f} ms",
                f"{statistics.median(starts).total_seconds() * 1_000:.0f} ms",
                f"{order.stored.total_seconds():.2f} s",
            )


def _silent_simulator(latency_ms: float = 0) -> SimulatorProcess:
    """Start a Twilio whose own callbacks, which are not what is measured, never come."""
    return SimulatorProcess.start(None, latency_ms, "--callback-delay", str(A_DAY_MS))


def _to_ideal(rate: Rate, latency: int, plan: Plan) -> str:
    """Compare with as many messages a second as fit into the time they take: what is in flight ÷ latency."""
    return f"{rate.per_second * latency / 1_000 / plan.in_flight:.2f}" if latency else "-"


@dataclass(frozen=True)
class Start:
    """What was seen of small campaigns alone and then beside a bigger one."""

    idle: list[timedelta]
    busy: list[timedelta]
    big: Order
    before: float
    """The peak of the process's memory before the bigger one, in MB."""
    grown: float
    """By how much it was higher at the end."""


def measure_start_and_memory(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Send small campaigns alone and beside one of `few`, then the same with one of `many`."""
    few, many = (_start(app, log, plan, size) for size in (plan.few, plan.many))
    say("  first message after the request", milliseconds(many.idle), IDLE.under(name))
    say(f"  the same while {plan.many:,} are running", milliseconds(many.busy), BUSY.under(name))
    say(f"  {plan.many:,} recipients stored in", f"{many.big.stored.total_seconds():.2f} s", STORED.under(name))
    say(f"  peak memory before {plan.many:,}", f"{many.before:.1f} MB")
    say(f"  added by {plan.few:,} and by {plan.many:,}", f"{few.grown:.1f} and {many.grown:.1f} MB", MEMORY.under(name))


def _start(app: Flask, log: Path, plan: Plan, size: int) -> Start:
    with _silent_simulator() as process, running_site(app, Simulator(process), log, plan.in_flight) as site:
        # Before anything is measured: checking a password takes 19 MB, which the process may keep.
        small, big = site.log_in(SMALL), site.log_in(size)
        idle = site.first_messages(_send_small(site, small, f"quiet{size}-"))
        before = peak_megabytes(site.worker)
        order = site.send(big)
        with site.watching(big, order):
            orders = _send_small(site, small, f"beside{size}-")
        busy = site.first_messages(orders)
        return Start(idle, busy, order, before, peak_megabytes(site.worker) - before)


def measure_callbacks(name: str, app: Flask, log: Path, plan: Plan) -> None:
    """Call back for messages of an earlier campaign while another one is being sent."""
    add_sent_messages(app, plan.called_back)
    with _silent_simulator() as process:
        public = process.base_url
        settings = {"PUBLIC_BASE_URL": public, "TWILIO_MESSAGES_PER_SECOND": str(PACE_BESIDE_CALLBACKS)}
        with running_site(app, Simulator(process), log, plan.in_flight, **settings) as site:
            order = site.send(site.log_in(plan.recipients))
            before = site.sent(order)
            calls = call_back(site.url, public, plan.called_back, CALLBACKS_PER_SECOND)
            sent = site.sent(order) - before
    answers = ", ".join(f"{number:,} × {answer}" for answer, number in sorted(calls.answers.items()))
    made = f"{calls.per_second:,.0f} /s for {calls.seconds:.0f} s"
    say(f"  {CALLBACKS_PER_SECOND:,} callbacks a second", made, CALLED_BACK.under(name))
    say("  what was answered", answers)
    say("  messages without their last receipt", f"{without_receipt(app):,}")
    say("  messages sent meanwhile", f"{sent / calls.seconds:,.0f} /s of {PACE_BESIDE_CALLBACKS} allowed")


def _send_small(site: Site, browser: requests.Session, name: str, kind: Kind = SERVICE) -> list[Order]:
    """Send small campaigns one after another."""
    orders = []
    for place in range(SMALL_CAMPAIGNS):
        orders.append(site.send(browser, f"{name}{place}", kind))
        site.watch_to_the_end(browser, orders[-1])
        site.forget_advertising()
    return orders
