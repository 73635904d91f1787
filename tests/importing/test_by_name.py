"""Long lists, whose plain rows are stored by name on SQLite: they become what they would in the file's order."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from clientes_app.audit_log import NOBODY
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing import applying, jobs, services
from clientes_app.importing.staging import outcomes
from clientes_app.importing.staging.stretches import Stretch
from clientes_app.models import Cliente, ClienteEtiqueta, EstadoImportacion, Etiqueta
from clientes_app.privacy.services import erase

from ..support.imports import Imports, csv_of, store_first
from ..support.shop import Shop, account_of
from .test_plain_clients import TAG, Account

BATCH = 50
LONG = "clientes_app.importing.staging.stretches.LONG"
NAMES = [f"{'DBCA'[number % 4]}na {number:02d}" for number in range(4 * BATCH)]
HEAD = "nombre,celular,etiquetas\n"
LIST = HEAD + "".join(f"{name},{3_001_000_000 + place},\n" for place, name in enumerate(NAMES))


@pytest.fixture(autouse=True)
def _long_lists_of_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LONG, 1)
    for size in ("FIRST", "FEWEST", "MOST"):
        monkeypatch.setattr(f"clientes_app.importing.batch_sizes.{size}", BATCH)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_it_would_be_in_the_files_order(
    shop: Shop, imports: Imports, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    became = []
    for name, long in (("larga", 1), ("corta", 1_000)):
        monkeypatch.setattr(LONG, long)
        account = Account(shop, imports, name, seed)
        account.review(account.rows, TAG)
        account.go_on()
        account.apply()
        imported = _told(account)
        account.undo()
        became.append((imported, sorted(map(str, account.clients()["columns"]))))
    assert became[0] == became[1]


def _told(account: Account) -> dict[str, Any]:
    """Return all that is known of an account's clients, in whatever order they are, and whom each row became."""
    clients, became = account.clients(), account.became()
    columns = clients["columns"]
    return {
        "columns": sorted(map(str, columns)),
        "fields": sorted(map(str, clients["fields"])),
        "silent": clients["silent"],
        "tags": _tags(account.imports),
        "counts": became["counts"],
        "rejected": became["rejected"],
        "rows": [
            (number, verdict, None if place is None else columns[place]) for number, verdict, place in became["rows"]
        ],
    }


def _tags(imports: Imports) -> list[tuple[str, str]]:
    given = (
        select(Etiqueta.nombre, Cliente.nombre)
        .join(ClienteEtiqueta, ClienteEtiqueta.etiqueta_id == Etiqueta.id)
        .join(Cliente, Cliente.id == ClienteEtiqueta.cliente_id)
        .where(Etiqueta.usuario_id == imports.account)
    )
    with imports.app.app_context():
        return sorted((tag, name) for tag, name in db.session.execute(given))


def test_plain_rows_come_first_and_by_name(imports: Imports) -> None:
    rows = [["nombre", "celular", "etiquetas"], ["Zoe", "3009990001", "VIP"], ["Ada", "3009990002", "VIP"]]
    imports.run(csv_of(rows) + LIST.removeprefix(HEAD))
    assert [name for name, *_ in imports.clients()] == [*sorted(NAMES), "Zoe", "Ada"]


def test_what_a_cancelled_import_did_not_come_to_is_told(imports: Imports) -> None:
    import_id = imports.review(LIST)

    def cancel_after_first(done: int) -> None:
        services.cancel(imports.account, import_id, imports.place.storage)

    with pytest.raises(jobs.Stopped):
        _begin(imports, import_id, cancel_after_first)
    assert imports.get(import_id).estado is EstadoImportacion.CANCELADA
    assert [name for name, *_ in imports.clients()] == sorted(NAMES)[:BATCH]
    became = {number: verdict for number, verdict, _ in imports.became(import_id)}
    stored = {NAMES.index(name) + 2 for name in sorted(NAMES)[:BATCH]}
    assert became == {number: "nueva" if number in stored else "pendiente" for number in range(2, len(NAMES) + 2)}
    imports.undo(import_id)
    assert imports.clients() == []


