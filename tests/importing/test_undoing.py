"""Undoing an import: what nothing has happened to goes back, what something has happened to stays, and it is told."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from clientes_app.audit_log import Actor
from clientes_app.clients import services as clients
from clientes_app.clients.timeline import Kind, story_of
from clientes_app.importing import services
from clientes_app.importing.undo_extent import Extent
from clientes_app.models import CampanaSMS, EstadoImportacion, EstadoSMS, SMSLog, Venta

from ..support.imports import Imports
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_storages

HEAD = "nombre,celular,documento\n"
NOON = datetime(2026, 3, 5, 17, tzinfo=UTC)


def names(imports: Imports) -> list[str]:
    return [name for name, *_ in imports.clients()]


def extent(imports: Imports, import_id: int) -> Extent:
    with imports.app.test_request_context():
        found = services.undo_extent(services.find_import(imports.account, import_id))
    assert isinstance(found, Extent)
    return found


def add_message(shop: Shop, account: int, client_id: int) -> None:
    campaign = shop.add(
        CampanaSMS(
            nombre="Promo", mensaje="Hola", usuario_id=account, enviada_por_id=account, total_clientes=1, omitidos=1
        )
    )
    shop.add(
        SMSLog(campana_id=campaign, cliente_id=client_id, nombre="Ana", estado=EstadoSMS.OMITIDO, actualizado=NOON)
    )


def edit(imports: Imports, client_id: int, **fields: str) -> None:
    with imports.app.test_request_context():
        clients.edit_client(account_of(imports.account), client_id, fields, by=Actor(imports.account))  # type: ignore[arg-type]


def test_whom_something_has_happened_to_stays_and_the_rest_goes(imports: Imports, shop: Shop) -> None:
    import_id = imports.run(
        HEAD + "".join(f"{name},,{n}\n" for n, name in enumerate(("Ana", "Eva", "Ida", "Luz"), 501))
    )
    add_message(shop, imports.account, 1)
    shop.add(Venta(cliente_id=2, total=Decimal(1), usuario_id=imports.account))
    edit(imports, 3, nombre="Ida Rey")
    found = extent(imports, import_id)
    assert (found.deletes, found.stays, found.possible) == (1, 3, True)
    assert (found.with_messages, found.with_sales, found.with_changes) == (1, 1, 1)
    imports.undo(import_id)
    assert imports.get(import_id).estado is EstadoImportacion.DESHECHA
    assert names(imports) == ["Ana", "Eva", "Ida Rey"]
    assert extent(imports, import_id).stays == 3


def test_who_was_changed_by_the_import_and_edited_since_stays(imports: Imports, shop: Shop) -> None:
    for name, document in (("Ana", "501"), ("Eva", "502")):
        shop.add_client(imports.account, name, "", documento=document)
    edit(imports, 1, nombre="Ana Ruiz")  # before the import: that is not since
    import_id = imports.run(f"{HEAD}Anita,,501\nEvita,,502\n")
    edit(imports, 2, nombre="Eva Paz")
    found = extent(imports, import_id)
    assert (found.restores, found.changed_stay) == (1, 1)
    imports.undo(import_id)
    assert names(imports) == ["Ana Ruiz", "Eva Paz"]


def test_two_imports_are_undone_the_later_first(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana", "", documento="501")
    first, second = imports.run(f"{HEAD}Anita,,501\nEva,,502\n"), imports.run(f"{HEAD}Ana Ruiz,,501\nEva Paz,,502\n")
    assert not extent(imports, first).possible, "the second has changed all of them"
    imports.undo(second)
    assert names(imports) == ["Anita", "Eva"]
    imports.undo(first)
    assert names(imports) == ["Ana"]


def test_an_import_and_its_undoing_are_told_in_the_story(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana", "3001234567", documento="501", creado=NOON)
    import_id = imports.run(f"{HEAD}Ana Ruiz,3109998888,501\n", "Feria")
    imports.undo(import_id)
    with imports.app.test_request_context():
        undone, changed, created = story_of(clients.find_client(imports.account, 1)).entries
    assert created.kind is Kind.CREATED
    assert (changed.kind, changed.source_file, changed.name) == (Kind.EDITED, "clientes.csv", "ana")
    assert changed.what.detalle == {
        "nombre": ["Ana", "Ana Ruiz"],
        "telefono": ["3001234567", "3109998888"],
        "etiquetas": ["Feria"],
    }
    assert (undone.kind, undone.source_file) == (Kind.EDITED, "clientes.csv")
    assert undone.what.detalle == {
        "nombre": ["Ana Ruiz", "Ana"],
        "telefono": ["3109998888", "3001234567"],
        "etiquetas": ["Feria"],
    }


def test_what_changes_nothing_is_not_told(imports: Imports, shop: Shop) -> None:
    shop.add_client(imports.account, "Ana", "3001234567", documento="501", creado=NOON)
    imports.run(f"{HEAD}Ana,3001234567,501\n")
    with imports.app.test_request_context():
        assert len(story_of(clients.find_client(imports.account, 1)).entries) == 1
