"""Which lines of a file are clients: titles may stand lower down; totals, blank lines and feet are told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ..support.client_files import Understood, workbook

REPORT = """Ferretería La Unión SAS
NIT 900.123.456-7
Reporte de clientes;;;
Generado: 01/11/2026;;;

Código;Nombre;Celular;Total compras
1;Ana Ruiz;3001234501;150.000
2;Luis Gil;3001234502;50.000
Código;Nombre;Celular;Total compras
3;Total Market SAS;3001234503;1
4;Suma;3001234504;1
;;;200.000
TOTAL;;;200.000
Total clientes: 4;;;
Página 1 de 1;;;


"""


def test_every_line_of_a_report_is_told_apart(tmp_path: Path) -> None:
    understood = Understood(tmp_path, REPORT)
    assert understood.names == ["Ana Ruiz", "Luis Gil", "Total Market SAS", "Suma"]
    titles = [(number, number, "titulo") for number in range(1, 5)]
    below = [(12, 12, "total"), (13, 13, "total"), (14, 14, "total"), (15, 15, "titulo"), (16, 17, "vacia")]
    assert understood.left_out == [*titles, (5, 5, "vacia"), (6, 6, "titulo"), (9, 9, "titulo"), *below]


def test_the_titles_of_a_workbook_may_stand_lower_down(tmp_path: Path) -> None:
    rows = [["Reporte de clientes"], ["Generado", "2026-11-01"], [], ["Nombre", "Celular", "Cedula"]]
    understood = Understood(tmp_path, workbook([*rows, ["Ana Ruiz", 3001234501, 1020304050], ["TOTAL", 284]]))
    assert [(row.nombre, row.documento) for row in understood.rows] == [("Ana Ruiz", "1020304050")]
    assert understood.left_out[-1] == (6, 6, "total")


@pytest.mark.parametrize(
    "line",
    ["TOTAL;284", "Total general;;9", "Subtotal: 3;", "GRAN TOTAL;", "Total de clientes: 284;", "284 registros;",
     "Cantidad de clientes: 3;", "** Total **;", "Suma;12.500,50", "Grand total;3", ";284",
     "Promedio;3", "Promedios;3"],
)  # fmt: skip
def test_a_line_of_totals_is_no_client(tmp_path: Path, line: str) -> None:
    understood = Understood(tmp_path, f"Nombre;Compras;Celular\nAna;3;3001234501\n{line}\n")
    assert (understood.names, understood.left_out[-1]) == (["Ana"], (3, 3, "total"))


@pytest.mark.parametrize("name", ["Total", "Total Market SAS", "Sumatoria Ltda", "Página Web SAS", "Fin"])
def test_who_is_called_so_and_has_a_number_is_a_client(tmp_path: Path, name: str) -> None:
    understood = Understood(tmp_path, f"Nombre;Celular\n{name};3001234501\n")
    assert understood.names == [name]


def test_a_row_without_a_name_is_a_client_with_a_fault(tmp_path: Path) -> None:
    understood = Understood(tmp_path, "Nombre;Celular;Ciudad\n;3001234501;\n;;Cali\n")
    assert [row.fault for row in understood.rows] == ["The name is missing."] * 2


def test_a_person_may_say_that_there_are_no_titles(tmp_path: Path) -> None:
    understood = Understood(tmp_path, "Nombre;Celular\nAna;3001234501\n")
    understood.layout = replace(understood.layout, has_titles=False)
    assert understood.names == ["Nombre", "Ana"]


def test_a_layout_of_an_older_version_still_holds(tmp_path: Path) -> None:
    understood = Understood(tmp_path, "\n\nNombre;Celular\nAna;3001234501\n")
    old = {"roles": ["nombre", "telefono"], "has_titles": True, "titles": ["Nombre", "Celular"], "hidden_rows": 0}
    understood.layout = type(understood.layout).from_json(old)
    assert understood.names == ["Ana"]
    assert understood.left_out == [(1, 2, "vacia"), (3, 3, "titulo")]
