"""A shop's whole list: imported, found and changed, by people who go on working meanwhile."""

from __future__ import annotations

import csv
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from flask import Flask
from sqlalchemy import func, insert, literal, select, update

from clientes_app.config import PROJECT_ROOT
from clientes_app.database.planner import look_anew
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Cliente, EstadoImportacion, Importacion, Venta
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator
from ..support.shop import Shop
from .documented import Figure
from .looking import SEARCHES, look, looking, recording
from .measures import cpu_seconds, peak_megabytes
from .printing import say, spread
from .shop import add_accounts, admin_of
from .site import Site, database_of, running_site

NAMES, SURNAMES = (
    words.split()
    for words in (
        "María Luz Carlos Andrés Juliana Sebastián Camila Jhon Yesenia Óscar Natalia Mauricio Germán Édgar Elena",
        "González Rodríguez Muñoz Ospina Restrepo Quiñones Londoño Cárdenas Zuluaga Peña Mosquera Núñez Vélez Díaz",
    )
)
PREFIXES = ("300", "301", "304", "310", "313", "316", "320", "350")
BESIDE = 20_000
"""Clients of the shop that sends a campaign meanwhile."""
ROUNDS = 10

_OVER_HTTP = "a million clients, over HTTP"
PAGES = Figure(_OVER_HTTP, "any search or page of the list")
TAGGED = Figure(_OVER_HTTP, "all of them tagged in")
CHANGES = Figure(_OVER_HTTP, "another shop's changes meanwhile")
SMALL_SHOP = Figure(_OVER_HTTP, "pages of a small shop")
BIG_SHOP = Figure(_OVER_HTTP, "searches of a shop with a million")
CAMPAIGN = Figure(_OVER_HTTP, "a campaign meanwhile")
_IMPORTED = "a million rows, from the file"
BY_COMMAND = Figure(_IMPORTED, "by the command line")
BY_SERVER = Figure(_IMPORTED, "by the server")
MEMORY = Figure(_IMPORTED, "peak memory")


def measure_finding(name: str, app: Flask, folder: Path, clients: int) -> None:
    """Import a list, look through it, tag all of it, and import another one beside people at work."""
    owner, other = admin_of(clients), admin_of(clients + 1)
    for each in (owner, other):
        Shop(app).add_admin(each)
    add_accounts(app, {BESIDE})
    path = _write_list(folder / "lista.csv", clients)
    say(f"{name}: {clients:,} clients", "median / 95th percentile / longest")
    _measure_import(app, path, owner, clients)
    _sell(app)
    with (
        SimulatorProcess.start(latency_ms=100) as process,
        running_site(app, Simulator(process), folder / "server.log", 100, UPLOADS_PATH=str(folder)) as site,
    ):
        _measure_pages(site, clients)
        _measure_tagging(site, clients)
        _measure_beside_import(site, path, clients)


def _write_list(path: Path, clients: int) -> Path:
    """Write a list as shops have them: accents, numbers with and without spaces, a document each."""
    dice = random.Random(7)
    numbers = dice.sample(range(10_000_000), min(clients, 10_000_000))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Nombre", "Apellidos", "Celular", "Cédula"])
        for place, number in enumerate(numbers):
            names = [f"{dice.choice(NAMES)} {dice.choice(NAMES)}", f"{dice.choice(SURNAMES)} {dice.choice(SURNAMES)}"]
            line = f"{number:07d}" if place % 3 else f" {number // 10_000:03d} {number % 10_000:04d}"
            writer.writerow([*names, dice.choice(PREFIXES) + line, 10_000_000 + 7 * place])
    return path


