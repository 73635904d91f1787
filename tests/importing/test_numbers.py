"""Numbers in files: however they are spelled, of whatever line, in an older spelling too."""

from __future__ import annotations

import pytest

from ..support.checking_client import CheckingClient
from ..support.imports import Imports, csv_of

TITLES = ("nombre", "celular", "cedula")

pytestmark = pytest.mark.both_storages


def test_a_number_is_imported_however_it_is_spelled(imports: Imports) -> None:
    spelled = ("(+57) 300 - 124 - 2001", "Tel. 300 124 2002", "cel: 3001242003;", "+57\N{NO-BREAK SPACE}300 1242004")
    rows = [TITLES, *((f"Cliente {place}", number, "") for place, number in enumerate(spelled))]
    import_id = imports.run(csv_of(rows, "\t"))
    assert imports.rejected(import_id) == []
    assert [(typed, e164) for _name, typed, e164, _document in imports.clients()] == [
        ("+57 300 124 2001", "+573001242001"),
        ("Tel. 300 124 2002", "+573001242002"),
        ("cel: 3001242003;", "+573001242003"),
        ("+57 300 1242004", "+573001242004"),
    ]


def test_the_same_file_again_changes_nothing(imports: Imports) -> None:
    file = csv_of([TITLES, ("Laura Méndez", "(+57) 300 - 124 - 2001", "77")])
    imports.run(file)
    assert imports.counts(imports.run(file)) == {"iguales": 1}


@pytest.mark.parametrize("number", ["01 8000 123456", "+1 900 555 0199", "+870773123456", "601 234 5678", "85432"])
def test_a_line_without_sms_is_imported_and_counted(imports: Imports, number: str) -> None:
    import_id = imports.run(csv_of([TITLES, ("Laura Méndez", number, "77")]))
    assert imports.clients() == [("Laura Méndez", number, None, "77")]
    assert imports.counts(import_id) == {"nuevas": 1, "sin_celular": 1}


def test_of_two_numbers_in_a_cell_the_first_that_gets_sms_is_taken(imports: Imports) -> None:
    import_id = imports.review(csv_of([TITLES, ("Laura Méndez", "3001242001 / 3119876543", "77")]))
    assert imports.rejected(import_id) == []


@pytest.mark.parametrize(
    ("there", "given", "today"),
    [
        ("+52 1 55 1234 5678", "+52 55 1234 5678", "+525512345678"),
        ("+54 9 11 2345 6789", "+54 11 15 2345 6789", "+5491123456789"),
        ("+55 11 8765 4321", "+55 11 98765 4321", "+5511987654321"),
    ],
)
def test_a_client_is_known_by_the_other_spelling(imports: Imports, there: str, given: str, today: str) -> None:
    imports.run(csv_of([TITLES, ("Laura Méndez", there, "")]))
    import_id = imports.run(csv_of([TITLES, ("Laura Méndez", given, "77")]))
    assert imports.counts(import_id) == {"actualizadas": 1}
    assert imports.clients() == [("Laura Méndez", there, today, "77")], "another spelling is no other number"


def test_numbers_that_stay_out_are_shown_and_counted(admin: CheckingClient, imports: Imports) -> None:
    titles = ("nombre", "celular", "teléfono")
    rows = [
        ("Laura", "3001242001 / 601 234 5678", "(+57) 311 - 987 - 6543"),
        ("Luis", "300 124 2002", "+57 3001242002"),
        ("Eva", "3001242003 / 3001242004", ""),
    ]
    import_id = imports.upload(csv_of([titles, *rows]))
    address = f"/clientes/importar/{import_id}/"
    columns = {"c0": "nombre", "c1": "telefono", "c2": "telefono"}
    said = "Otros números quedan por fuera: 601 234 5678, (+57) 311 - 987 - 6543"
    assert said in admin.get(f"{address}columnas/", query_string=columns).text
    admin.send(f"{address}columnas/", columns)
    imports.work()
    assert "2 filas tienen más de un número" in admin.get(address).text
    listed = admin.get(f"{address}filas/?veredicto=otros_numeros").text
    assert said in listed
    assert "Otro número queda por fuera: 3001242004" in listed
    assert "Luis" not in listed


@pytest.mark.parametrize(
    ("there", "given"),
    [(("03151242001", "31456789"), ("315 124 2001", "31.456.789")), (("6012345678", "7-7"), ("(601) 234 5678", "77"))],
)
def test_what_only_differs_in_spelling_is_no_change(
    imports: Imports, there: tuple[str, str], given: tuple[str, str]
) -> None:
    imports.run(csv_of([TITLES, ("Laura Méndez", *there)]))
    assert imports.counts(imports.run(csv_of([TITLES, ("Laura Méndez", *given)])))["iguales"] == 1
    [(_, number, _, document)] = imports.clients()
    assert (number, document) == there
