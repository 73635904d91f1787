"""What a file says of being written to is heard, and never takes back that somebody asked for silence."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from clientes_app.audit_log import NOBODY
from clientes_app.client_files.rows import Fields
from clientes_app.extensions import db
from clientes_app.importing import jobs, services
from clientes_app.importing.applying import apply
from clientes_app.importing.staging import staged_rows
from clientes_app.models import Baja, Cliente
from clientes_app.privacy.services import erase

from ..support.imports import Imports
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_storages

LIST = (
    "Nombre,Celular,Accepts SMS Marketing,Activo\n"
    "Ana Ruiz,3001234501,no,\n"
    "Luis Gil,3001234502,yes,no\n"
    "Eva Paz,6012345678,no,\n"
    "Leo Sol,3001234504,,sí\n"
)


def silent(imports: Imports) -> tuple[set[str], set[str]]:
    """Answer the numbers that have opted out, and the names of who is not active."""
    with imports.app.app_context():
        numbers = set(db.session.scalars(select(Baja.telefono_e164).filter_by(usuario_id=imports.account)))
        names = set(db.session.scalars(select(Cliente.nombre).filter_by(usuario_id=imports.account, activo=False)))
    return numbers, names


HEARD = ({"+573001234501"}, {"Luis Gil", "Eva Paz"})


def test_new_clients_are_heard_and_the_same_file_again_changes_nothing(imports: Imports) -> None:
    imports.run(LIST)
    assert silent(imports) == HEARD
    again = imports.run(LIST)
    assert imports.counts(again) == {"iguales": 4, "sin_celular": 1}
    assert silent(imports) == HEARD


def test_clients_that_there_are_are_heard(imports: Imports, shop: Shop) -> None:
    for name, number in (("Ana Ruiz", "3001234501"), ("Luis Gil", "3001234502"), ("Leo Sol", "3001234504")):
        shop.add_client(imports.account, name, number)
    import_id = imports.run(LIST)
    assert imports.counts(import_id) == {"nuevas": 1, "actualizadas": 2, "iguales": 1, "sin_celular": 1}
    assert silent(imports) == HEARD


def test_a_file_takes_nothing_back(imports: Imports) -> None:
    imports.run(LIST)
    taken_back = LIST.replace(",no,\n", ",yes,sí\n").replace(",yes,no\n", ",yes,sí\n")
    import_id = imports.run(taken_back)
    assert imports.counts(import_id) == {"iguales": 4, "sin_celular": 1}
    assert silent(imports) == HEARD


def test_undoing_makes_active_again_and_leaves_the_opt_outs(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Luis Gil", "3001234502")
    import_id = imports.run(LIST)
    imports.undo(import_id)
    assert silent(imports) == ({"+573001234501"}, set())
    assert [name for name, *_ in imports.clients()] == ["Luis Gil"]


def test_a_mended_row_is_heard_as_well(imports: Imports) -> None:
    import_id = imports.review("Nombre,Celular,Baja\n,3001234501,sí\n")
    with imports.app.test_request_context():
        staged_rows.mend(imports.account, import_id, 2, Fields("Ana", "3001234501", ""), imports.place)
    imports.apply(import_id)
    assert silent(imports) == ({"+573001234501"}, set())


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ("Ana Ruiz,3001234501,52000001,\nAna Ruiz,3001234501,52000001,sí\n", {"+573001234501"}),
        ("Ana Ruiz,3001234501,52000001,\nAna Ruiz,3001234502,52000001,sí\n", {"+573001234501", "+573001234502"}),
        ("Ana Ruiz,3001234501,52000001,\nAna Ruiz,,52000001,sí\n", {"+573001234501"}),
        ("Ana Ruiz,3001234501,,\nOtra Gente,3001234501,,sí\n", {"+573001234501"}),
        (",3001234501,,sí\nLeo Sol,3001234504,,\n", {"+573001234501"}),
        ("Ana Ruiz,123,52000001,sí\nAna Ruiz,123,52000001,sí\n", set()),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_rows_that_are_not_imported_are_heard(
    imports: Imports, shop: Shop, rows: str, numbers: set[str], known: bool
) -> None:
    if known:
        shop.add_client(imports.account, "Ana Ruiz", "3001234501", documento="52000001")
    imports.run("Nombre,Celular,Documento,Baja\n" + rows)
    assert silent(imports)[0] >= numbers


def test_they_are_heard_though_the_import_is_cancelled(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clientes_app.importing.batch_sizes.FIRST", 1)
    others = "".join(f"Otro {n},30012346{n:02d},,\n" for n in range(10))
    import_id = imports.review(
        f"Nombre,Celular,Documento,Baja\nAna Ruiz,3001234501,,\n{others}Ana Ruiz,3001234501,,sí\n"
    )
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
        job = imports.take()
        assert job is not None
        with pytest.raises(jobs.Stopped):
            apply(db.engine, job, lambda _: services.cancel(imports.account, import_id, imports.place.storage))
    assert silent(imports)[0] == {"+573001234501"}


def test_who_was_erased_does_not_come_back_as_an_opt_out(imports: Imports, shop: Shop) -> None:
    person = shop.add_client(imports.account, "Ana Ruiz", "3001234501", documento="52000001")
    rows = "Otra Gente,3001234501,,sí\n,3001234501,,sí\nLeo Sol,3001234502,,\n"
    import_id = imports.review(f"Nombre,Celular,Documento,Baja\n{rows}")
    with imports.app.test_request_context():
        erase(account_of(imports.account), person, imports.place.storage, by=NOBODY)
    imports.apply(import_id)
    assert "+573001234501" not in silent(imports)[0]
