"""Acts on many clients lock them, and their messages, in the order of their ids: no two wait for each other crosswise.

Somebody holds the first of them; whoever waits for it must hold no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, func, select, text, update
from sqlalchemy.orm import Session

from clientes_app.audit_log import NOBODY
from clientes_app.clients import services as clients
from clientes_app.clients.duplicates import merging
from clientes_app.clients.many import services as many
from clientes_app.clients.search.selection import Ticked
from clientes_app.clients.tags import tagging
from clientes_app.extensions import db, unit_of_work
from clientes_app.models import Cliente, EstadoImportacion, Etiqueta, SMSLog, Venta

from ...support.campaigns import Campaigns
from ...support.carrier import wait_until
from ...support.imports import Imports
from ...support.shop import Shop, account_of

pytestmark = [pytest.mark.parametrize("database_url", ["postgresql"], indirect=True), pytest.mark.timeout(60)]

MANY = 200

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def everybody(app: Flask, shop: Shop, account: int) -> Sequence[int]:
    """Clients of whom the older half stands behind the newer in the table, as those that are edited do."""
    everybody = shop.add_clients(account, [f"300{number:07d}" for number in range(MANY)])
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Cliente).where(Cliente.id.in_(everybody[: MANY // 2])).values(total_compras=1))
    return everybody


ACTS: dict[str, Callable[[int, Sequence[int], int], object]] = {
    "activate": lambda account, ids, tag: many.set_active(account, Ticked(tuple(ids)), active=False, by=NOBODY),
    "delete": lambda account, ids, tag: many.delete_clients(account, Ticked(tuple(ids)), by=NOBODY),
    "tag": lambda account, ids, tag: tagging.tag_clients(account, ids, tag, by=NOBODY),
    "untag": lambda account, ids, tag: tagging.untag_clients(account, ids, tag, by=NOBODY),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_waits_for_the_first_client_holds_no_other(
    app: Flask, shop: Shop, account: int, engine: Engine, everybody: Sequence[int], *, act: str
) -> None:
    tag = shop.add(Etiqueta(usuario_id=account, nombre="vip", clave="vip"))
    with app.app_context():
        tagging.tag_clients(account, everybody if act == "untag" else [], tag, by=NOBODY)
    with waiting_for(app, engine, Cliente, lambda: ACTS[act](account, everybody, tag)) as connection:
        assert held_by_others(connection, Cliente) == 0


def test_who_waits_for_the_first_client_of_a_campaign_holds_no_other(
    app: Flask, engine: Engine, everybody: Sequence[int], campaigns: Campaigns
) -> None:
    with waiting_for(app, engine, Cliente, lambda: campaigns.start_to(everybody[::-1])) as connection:
        assert held_by_others(connection, Cliente) == 0


def test_who_waits_for_the_first_client_of_an_import_that_is_undone_holds_no_other(
    app: Flask, account: int, engine: Engine
) -> None:
    imports = Imports(app, account)
    rows = "".join(f"Ana {number},301{number:07d}\n" for number in range(MANY))
    number = imports.run(f"nombre,celular\n{rows}")
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Cliente).where(Cliente.id <= MANY // 2).values(total_compras=1))
    with waiting_for(app, engine, Cliente, lambda: imports.undo(number)) as connection:
        assert held_by_others(connection, Cliente) == 0


def test_who_gets_a_sale_while_an_import_is_undone_stays(app: Flask, account: int, engine: Engine) -> None:
    imports = Imports(app, account)
    number = imports.run("nombre\nAna Paz\nEva Sol\n")
    with app.app_context():
        sold_to = db.session.scalars(select(Cliente.id).where(Cliente.nombre == "Eva Sol")).one()
    with engine.connect() as connection, Session(connection) as session:
        session.add(Venta(cliente_id=sold_to, total=1000, usuario_id=account))
        session.flush()
        with kept_waiting(app, connection, lambda: imports.undo(number)):
            session.commit()
    assert imports.get(number).estado is EstadoImportacion.DESHECHA
    assert [client[0] for client in imports.clients()] == ["Eva Sol"]


DELETIONS: dict[str, Callable[[int, Sequence[int]], object]] = {
    "many": lambda account, ids: many.delete_clients(account, Ticked(tuple(ids)), by=NOBODY),
    "one": lambda account, ids: clients.delete_client(account, ids[-1], by=NOBODY),
    "merge": lambda account, ids: merging.merge(account_of(account), (ids[0], ids[-1]), {}, by=NOBODY),
}


@pytest.mark.parametrize("deletion", DELETIONS)
def test_who_deletes_clients_and_waits_for_the_first_of_their_messages_holds_no_other(
    app: Flask, account: int, engine: Engine, everybody: Sequence[int], *, campaigns: Campaigns, deletion: str
) -> None:
    """The sender records the answers of several campaigns in the order of their messages' ids."""
    for name in ("uno", "dos"):
        campaigns.start_to(everybody[::-1], f"Hola {name}")
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).where(SMSLog.id <= MANY).values(consultas=1))
    with waiting_for(app, engine, SMSLog, lambda: DELETIONS[deletion](account, everybody)) as connection:
        assert held_by_others(connection, SMSLog) == 0


@contextmanager
def waiting_for(
    app: Flask, engine: Engine, model: type[Cliente | SMSLog], act: Callable[[], object]
) -> Iterator[Connection]:
    """Hold the first row of a table while somebody who acts waits for it; afterwards the act must come to its end."""
    with engine.connect() as connection:
        connection.execute(select(model.id).order_by(model.id).limit(1).with_for_update())
        with kept_waiting(app, connection, act):
            yield connection


@contextmanager
def kept_waiting(app: Flask, connection: Connection, act: Callable[[], object]) -> Iterator[None]:
    """Begin an act that waits for what a connection holds, and end it when that lets go."""

    def run() -> None:
        with app.test_request_context():
            act()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(run)
        with connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
            wait_until(lambda: running.done() or other.execute(_WAITING).scalar_one() > 0)
        try:
            assert not running.done()
            yield
        finally:
            connection.rollback()
        running.result(30)


def held_by_others(connection: Connection, model: type[Cliente | SMSLog]) -> int:
    """Count the rows that somebody else has locked."""
    free = select(model.id).with_for_update(skip_locked=True)
    return connection.execute(select(func.count()).select_from(model)).scalar_one() - len(
        connection.execute(free).all()
    )
