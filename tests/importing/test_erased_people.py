"""An import brings nobody back who was erased since its file was uploaded, however far it was by then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.background import import_worker
from clientes_app.background.daily import take_turn
from clientes_app.clients import services as clients
from clientes_app.clients.duplicates import merging
from clientes_app.database.processes import new_owner
from clientes_app.database.transactions import write_transaction
from clientes_app.extensions import db
from clientes_app.importing import jobs, services
from clientes_app.importing.jobs import Job
from clientes_app.importing.staging.shared_keys import correct, sharing
from clientes_app.importing.staging.store import Seen, Taken
from clientes_app.models import (
    EstadoImportacion,
)

from ..support.erased_people import (
    DOCUMENT,
    FILE,
    HEAD,
    NAME,
    OTHERS,
    ROW,
    TYPED,
    Shopkeeper,
    about_to_be_applied,
    being_reviewed,
    finish,
    reviewed,
    uploaded,
)
from ..support.imports import Imports, store_first
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_storages


@pytest.fixture
def keeper(app: Flask, imports: Imports, shop: Shop) -> Shopkeeper:
    """Who erases."""
    with app.app_context():
        take_turn(db.engine)  # as the server does at its start
    return Shopkeeper(imports, shop)


@pytest.mark.parametrize("begin", [uploaded, being_reviewed, reviewed, about_to_be_applied])
def test_a_file_from_before_does_not_bring_the_person_in(
    imports: Imports, keeper: Shopkeeper, begin: Callable[[Imports], int]
) -> None:
    person = keeper.arrive()
    import_id = begin(imports)
    keeper.erase(person)
    finish(imports, import_id)
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]
    row = imports.get(import_id)
    assert row.estado is EstadoImportacion.APLICADA
    assert (row.por_aplicar, imports.counts(import_id)) == (2, {"nuevas": 2, "olvidadas": 1})
    assert keeper.traces() == []
    assert keeper.noted() == 0, "what is noted is kept no longer than it is needed"


def test_nor_when_the_file_is_read_again(imports: Imports, keeper: Shopkeeper) -> None:
    person, import_id = keeper.arrive(), reviewed(imports)
    keeper.erase(person)
    imports.start_review(import_id)
    imports.work()
    assert imports.counts(import_id) == {"nuevas": 2, "olvidadas": 1}
    imports.apply(import_id)
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]


def test_a_file_from_afterwards_does(imports: Imports, keeper: Shopkeeper) -> None:
    person, before = keeper.arrive(), uploaded(imports)
    keeper.erase(person)
    imports.run(HEAD + ROW)
    assert keeper.names() == [NAME]
    finish(imports, before)
    assert keeper.names() == [NAME, "Nueva Paz", "Otra Luz"]


def test_another_shops_file_does(app: Flask, shop: Shop, imports: Imports, keeper: Shopkeeper) -> None:
    other = Imports(app, shop.add_admin("otra"))
    theirs, person = other.upload(FILE), keeper.arrive()
    keeper.erase(person)
    finish(other, theirs)
    assert [name for name, *_ in other.clients()] == [NAME, "Nueva Paz", "Otra Luz"]


@pytest.mark.parametrize("row", [f"Otro Nombre,{TYPED},\n", f"Otro Nombre,,{DOCUMENT}\n"])
def test_number_or_document_is_enough(imports: Imports, keeper: Shopkeeper, row: str) -> None:
    person, import_id = keeper.arrive(), imports.upload(HEAD + row + OTHERS)
    keeper.erase(person)
    finish(imports, import_id)
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]


def test_what_the_person_had_before_counts_too(app: Flask, imports: Imports, keeper: Shopkeeper, account: int) -> None:
    person = keeper.arrive()
    import_id = imports.upload(f"{HEAD}Uno,{TYPED},\nDos,,{DOCUMENT}\nTres,,777111\nCuatro,3009990000,\n{OTHERS}")
    with app.test_request_context():
        clients.edit_client(account_of(account), person, {"documento": "777111"}, by=Actor(account))
    imports.run(f"nombre,celular,documento\n{NAME},3009990000,777111\n")
    keeper.erase(person)
    finish(imports, import_id)
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]


def test_what_was_merged_in_counts_too(app: Flask, imports: Imports, keeper: Shopkeeper, account: int) -> None:
    kept = keeper.shop.add_client(account, "Zulema", "3009990000", documento="777111")
    pair, import_id = (kept, keeper.arrive()), uploaded(imports)
    with app.test_request_context():
        merging.merge(account_of(account), pair, {}, by=Actor(account))
    keeper.erase(kept)
    finish(imports, import_id)
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]


def rejecting(imports: Imports, keeper: Shopkeeper) -> int:
    """Apply an import that has refused a row of the person; erase the person on the way."""
    person = keeper.arrive()
    import_id = imports.review(f"{FILE},{TYPED},\nAna Mar,3001110001,\nAna Mar Dos,3001110001,\n")
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    keeper.erase(person)
    return import_id


def test_rows_that_it_refused_go_when_it_ends(imports: Imports, keeper: Shopkeeper) -> None:
    import_id = rejecting(imports, keeper)
    imports.work()
    assert [number for number, *_ in imports.rejected(import_id)] == [7]
    assert keeper.traces() == []


def test_and_when_it_is_cancelled(app: Flask, imports: Imports, keeper: Shopkeeper, account: int) -> None:
    import_id = rejecting(imports, keeper)
    with app.test_request_context():
        services.cancel(account, import_id, imports.place.storage)
    assert [number for number, *_ in imports.rejected(import_id)] == [7]
    assert (keeper.traces(), keeper.noted()) == ([], 0)


def test_a_worker_that_goes_on_after_a_kill_asks_again(imports: Imports, keeper: Shopkeeper) -> None:
    person, import_id = keeper.arrive(), imports.review(HEAD + OTHERS + ROW)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    with imports.app.app_context():
        job = jobs.take(db.engine, "elsewhere:1:x", imports.place)
        assert job is not None
        apply_first(job, 1)
        release(job)
    keeper.erase(person)
    imports.work()
    assert keeper.names() == ["Nueva Paz", "Otra Luz"]
    assert imports.get(import_id).por_aplicar == 2


def apply_first(job: Job, rows: int) -> None:
    with job.kept.staging() as staging, write_transaction(db.engine) as connection:
        store_first(connection, job, staging, rows)


def release(job: Job) -> None:
    """Let another worker have the import, as when this one is dead."""
    with write_transaction(db.engine) as connection:
        jobs.advance(connection, job, titular=None)


def test_undoing_gives_no_erased_client_its_old_values(imports: Imports, keeper: Shopkeeper, shop: Shop) -> None:
    person = keeper.arrive()
    shop.add_sale(imports.account, person, 1)
    import_id = imports.run(f"{HEAD}Z. Quiñonez,{TYPED},{DOCUMENT}\n{OTHERS}")
    with imports.app.test_request_context():
        services.start_undoing(imports.account, import_id, by=NOBODY)
    keeper.erase(person)
    imports.work()
    assert keeper.names() == ["Cliente borrado"]
    assert imports.get(import_id).estado is EstadoImportacion.DESHECHA


def test_a_worker_that_was_asleep_stores_nothing_more(imports: Imports) -> None:
    being_reviewed(imports)
    first = imports.take("elsewhere:1:x")
    assert first
    with imports.app.app_context(), first.kept.staging() as asleep:
        asleep.take(first.owner)
        release(first)
        second = imports.take("elsewhere:2:y")
        assert second
        with second.kept.staging() as present:
            present.take(second.owner)
            with pytest.raises(Taken):
                asleep.store([], [], Seen({}, {}, {}))
            with pytest.raises(Taken):
                sharing(asleep)
            with pytest.raises(Taken):
                correct(asleep, [], [], Seen({}, {}, {}))
            with pytest.raises(Taken):
                asleep.store_apart([])
            present.store([], [], Seen({}, {}, {}))


def test_a_worker_that_fails_leaves_anothers_import_alone(imports: Imports) -> None:
    import_id = being_reviewed(imports)
    with imports.app.app_context():
        job = jobs.take(db.engine, new_owner(), imports.place)
        assert job is not None
        release(job)
        assert jobs.take(db.engine, "elsewhere:2:y", imports.place) is not None
        import_worker.run(db.engine, replace(job, kept=imports.place.storage.of(db.engine, 0, "gone")))
    assert imports.get(import_id).estado is EstadoImportacion.REVISANDO