def _sell(app: Flask) -> None:
    """Store a sale to every fifth client and two to every tenth, on the days of a year."""
    with app.app_context(), unit_of_work() as session:
        for share, thousands in ((5, 90), (10, 310)):
            for month in range(1, 12):
                buyers = select(
                    Cliente.id,
                    (Cliente.id % thousands + 1) * 1_000,
                    literal(datetime(2026, month, 15, 17, tzinfo=UTC), Venta.fecha.type),
                    Cliente.usuario_id,
                ).where(Cliente.id % share == 0, Cliente.id // share % 11 == month - 1)
                session.execute(insert(Venta).from_select(["cliente_id", "total", "fecha", "usuario_id"], buyers))
        made = select(Venta).where(Venta.cliente_id == Cliente.id)
        session.execute(
            update(Cliente)
            .where(Cliente.id % 5 == 0)
            .values(
                ultima_compra=made.with_only_columns(func.max(Venta.fecha)).scalar_subquery(),
                total_compras=made.with_only_columns(func.sum(Venta.total)).scalar_subquery(),
            )
        )
    with app.app_context():
        look_anew(db.engine, Cliente, Venta)


def _measure_import(app: Flask, path: Path, owner: str, clients: int) -> None:
    """Import from the command line, in a process of its own: read, validate, match, insert."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "clients", "import", str(path), "--owner", owner]
    settings = {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "SECRET_KEY": "for tests only"}
    environment = {**os.environ, **settings, "UPLOADS_PATH": str(path.parent)}
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        used = _used_until_it_ends(app, process)
    assert process.returncode == 0
    seconds = time.perf_counter() - began
    pace = f"{clients / seconds:,.0f} rows/s ({seconds:.0f} s)"
    say("  imported, from the file to the clients", pace, BY_COMMAND.under(database_of(app)))
    say("  peak memory of the import, all its processes", f"{used.megabytes:.0f} MB", MEMORY.under(database_of(app)))
    for step, cpu in (("checking", used.checking), ("importing", used.importing)):
        say(f"    processor time of its processes, {step}", f"{cpu / clients * 1e6:.1f} µs a row")


@dataclass(frozen=True)
class Used:
    """What an import used: the sum of its processes' peaks, and their processor time in seconds."""

    megabytes: float
    checking: float
    importing: float


def _used_until_it_ends(app: Flask, process: subprocess.Popen[bytes]) -> Used:
    peaks: dict[int, float] = {}
    seconds: dict[int, float] = {}
    checking = 0.0
    while process.poll() is None:
        for each in (process.pid, *_children(process.pid)):
            try:
                peaks[each], seconds[each] = peak_megabytes(each), cpu_seconds(each)
            except (OSError, StopIteration):
                continue  # it has just ended
        if not checking and _is_applied(app):
            checking = sum(seconds.values())
        time.sleep(0.1)
    return Used(sum(peaks.values()), checking, sum(seconds.values()) - checking)


def _is_applied(app: Flask) -> bool:
    with app.app_context():
        return db.session.scalar(select(Importacion.id).filter_by(estado=EstadoImportacion.APLICANDO)) is not None


def _children(process: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _measure_pages(site: Site, clients: int) -> None:
    browser = site.log_in(clients)
    for name, tag in (("luz", "VIP"), ("sebastian", "Mora")):
        site.post(browser, "/clientes/seleccion/etiquetas/", {"destino": "busqueda", "q": name, "etiqueta_nueva": tag})
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for search in SEARCHES:
            times.setdefault(search, []).append(look(site, browser, f"/clientes/?{search}"))
        for deep in (f"antes={clients // 2}", "antes=100", f"orden=nombre&antes={clients // 3}"):
            times.setdefault(deep, []).append(look(site, browser, f"/clientes/?{deep}"))
    seconds = [second for each in times.values() for second in each]
    say("  any search or page of the list", spread(seconds), PAGES.under(site.database))
    slowest = sorted(times, key=lambda search: sorted(times[search])[ROUNDS // 2])[-3:]
    for search in reversed(slowest):
        say(f"    slowest: {search or 'first page'}", spread(times[search]))


def _measure_tagging(site: Site, clients: int) -> None:
    browser = site.log_in(clients)
    with looking(site, clients) as looks, recording(site, BESIDE) as writes:
        began = time.perf_counter()
        form = {"destino": "todos", "etiqueta_nueva": "Todos"}
        answer = site.post(browser, "/clientes/seleccion/etiquetas/", form)
        seconds = time.perf_counter() - began
        assert answer.is_redirect, answer.status_code
    say("  all of them tagged in", f"{seconds:.1f} s", TAGGED.under(site.database))
    say("    pages meanwhile", spread(looks.seconds))
    say("    another shop's changes meanwhile", spread(writes.seconds), CHANGES.under(site.database))


def _measure_beside_import(site: Site, path: Path, clients: int) -> None:
    browser = site.log_in(clients + 1)
    with path.open("rb") as file:
        answer = site.post(browser, "/clientes/importar/", {}, files={"archivo": (path.name, file)})
    address = answer.headers["Location"].removesuffix("columnas/")
    page = browser.get(f"{site.url}{address}columnas/").text
    roles = dict(re.findall(r'<select[^>]* name="(c\d+)".*?<option value="(\w*)" selected', page, re.DOTALL))
    seller = site.log_in(BESIDE)
    with looking(site, BESIDE) as looks, looking(site, clients) as big_looks:
        began = time.perf_counter()
        site.post(browser, f"{address}columnas/", roles)
        _wait_for(site, browser, address, "aplicar/")
        order = site.send(seller)
        sending = time.perf_counter()
        site.post(browser, f"{address}aplicar/", {})
        site.watch_to_the_end(seller, order)
        sent = time.perf_counter() - sending
        _wait_for(site, browser, address, "deshacer/")
        seconds = time.perf_counter() - began
    pace = f"{clients / seconds:,.0f} rows/s ({seconds:.0f} s)"
    say("  another million imported by the server", pace, BY_SERVER.under(site.database))
    say("    pages of a small shop meanwhile", spread(looks.seconds), SMALL_SHOP.under(site.database))
    say("    pages of a big shop meanwhile", spread(big_looks.seconds), BIG_SHOP.under(site.database))
    say("    a campaign meanwhile", f"{BESIDE / sent:,.0f} messages/s", CAMPAIGN.under(site.database))


def _wait_for(site: Site, browser: requests.Session, address: str, action: str) -> None:
    """Wait until an import's page offers an action."""
    while f"{address}{action}" not in (page := browser.get(f"{site.url}{address}").text):
        assert "icon text-red" not in page, page
        time.sleep(0.5)
