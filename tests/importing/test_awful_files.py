"""Lists as shops really have them: each ends in the right clients, or in the right refusal."""

from __future__ import annotations

import pytest

from clientes_app.errors import DomainError
from clientes_app.importing import uploading

from ..data import make_awful_files as awful
from ..support.imports import Imports

PHONE = "+573001234567"


def people(imports: Imports) -> list[tuple[str, str | None, str]]:
    return [(name, e164, document) for name, _, e164, document in imports.clients()]


def test_a_tills_export(imports: Imports) -> None:
    import_id = imports.run(awful.till_export())
    assert people(imports) == [
        ("PEÑA GÓMEZ, MARÍA", PHONE, "1.020.345-6"),
        ('Juan "Pipe" Gil', None, "52123456"),
        ("Luz Ñañez", "+573009876543", ""),
    ]
    assert imports.tags() == {
        "Contado": ["Luz Ñañez"],
        "Crédito": ["PEÑA GÓMEZ, MARÍA"],
        "Norte": ["PEÑA GÓMEZ, MARÍA"],
    }
    assert imports.rejected(import_id) == [(4, "doble", ""), (5, "mala", "The name is missing.")]
    assert imports.counts(import_id)["sin_celular"] == 1


def test_accents_that_were_misread_once(imports: Imports) -> None:
    imports.run(awful.misread_accents())
    assert people(imports) == [("María Muñoz", PHONE, "")]


def test_unicode_text_with_tabs(imports: Imports) -> None:
    imports.run(awful.utf_16())
    assert people(imports) == [("José Núñez", PHONE, "")]


def test_rows_without_titles(imports: Imports) -> None:
    imports.run(awful.without_titles())
    assert people(imports) == [("María Pérez", PHONE, ""), ("Juan Gil", "+573001234568", "")]


def test_line_breaks_and_quotation_marks_in_cells(imports: Imports) -> None:
    imports.run(awful.lines_in_cells())
    assert people(imports) == [("Ana; Ruiz", PHONE, ""), ('Luz "La Mona" Gil', "+573001234568", "")]


def test_a_workbook(imports: Imports) -> None:
    import_id = imports.upload(awful.spreadsheet(), "libro.xlsx")
    layout = imports.layout(import_id)
    assert (layout.sheet, layout.sheets) == ("Clientes", ("Portada", "Clientes", "Proveedores"))
    assert layout.hidden_rows == 1
    imports.start_review(import_id)
    imports.work()
    imports.apply(import_id)
    assert people(imports) == [
        ("Ana Ruiz", PHONE, ""),
        ("Luis Gil", "+573001234568", ""),
        ("Oculta Paz", "+573001234569", ""),
    ]


def test_another_sheet_of_a_workbook(imports: Imports) -> None:
    import_id = imports.upload(awful.spreadsheet(), "libro.xlsx")
    with imports.app.test_request_context():
        uploading.choose_sheet(imports.account, import_id, "Proveedores", imports.place)
    imports.start_review(import_id)
    imports.work()
    imports.apply(import_id)
    assert people(imports) == [("Proveedor Uno", "+573105551212", "")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (awful.many_columns, "200"),
        (awful.zip_bomb, "CSV"),
        (awful.giant_sheet, "."),
        (awful.picture, "CSV"),
        (awful.old_excel, "CSV"),
    ],
)
def test_what_is_refused_at_once(imports: Imports, make: object, reason: str) -> None:
    assert callable(make)
    with pytest.raises(DomainError, match=reason):
        imports.upload(make())
    assert imports.kept() == {}


def test_a_quotation_mark_that_never_closes_is_refused(imports: Imports) -> None:
    with pytest.raises(DomainError, match=r"quotation|comilla"):
        imports.upload(awful.unclosed_quote())
