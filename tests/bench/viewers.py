"""A campaign that many watch: what it costs the sender, and people who do other things meanwhile."""

from __future__ import annotations

import time
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from clientes_app.audit_log import NOBODY
from clientes_app.auth import sessions
from clientes_app.extensions import db
from clientes_app.models import Usuario

from ..support.carrier import Simulator
from .documented import Figure
from .looking import looking
from .measures import Rate, cpu_seconds, peak_megabytes
from .printing import row, say, spread
from .sending import silent_simulator
from .shop import add_accounts, admin_of
from .site import Order, Site, running_site
from .watching import watching

VIEWERS = (0, 100, 300, 1_000)
STATED = {viewers: Figure("20,000 messages to whom", f"{viewers:,} viewers") for viewers in VIEWERS if viewers}
LATENCY_MS = 100
BEFORE = 2_000
"""Messages that are sent before the pace is measured."""


def measure_viewers(name: str, app: Flask, log: Path, recipients: int, in_flight: int) -> None:
    """Send the same campaign beside more and more viewers, with the server as it is set up by itself."""
    add_accounts(app, {recipients})
    cookies = _cookies(app, admin_of(recipients), max(VIEWERS))
    say(f"{name}: {recipients:,} messages, viewers", f"{in_flight} in flight, {LATENCY_MS} ms")
    row("viewers", "sender /s", "to none", "CPU", "memory", "longest wait, and pages p50 / p95 / longest")
    alone = 0.0
    for viewers in VIEWERS:
        with silent_simulator(LATENCY_MS) as process, running_site(app, Simulator(process), log, in_flight) as site:
            rate, waits, looks = _send_watched(site, recipients, cookies[:viewers])
            memory = peak_megabytes(site.worker)
        alone = alone or rate.per_second
        row(
            f"{viewers:,}",
            f"{rate.per_second:,.0f}",
            f"{rate.per_second / alone:.2f}",
            f"{rate.cpu_ms:.2f} ms",
            f"{memory:.0f} MB",
            f"{max(waits, default=0):.1f} s",
            f"  {spread(looks)}",
            stated=STATED[viewers].under(name) if viewers else "",
        )


def _send_watched(site: Site, size: int, cookies: list[str]) -> tuple[Rate, list[float], list[float]]:
    """Send to all; return the pace from when all watch to the end, each viewer's longest wait, and pages' times."""
    browser = site.log_in(size)
    order = site.send(browser)
    path = f"/clientes/campanas/{order.campaign_id}/progreso/?fase=procesando"
    with watching(site.port, path, cookies) as viewers:
        viewers.wait_until_all_are_here()
        _wait_until_sent(site, order, BEFORE)
        with looking(site, size) as looks:
            rate = _pace(site, order, size)
        waits = viewers.longest_waits()
    return rate, waits, looks.seconds


def _pace(site: Site, order: Order, size: int) -> Rate:
    began, used, before = time.monotonic(), cpu_seconds(site.worker), site.sent(order)
    _wait_until_sent(site, order, size)
    return Rate(size - before, time.monotonic() - began, cpu_seconds(site.worker) - used)


def _wait_until_sent(site: Site, order: Order, messages: int) -> None:
    while site.sent(order) < messages:
        time.sleep(0.2)


def _cookies(app: Flask, admin: str, count: int) -> list[str]:
    """Begin so many sessions of a person, and return the cookies that open them."""
    assert isinstance(app.session_interface, SecureCookieSessionInterface)
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None
    with app.app_context():
        person = db.session.scalars(db.select(Usuario).where(Usuario.usuario == admin)).one()
        begun = (sessions.begin(person.id, person.clave_hash, "", by=NOBODY) for _ in range(count))
        return [str(signer.dumps({"_user_id": str(person.id), "_fresh": True, "secreto": secret})) for secret in begun]
