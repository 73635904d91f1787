"""A shop's whole list: imported, found and changed, by people who go on working meanwhile."""

from __future__ import annotations

import csv
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import requests
from flask import Flask
from sqlalchemy import func, insert, literal, select, update

from clientes_app.config import PROJECT_ROOT
from clientes_app.database.planner import look_anew
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Cliente, Venta
from clientes_app.simulator.process import SimulatorProcess

from ..support.carrier import Simulator
from ..support.shop import Shop
from .measures import peak_megabytes
from .printing import say, spread
from .shop import add_accounts, admin_of
from .site import Site, running_site

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
LOOKS_PER_SECOND = 10

SEARCHES = (
    "",
    "q=maria",
    "q=mar%C3%ADa+gonz%C3%A1lez",
    "q=rodriguez+munoz",
    "q=sebastian+quinones+pena",
    "q=3001234",
    "q=313+12",
    "q=ma",
    "q=zzz",
    "q=maria&etiqueta=1",
    "etiqueta=1",
    "estado=inactivos",
    "estado=todos",
    "orden=nombre",
    "orden=compra",
    "q=maria&orden=nombre",
    "q=lucia+duque&orden=compra",
    "numero=no",
    "compro_desde=2026-06-01",
    "compro_por=890000",
    "compro_desde=2026-06-01&compro_por=200000",
    "no_compro_desde=2026-06-01&no_compro_por=200000",
    "etiqueta=1&etiqueta=2",
    "etiqueta_todas=1&no_etiqueta=2",
    "no_etiqueta=1",
    "creado_desde=2025-12-01",
)


@dataclass
class Looks:
    """How long somebody waited for pages, in seconds."""

    seconds: list[float] = field(default_factory=list)


def measure_finding(name: str, app: Flask, folder: Path, clients: int) -> None:
    """Import a list, look through it, tag all of it, and import another one beside people at work."""
    owner, other = admin_of(clients), admin_of(clients + 1)
    for each in (owner, other):
        Shop(app).add_admin(each)
    add_accounts(app, {BESIDE})
    path = _write_list(folder / "lista.csv", clients)
    say(f"{name}: {clients:,} clients", "median / 95th percentile / longest")
    _measure_import(app, folder, path, owner, clients)
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


def _measure_import(app: Flask, folder: Path, path: Path, owner: str, clients: int) -> None:
    """Import from the command line, in a process of its own: read, validate, match, insert."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "clients", "import", str(path), "--owner", owner]
    settings = {"DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"], "SECRET_KEY": "for tests only"}
    environment = {**os.environ, **settings, "UPLOADS_PATH": str(folder)}
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        peak = _peak_until_it_ends(process)
    assert process.returncode == 0
    seconds = time.perf_counter() - began
    say("  imported, from the file to the clients", f"{clients / seconds:,.0f} rows/s ({seconds:.0f} s)")
    say("  peak memory of the import, all its processes", f"{peak:.0f} MB")


def _peak_until_it_ends(process: subprocess.Popen[bytes]) -> float:
    """Return the sum of the peaks of a process and of those that it started, in MB."""
    peaks: dict[int, float] = {}
    while process.poll() is None:
        for each in (process.pid, *_children(process.pid)):
            try:
                peaks[each] = peak_megabytes(each)
            except (OSError, StopIteration):
                continue  # it has just ended
        time.sleep(0.1)
    return sum(peaks.values())


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
            times.setdefault(search, []).append(_look(site, browser, f"/clientes/?{search}"))
        for deep in (f"antes={clients // 2}", "antes=100", f"orden=nombre&antes={clients // 3}"):
            times.setdefault(deep, []).append(_look(site, browser, f"/clientes/?{deep}"))
    say("  any search or page of the list", spread(second for each in times.values() for second in each))
    slowest = sorted(times, key=lambda search: sorted(times[search])[ROUNDS // 2])[-3:]
    for search in reversed(slowest):
        say(f"    slowest: {search or 'first page'}", spread(times[search]))


def _measure_tagging(site: Site, clients: int) -> None:
    browser = site.log_in(clients)
    with _looking(site, clients) as looks, _recording(site, BESIDE) as writes:
        began = time.perf_counter()
        form = {"destino": "todos", "etiqueta_nueva": "Todos"}
        answer = site.post(browser, "/clientes/seleccion/etiquetas/", form)
        seconds = time.perf_counter() - began
        assert answer.is_redirect, answer.status_code
    say("  all of them tagged in", f"{seconds:.1f} s")
    say("    pages meanwhile", spread(looks.seconds))
    say("    another shop's changes meanwhile", spread(writes.seconds))


def _measure_beside_import(site: Site, path: Path, clients: int) -> None:
    browser = site.log_in(clients + 1)
    with path.open("rb") as file:
        answer = site.post(browser, "/clientes/importar/", {}, files={"archivo": (path.name, file)})
    address = answer.headers["Location"].removesuffix("columnas/")
    page = browser.get(f"{site.url}{address}columnas/").text
    roles = dict(re.findall(r'<select[^>]* name="(c\d+)".*?<option value="(\w*)" selected', page, re.DOTALL))
    seller = site.log_in(BESIDE)
    with _looking(site, BESIDE) as looks, _looking(site, clients) as big_looks:
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
    say("  another million imported by the server", f"{clients / seconds:,.0f} rows/s ({seconds:.0f} s)")
    say("    pages of a small shop meanwhile", spread(looks.seconds))
    say("    pages of a big shop meanwhile", spread(big_looks.seconds))
    say("    a campaign meanwhile", f"{BESIDE / sent:,.0f} messages/s")


def _wait_for(site: Site, browser: requests.Session, address: str, action: str) -> None:
    """Wait until an import's page offers an action."""
    while f"{address}{action}" not in (page := browser.get(f"{site.url}{address}").text):
        assert "icon text-red" not in page, page
        time.sleep(0.5)


def _look(site: Site, browser: requests.Session, path: str) -> float:
    began = time.perf_counter()
    answer = browser.get(f"{site.url}{path}", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.status_code == 200, path
    return time.perf_counter() - began


@contextmanager
def _looking(site: Site, size: int) -> Iterator[Looks]:
    """Let somebody of an account look at pages of the list all the time."""
    browser = site.log_in(size)
    searches = random.Random(7)
    with _again_and_again(lambda: _look(site, browser, f"/clientes/?{searches.choice(SEARCHES)}")) as looks:
        yield looks


@contextmanager
def _recording(site: Site, size: int) -> Iterator[Looks]:
    """Let somebody of an account change a client all the time."""
    browser = site.log_in(size)
    page = browser.get(f"{site.url}/clientes/").text
    found = re.search(r"/clientes/editar/(\d+)/", page)
    assert found

    def change() -> float:
        began = time.perf_counter()
        site.post(browser, f"/clientes/editar/{found[1]}/", {"nombre": f"Cliente {began}"})
        return time.perf_counter() - began

    with _again_and_again(change) as writes:
        yield writes


@contextmanager
def _again_and_again(act: Callable[[], float]) -> Iterator[Looks]:
    looks, ended = Looks(), Event()

    def work() -> None:
        while not ended.wait(1 / LOOKS_PER_SECOND):
            looks.seconds.append(act())

    thread = Thread(target=work)
    thread.start()
    try:
        yield looks
    finally:
        ended.set()
        thread.join()
