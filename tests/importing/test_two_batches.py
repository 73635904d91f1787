"""Two batches that are stored beside each other on PostgreSQL: the second is there only if the first is."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from clientes_app.audit_log import NOBODY
from clientes_app.extensions import db
from clientes_app.importing import services
from clientes_app.models import Cliente, EstadoImportacion

from ..support.carrier import wait_until
from ..support.imports import Imports
from ..support.shop import Shop

pytestmark = pytest.mark.parametrize(
    ("database_url", "workers"), [("postgresql", "embedded"), ("postgresql", "distributed")], indirect=True
)

BATCH = 20
KNOWN = "Ana Uno", "3001000000"
"""A client whom the first batch changes."""
ROWS = [(KNOWN[0], KNOWN[1], "77"), *((f"Cliente {n}", str(3_001_000_000 + n), "") for n in range(1, 2 * BATCH))]
NEW = [name for name, *_ in ROWS[1:]]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in ("FIRST", "FEWEST", "MOST"):
        monkeypatch.setattr(f"clientes_app.importing.batch_sizes.{size}", BATCH)


@pytest.fixture
def import_id(imports: Imports, shop: Shop) -> int:
    """An import that is about to be applied, and to change somebody in its first batch."""
    shop.add_client(imports.account, *KNOWN)
    number = imports.review("nombre,celular,documento\n" + "".join(f"{','.join(row)}\n" for row in ROWS))
    with imports.app.test_request_context():
        services.start_applying(imports.account, number, by=NOBODY)
    return number


@contextmanager
def held_up(imports: Imports) -> Iterator[tuple[Connection, Future[None]]]:
    """Apply while somebody has the client whom the first batch changes, so that the second is begun and waits."""
    with ThreadPoolExecutor(1) as threads, imports.app.app_context(), db.engine.begin() as connection:
        connection.execute(select(Cliente.id).where(Cliente.nombre == KNOWN[0]).with_for_update())
        working = threads.submit(imports.work)
        wait_until(lambda: _is_waited_for(imports.app) and _idle_writers(imports.app))
        yield connection, working


def _is_waited_for(app: Flask) -> bool:
    """Return whether a transaction waits for a row that another has."""
    return bool(_activity(app, "wait_event_type = 'Lock' AND query LIKE '%cliente%'"))


def _idle_writers(app: Flask) -> list[int]:
    """Return the connections whose transactions have stored clients and wait for what happens outside."""
    return _activity(app, "state = 'idle in transaction' AND query LIKE 'INSERT INTO cliente %'")


def _activity(app: Flask, which: str) -> list[int]:
    ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with app.app_context(), db.engine.connect() as connection:
        return list(connection.scalars(text(f"{ours} AND {which}")))


def test_both_are_stored_in_the_files_order(imports: Imports, import_id: int) -> None:
    with held_up(imports) as (_, working):
        assert imports.get(import_id).hasta_fila == 0
    working.result()
    assert [name for name, *_ in imports.clients()] == [KNOWN[0], *NEW]
    assert imports.counts(import_id) == {"nuevas": len(NEW), "actualizadas": 1}
    assert [verdict for _, verdict, _ in imports.became(import_id)] == ["actualiza", *["nueva"] * len(NEW)]


def test_of_a_cancelled_import_neither_is_there(imports: Imports, import_id: int) -> None:
    with held_up(imports) as (_, working), imports.app.test_request_context():
        services.cancel(imports.account, import_id, imports.place.storage)
    working.result()
    row = imports.get(import_id)
    assert (row.estado, row.hasta_fila) == (EstadoImportacion.CANCELADA, 0)
    assert [name for name, *_ in imports.clients()] == [KNOWN[0]]


def test_a_second_whose_connection_breaks_is_stored_by_the_next_worker(imports: Imports, import_id: int) -> None:
    with held_up(imports) as (connection, working):
        (second,) = _idle_writers(imports.app)
        connection.execute(text(f"SELECT pg_terminate_backend({second})"))
    with pytest.raises(DBAPIError):
        working.result()
    assert [name for name, *_ in imports.clients()] == [KNOWN[0], *NEW[: BATCH - 1]]
    assert imports.get(import_id).nuevas == BATCH - 1
    imports.let_go(import_id)
    imports.work()
    assert [name for name, *_ in imports.clients()] == [KNOWN[0], *NEW]
    assert imports.counts(import_id) == {"nuevas": len(NEW), "actualizadas": 1}


def test_a_second_whose_first_breaks_is_not_there(imports: Imports, import_id: int) -> None:
    with held_up(imports) as (connection, working):
        (first,) = _activity(imports.app, "wait_event_type = 'Lock' AND query LIKE '%cliente%'")
        connection.execute(text(f"SELECT pg_terminate_backend({first})"))
    with pytest.raises(DBAPIError):
        working.result()
    assert [name for name, *_ in imports.clients()] == [KNOWN[0]]
    imports.let_go(import_id)
    imports.work()
    assert [name for name, *_ in imports.clients()] == [KNOWN[0], *NEW]
    assert imports.counts(import_id) == {"nuevas": len(NEW), "actualizadas": 1}


def test_two_imports_of_one_list_store_each_client_once(app: Flask, imports: Imports, shop: Shop) -> None:
    rows = [f"Ana {number},30{number:08d}" for number in range(10 * BATCH)]
    for import_id in [imports.review("\n".join(["nombre,celular", *rows])) for _ in range(2)]:
        with app.test_request_context():
            services.start_applying(imports.account, import_id, by=NOBODY)
    with ThreadPoolExecutor(2) as threads:
        for working in [threads.submit(imports.work) for _ in range(2)]:
            working.result()
    assert len(imports.clients()) == len(rows)
