"""SQLite beside writers: clients are stored batch by batch, as imports do, while another process writes."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import update

from clientes_app import create_app
from clientes_app.config import Settings
from clientes_app.database.many_rows import insert_rows
from clientes_app.database.transactions import expect_many_rows, write_transaction
from clientes_app.extensions import db
from clientes_app.models import Cliente
from clientes_app.models.types import utc_now
from clientes_app.values.client_keys import keys_of

from ..support.shop import Shop
from .documented import Figure
from .printing import say, spread
from .shop import number

BATCH = 2_000
WRITES_PER_SECOND = 20
OF_ALL = 5
"""The share of the bench's clients that is stored: one of so many."""

_STATED = "clients stored beside 20 writes a second"
LOG = Figure(_STATED, "SQLite's log at the longest")
WAITS = Figure(_STATED, "the others' writes")


def measure_writers(app: Flask, clients: int) -> None:
    """Store clients beside a process that writes, on SQLite only."""
    account_id = Shop(app).add_admin()
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    many = clients // OF_ALL
    say(f"sqlite: {many:,} clients, {WRITES_PER_SECOND} writes a second", "median / 95th / longest")
    context = multiprocessing.get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    storing = context.Process(target=store, args=(url, account_id, many))
    writing = context.Process(target=write_until_told, args=(url, told))
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    with _longest(log) as sizes:
        storing.start()
        writing.start()
        storing.join()
        telling.send(None)
        writing.join()
    say("  SQLite's log at the longest", f"{max(sizes) / 1e6:.0f} MB", LOG.under("with it"))


def store(url: str, account_id: int, many: int) -> None:
    """Store so many clients, whose numbers come in no order."""
    places = random.Random(7).sample(range(10**9), many)
    with create_app(Settings(secret_key="for tests only", database_url=url)).app_context():
        expect_many_rows(db.engine)
        for first in range(0, many, BATCH):
            _store(account_id, places[first : first + BATCH])


def write_until_told(url: str, told: Connection) -> None:
    """Change a client again and again, and say how long that took each time."""
    seconds: list[float] = []
    with create_app(Settings(secret_key="for tests only", database_url=url)).app_context():
        while not told.poll(1 / WRITES_PER_SECOND):
            began = time.perf_counter()
            with write_transaction(db.engine) as connection:
                connection.execute(update(Cliente).where(Cliente.id == 1).values(nombre=f"Cliente {began}"))
            seconds.append(time.perf_counter() - began)
    say("  the others' writes", spread(seconds), WAITS.under("with it"))


def _store(account_id: int, places: list[int]) -> None:
    rows = []
    for place in places:
        name, to = f"Cliente {place}", number(place)
        rows.append((name, to, *keys_of(name, to, "", "CO")))
    names = ("nombre", "telefono", *keys_of("", "", "", "CO")._asdict())
    same = {"documento": "", "activo": True, "creado": utc_now(), "usuario_id": account_id}
    with write_transaction(db.engine) as connection:
        insert_rows(connection, Cliente.__table__, names, rows, same)  # type: ignore[arg-type]


@contextmanager
def _longest(log: Path) -> Iterator[list[int]]:
    """Look at a file's size all the time."""
    sizes, ended = [0], Event()

    def look() -> None:
        while not ended.wait(0.02):
            if log.exists():
                sizes.append(log.stat().st_size)

    thread = Thread(target=look)
    thread.start()
    try:
        yield sizes
    finally:
        ended.set()
        thread.join()
