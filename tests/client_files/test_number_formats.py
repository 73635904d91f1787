"""Cells of a workbook, as its sheet shows them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ..support.client_files import Understood, workbook


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (123, "0000000", "0000123"),
        (12345678, "0000000", "12345678"),
        (3001234501, "(000) 000-0000", "(300) 123-4501"),
        (8001234561, "000000000\\-0", "800123456-1"),
        (573001234501, '"+"0', "+573001234501"),
        (0.15, "0%", "15%"),
        (0.125, "0.00%", "12.50%"),
        (date(1990, 5, 1), "dd/mm/yyyy", "01/05/1990"),
        (date(1990, 5, 1), "[$-240A]d/m/yy;@", "1/5/1990"),
        (date(1990, 5, 1), "dd/mm", "01/05"),
        (date(1990, 5, 1), "mm/dd/yyyy", "1990-05-01"),
        (date(1990, 5, 1), "d-mmmm-yyyy", "1990-05-01"),
        (date(1990, 5, 1), "mmm-yy", "1990-05-01"),
        (1020345, "#,##0", "1020345"),
        (456000, "General", "456000"),
        (3001234501, "0.00E+00", "3001234501"),
        (-5, "0000", "-5"),
        ("abc", "0000", "abc"),
        (None, "0000", ""),
    ],
)
def test_a_cell_is_read_as_it_is_shown(tmp_path: Path, value: Any, code: str, shown: str) -> None:
    file = workbook([["Nombre", "Celular", "Documento"], ["Ana", "3001234501", value]], {"C2": code})
    (row,) = Understood(tmp_path, file).rows
    assert row.documento == shown


def test_cells_far_apart_keep_their_own_formats(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], [], ["Nombre", "Celular", "Documento"], *(["Ana", "", n] for n in range(200))]
    formats = {"C4": "0000", "C103": "0000000", "C203": "000"}
    documents = [row.documento for row in Understood(tmp_path, workbook(rows, formats)).rows]
    assert (documents[0], documents[1], documents[99], documents[199]) == ("", "1", "0000099", "199")


@pytest.mark.parametrize(
    ("text", "name"), [("Ana\r\nRuiz", "Ana Ruiz"), ("Luis\rGil", "Luis Gil"), ("Eva\tPaz", "Eva Paz")]
)
def test_a_line_break_in_a_cell_parts_words(tmp_path: Path, text: str, name: str) -> None:
    assert Understood(tmp_path, workbook([["Nombre", "Celular"], [text, "3001234501"]])).names == [name]
