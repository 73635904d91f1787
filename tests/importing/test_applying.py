"""From a file to clients: what a dry run says, what applying does, and that both agree."""

from __future__ import annotations

import pytest
from flask import Flask

from clientes_app.audit_log import NOBODY
from clientes_app.client_files.refusals import Refused
from clientes_app.client_files.rows import Fields
from clientes_app.client_files.written.quotes import OPEN_QUOTE
from clientes_app.clients.search import listing
from clientes_app.clients.search.criteria import Search
from clientes_app.clients.search.pages import Cursor, Order
from clientes_app.errors import NotFound
from clientes_app.extensions import db
from clientes_app.importing import applying, jobs, reviewing, services
from clientes_app.importing.staging import staged_rows
from clientes_app.models import EstadoImportacion

from ..support.imports import Imports, csv_of
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_storages

LIST = (
    "Nombre,Celular,Cédula,Etiquetas\n"
    "María Pérez,300 123 4567,1.020,VIP; Norte\n"
    "Juan Gil,6012345678,,norte\n"
    ",3001112222,,\n"
    "María P.,3001234567,,\n"
    "Ana Ruiz,,77,\n"
)


def test_a_list_becomes_clients(imports: Imports) -> None:
    import_id = imports.review(LIST, "Feria")
    assert imports.counts(import_id) == {"nuevas": 3, "dobles": 1, "malas": 1, "sin_celular": 2}
    assert imports.clients() == []
    imports.apply(import_id)
    assert imports.get(import_id).estado is EstadoImportacion.APLICADA
    assert imports.counts(import_id) == {"nuevas": 3, "dobles": 1, "malas": 1, "sin_celular": 2}
    assert imports.clients() == [
        ("María Pérez", "300 123 4567", "+573001234567", "1.020"),
        ("Juan Gil", "6012345678", None, ""),
        ("Ana Ruiz", "", None, "77"),
    ]
    assert imports.tags() == {
        "Feria": ["María Pérez", "Juan Gil", "Ana Ruiz"],
        "Norte": ["María Pérez", "Juan Gil"],
        "VIP": ["María Pérez"],
    }
    assert imports.rejected(import_id) == [(4, "mala", "The name is missing."), (5, "doble", "")]


def test_imported_clients_are_found_like_others(app: Flask, imports: Imports) -> None:
    imports.run(LIST)
    with app.test_request_context():
        found = listing.find_page(account_of(imports.account), Search("maria 4567"), Cursor(), Order.NEWEST)
    assert [row.client.nombre for row in found.rows] == ["María Pérez"]


def test_a_row_updates_the_client_with_its_document_else_with_its_number(shop: Shop, imports: Imports) -> None:
    shop.add_client(imports.account, "Maria", "3009999999", documento="1020")
    shop.add_client(imports.account, "Juan Gil", "3101112222")
    shop.add_client(imports.account, "Luz", "3205556666", documento="5")
    shop.add_client(shop.add_admin("otra"), "Ajena", "3001234567", documento="1020")
    rows = (
        "nombre;tel;doc\n"
        "María;300 123 4567;1.020\n"
        "Juan Gil;;\n"
        "Juan Gil;310 111 2222;9\n"
        "Luz;3205556666;5\n"
        "Otra Luz;3205556666;6\n"
    )
    import_id = imports.run(rows)
    assert imports.rejected(import_id) == []
    assert imports.counts(import_id) == {"nuevas": 2, "actualizadas": 2, "iguales": 1, "sin_celular": 1}
    assert imports.clients() == [
        ("María", "300 123 4567", "+573001234567", "1020"),  # what is only written otherwise stays
        ("Juan Gil", "3101112222", "+573101112222", "9"),
        ("Luz", "3205556666", "+573205556666", "5"),
        ("Juan Gil", "", None, ""),
        ("Otra Luz", "3205556666", "+573205556666", "6"),
    ]


def test_the_same_file_again_changes_nothing(imports: Imports) -> None:
    imports.run(LIST, "Feria")
    before = imports.clients(), imports.tags()
    again = imports.run(LIST, "Feria")
    assert imports.counts(again) == {"iguales": 3, "dobles": 1, "malas": 1, "sin_celular": 2}
    assert (imports.clients(), imports.tags()) == before