def test_the_next_worker_goes_on_in_the_same_order(imports: Imports) -> None:
    import_id = imports.review(LIST)
    with pytest.raises(KeyboardInterrupt):
        _begin(imports, import_id, _break_off)
    imports.let_go(import_id)
    imports.work()
    assert [name for name, *_ in imports.clients()] == sorted(NAMES)
    assert imports.counts(import_id) == {"nuevas": len(NAMES)}
    with imports.app.app_context():
        names = {client: db.session.get_one(Cliente, client).nombre for _, _, client in imports.became(import_id)}
    assert [names[client] for _, _, client in imports.became(import_id)] == NAMES


@pytest.mark.parametrize("long", [1, 1_000])
def test_what_was_recorded_of_a_batch_that_was_not_stored_is_forgotten(
    imports: Imports, shop: Shop, monkeypatch: pytest.MonkeyPatch, long: int
) -> None:
    monkeypatch.setattr(LONG, long)
    import_id = imports.review(LIST)
    somebody = shop.add_client(imports.account, "Otra Persona", "3001000000")
    _begin(imports, import_id, None, rows=BATCH)
    assert imports.clients() == [("Otra Persona", "3001000000", "+573001000000", "")]
    with imports.app.app_context(), unit_of_work() as session:
        session.execute(delete(Cliente).where(Cliente.id == somebody))
    imports.let_go(import_id)
    imports.work()
    assert imports.counts(import_id) == {"nuevas": len(NAMES)}
    assert {verdict for _, verdict, _ in imports.became(import_id)} == {"nueva"}


def test_who_is_erased_between_two_workers_stays_away(imports: Imports, shop: Shop) -> None:
    person = shop.add_client(imports.account, NAMES[2], "3001000002")
    import_id = imports.review(LIST)
    with pytest.raises(KeyboardInterrupt):
        _begin(imports, import_id, _break_off)
    imports.let_go(import_id)
    with imports.app.test_request_context():
        erase(account_of(imports.account), person, imports.place.storage, by=NOBODY)
    imports.work()
    imported = [name for name, *_ in imports.clients() if name != "Cliente borrado"]
    assert sorted(imported) == sorted(set(NAMES) - {NAMES[2]})
    with imports.app.app_context():
        names = {
            client: db.session.get_one(Cliente, client).nombre for _, _, client in imports.became(import_id) if client
        }
    assert {NAMES[number - 2] == names[client] for number, _, client in imports.became(import_id) if client} == {True}


def test_what_was_noted_of_a_stretch_that_was_not_stored_is_told_of_nobody(imports: Imports, shop: Shop) -> None:
    person = shop.add_client(imports.account, NAMES[2], "3001000002")
    import_id = imports.review(LIST)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        with job.kept.staging() as staging:
            outcomes.record_stretch(staging, Stretch(0, len(NAMES), 1, len(NAMES)), 900)
        erase(account_of(imports.account), person, imports.place.storage, by=NOBODY)
    imports.let_go(import_id)
    imports.work()
    became = [(NAMES[number - 2], client) for number, _, client in imports.became(import_id) if client]
    with imports.app.app_context():
        assert [name for name, client in became if db.session.get_one(Cliente, client).nombre != name] == []


def _break_off(done: int) -> None:
    raise KeyboardInterrupt


def _begin(imports: Imports, import_id: int, tell: Any, rows: int = 0) -> None:
    """Apply until `tell` breaks off; or store so many rows, and let it be as if they had not been stored."""
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        if not rows:
            applying.apply(db.engine, job, tell)
            return
        with job.kept.staging() as staging, write_transaction(db.engine) as connection:
            store_first(connection, job, staging, rows)
            connection.rollback()
