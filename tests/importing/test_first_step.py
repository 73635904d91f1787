"""The first step: how the file was understood, and the choices beside the rows as they would become."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from ..data import make_awful_files as awful
from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from .test_routes import upload

DOS = "Nombre;Celular;Grupo\r\nMaría Muñoz;3001234501;VIP/Norte\r\n".encode("cp850")


def test_how_the_file_was_understood_is_shown(admin: CheckingClient) -> None:
    page = admin.get(upload(admin, DOS).location).text
    assert '<option value="cp850" selected>María Muñoz · ' in page
    assert '<option value="cp1252">Mar¡a Mu¤oz · ' in page
    assert '<option value="punto-y-coma" selected>' in page
    assert '<option value="1" selected>Fila 1: Nombre · Celular · Grupo</option>' in page
    assert "<bdi>Nombre · Celular · Grupo</bdi>" in page, "the titles are no client"


def test_another_choice_shows_other_rows_and_guesses_the_columns_anew(admin: CheckingClient) -> None:
    url = upload(admin, DOS).location
    page = admin.swap(f"{url}?codificacion=cp1252&separador=punto-y-coma&titulo=1&c0=nombre", method="GET").text
    assert "<bdi>Mar¡a Mu¤oz</bdi>" in page
    page = admin.swap(f"{url}?titulo=0&c0=telefono&c1=&leido=cp850+punto-y-coma+1&etiqueta=Feria", method="GET").text
    assert "<bdi>María Muñoz</bdi>" in page
    assert '<option value="nombre" selected>' in page
    assert 'value="Feria"' in page
    page = admin.swap(f"{url}?separador=coma", method="GET").text
    assert "<bdi>María Muñoz;3001234501;VIP/Norte</bdi>" in page or "3001234501;VIP/Norte" in page


def test_the_choices_are_kept(admin: CheckingClient, imports: Imports) -> None:
    url = upload(admin, DOS).location
    chosen = {"codificacion": "cp850", "separador": "punto-y-coma", "titulo": "1", "c0": "nombre", "c1": "telefono"}
    shown = admin.send(url, {**chosen, "c2": "etiquetas", "separador_etiquetas": "diagonal", "leer": "1"})
    assert (shown.status_code, "VIP, Norte" in shown.text) == (200, True)
    assert imports.get(1).estado == "subida", "showing is no choosing"
    admin.send(url, {**chosen, "c2": "etiquetas", "separador_etiquetas": "diagonal"})
    imports.work()
    imports.apply(1)
    assert imports.tags() == {"Norte": ["María Muñoz"], "VIP": ["María Muñoz"]}


@pytest.mark.parametrize("values", ["codificacion=rot13", "separador=%00", "titulo=x", "titulo=99999999", "titulo=-1"])
def test_a_choice_that_there_is_not_changes_nothing(admin: CheckingClient, values: str) -> None:
    page = admin.get(f"{upload(admin, DOS).location}?{values}").text
    assert '<option value="cp850" selected>' in page
    assert "<bdi>María Muñoz</bdi>" in page


def test_a_choice_that_cannot_be_read_says_why(admin: CheckingClient) -> None:
    content = 'Nombre;Celular,Ciudad\nAna;3001234501,"Cali\nLuis;3001234502,Cali\n'
    page = admin.get(f"{upload(admin, content).location}?separador=coma").text
    assert 'role="alert">Fila 2: ' in page


def test_a_workbook_is_asked_for_its_titles_alone(admin: CheckingClient) -> None:
    page = admin.get(upload(admin, awful.spreadsheet(), "libro.xlsx").location).text
    assert 'name="titulo"' in page
    assert 'name="codificacion"' not in page


def test_an_opt_out_is_seen_before_it_is_imported(admin: CheckingClient) -> None:
    page = admin.get(upload(admin, "Nombre;Celular;Autoriza\nAna;3001234501;no\n").location).text
    assert "No quiere mensajes</span>" in page
    assert '<option value="acepta" selected>' in page


def test_a_refusal_names_the_row_in_the_readers_language(admin: CheckingClient, imports: Imports) -> None:
    content = "Nombre,Celular\n" + "Ana,3001234501\n" * 60 + '"Eva,3001234502\n' + "x\n" * 5
    url = upload(admin, content).location
    admin.send(url, {"c0": "nombre", "c1": "telefono"})
    imports.work()
    assert "Fila 62: " in admin.get(url.removesuffix("columnas/")).text


def test_the_rows_of_a_small_file_are_counted(admin: CheckingClient) -> None:
    rows = "Nombre;Celular\n" + "Ana;3001234501\n" * 8
    assert "· 8 filas" in admin.get(upload(admin, rows).location).text
    assert "· unas " in admin.get(upload(admin, rows + "Eva;3001234502\n" * 60).location).text


def test_why_a_number_gets_no_sms_is_said_before_and_after_the_dry_run(admin: CheckingClient, imports: Imports) -> None:
    url = upload(admin, "Nombre;Celular\nAna;6012345678\nEva;\n").location
    assert "Un fijo no recibe SMS</span>" in admin.get(url).text
    admin.send(url, {"c0": "nombre", "c1": "telefono"})
    imports.work()
    rows = f"{url.removesuffix('columnas/')}filas/?veredicto=sin_celular"
    checked = admin.get(rows).text
    imports.apply(1)
    for page in (checked, admin.get(rows).text):
        assert "Un fijo no recibe SMS</span>" in page
        assert "Sin número</span>" in page


def test_sheets_that_stay_out_are_named(admin: CheckingClient) -> None:
    page = admin.get(upload(admin, two_sheets(), "libro.xlsx").location).text
    assert "La otra queda por fuera: Viejos" in page


def two_sheets() -> bytes:
    """Return a workbook with clients in both of its sheets."""
    book = openpyxl.Workbook()
    for title, name in (("Clientes", "Ana"), ("Viejos", "Eva")):
        sheet = book.create_sheet(title)
        sheet.append(["Nombre", "Celular"])
        sheet.append([name, "3001234501"])
    del book["Sheet"]
    file = BytesIO()
    book.save(file)
    return file.getvalue()