def test_many_batches_keep_the_files_order(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.client_files.parsing.BATCH", 7)
    for size in ("FIRST", "FEWEST", "MOST"):
        monkeypatch.setattr(f"clientes_app.importing.batch_sizes.{size}", 5)
    rows = "".join(f"Cliente {n - n % 2},{3_001_000_000 + n // 2},t{n % 3}\n" for n in range(100))
    import_id = imports.run(f"nombre,celular,grupo\n{rows}")
    assert imports.counts(import_id) == {"nuevas": 50, "dobles": 50}
    assert [name for name, *_ in imports.clients()] == [f"Cliente {n}" for n in range(0, 100, 2)]
    assert imports.tags()["t1"] == [f"Cliente {n}" for n in range(0, 100, 2) if n % 3 == 1]
    assert imports.get(import_id).filas == 100


def test_nothing_in_a_text_is_taken_for_a_sign(imports: Imports) -> None:
    texts = [r"\N", r"Ana\b", r"\.", r"C:\t", "O'Neil", "100%", "María\u00a0José", "\U0001f600 Sol", '"Luz"', r"\\"]
    names = [" ".join(text.split()) for text in texts]
    for letter in ("a", "b"):
        rows = [[f"{letter} {text}", str(3_001_000_000 + n), f"52{n:06}"] for n, text in enumerate(texts)]
        imports.run(csv_of([["nombre", "celular", "documento"], *rows]))
        assert [name for name, *_ in imports.clients()] == [f"{letter} {name}" for name in names]


def test_a_large_file_is_read_beside_and_ends_the_same(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.client_files.parsing.LARGE_BYTES", 0)
    import_id = imports.run(LIST, "Feria")
    beside = (imports.counts(import_id), imports.clients(), imports.rejected(import_id))
    imports.undo(import_id)
    monkeypatch.undo()
    import_id = imports.run(LIST, "Feria")
    assert beside == (imports.counts(import_id), imports.clients(), imports.rejected(import_id))


def test_a_large_file_that_is_damaged_says_why(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.client_files.parsing.LARGE_BYTES", 0)
    import_id = imports.upload("nombre,celular\n" + "Ana,3001234567\n" * 60 + '"Eva,3001234568\n' + "x" * 200_000)
    imports.start_review(import_id)
    imports.work()
    row = imports.get(import_id)
    assert (row.estado, row.error_mensaje) == (EstadoImportacion.ERROR, Refused(OPEN_QUOTE, 62).to_text())


def test_an_import_that_lacks_a_row_of_its_file_goes_no_further(
    imports: Imports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.client_files.parsing.BATCH", 5)
    import_id = imports.upload("nombre,celular\n" + "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(20)))
    imports.start_review(import_id)
    job = imports.take()
    assert job is not None

    def lose_one(read: int) -> None:
        with job.kept.staging() as staging, staging.tables.writing():
            staging.tables.delete("fila", "numero = ?", 3)

    with imports.app.app_context():
        with pytest.raises(reviewing.RowsLost):
            reviewing.review(db.engine, job, lose_one)
        jobs.finish(db.engine, job, EstadoImportacion.REVISANDO)
    imports.work()
    assert imports.get(import_id).estado is EstadoImportacion.ERROR
    assert imports.clients() == []


def test_undo_takes_back_what_was_done(shop: Shop, imports: Imports) -> None:
    shop.add_client(imports.account, "Maria", "3001234567")
    before = imports.clients()
    import_id = imports.run(LIST, "Feria")
    assert imports.counts(import_id)["actualizadas"] == 1
    imports.undo(import_id)
    assert imports.get(import_id).estado is EstadoImportacion.DESHECHA
    assert imports.clients() == before
    assert imports.tags() == {}
    assert imports.kept() == {}


def test_a_file_that_turns_out_damaged_ends_with_the_reason(imports: Imports) -> None:
    good = "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(100))
    import_id = imports.review(f'nombre,celular\n{good}"Ana,3001234567\n' + good * 100)
    row = imports.get(import_id)
    assert row.estado is EstadoImportacion.ERROR
    assert "quotation mark" in (row.error_mensaje or "")
    assert imports.clients() == []


def test_cancelling_keeps_what_the_summary_says(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.importing.batch_sizes.FIRST", 5)
    import_id = imports.review("nombre,celular\n" + "".join(f"Cliente {n},{3_001_000_000 + n}\n" for n in range(20)))
    stored: list[int] = []

    def cancel_after_first(done: int) -> None:
        stored.append(done)
        services.cancel(imports.account, import_id, imports.place.storage)

    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        with pytest.raises(jobs.Stopped):
            applying.apply(db.engine, job, cancel_after_first)
    assert imports.get(import_id).estado is EstadoImportacion.CANCELADA
    assert 0 < stored[0] < 20
    assert imports.counts(import_id) == {"nuevas": stored[0]}
    assert len(imports.clients()) == stored[0]
    imports.undo(import_id)
    assert imports.clients() == []


def test_another_accounts_import_is_not_found(shop: Shop, imports: Imports) -> None:
    import_id = imports.review(LIST)
    stranger = shop.add_admin("otra")
    with imports.app.test_request_context():
        with pytest.raises(NotFound):
            services.find_import(stranger, import_id)
        for call in (services.start_applying, services.start_undoing):
            with pytest.raises(NotFound):
                call(stranger, import_id, by=NOBODY)
        with pytest.raises(NotFound):
            staged_rows.mend(stranger, import_id, 4, Fields("Ana", "", ""), imports.place)
    assert imports.get(import_id).estado is EstadoImportacion.REVISADA
