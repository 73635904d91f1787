"""How a file is written: its encoding, what parts its cells, quotation marks that are open, what is no list at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from clientes_app.client_files.columns import as_written
from clientes_app.client_files.refusals import Refused
from clientes_app.client_files.written.encodings import choices

from ..support.client_files import Understood, workbook

PEOPLE = "Nombre;Celular\nMaría Muñoz;3001234501\nJosé Peña;3001234502\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "mac_roman"]
)
def test_accents_are_read_in_whichever_encoding(tmp_path: Path, encoding: str) -> None:
    assert Understood(tmp_path, PEOPLE, encoding).names == ["María Muñoz", "José Peña"]


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
@pytest.mark.parametrize(
    "name", ["María", "JOSÉ PEÑA", "Muñoz", "Ángela", "IVÁN", "Pingüino", "João Conceição", "García Márquez, Gabriel"]
)
def test_one_name_is_enough_to_tell_the_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    assert Understood(tmp_path, f'Nombre;Celular\n"{name}";3001234501\n', encoding).names == [name]


def test_accents_far_down_are_seen(tmp_path: Path) -> None:
    many = "".join(f"Cliente {n};{3_001_000_000 + n}\n" for n in range(60_000))
    assert Understood(tmp_path, f"Nombre;Celular\n{many}Núñez;3001234501\n", "cp850").names[-1] == "Núñez"


def test_a_typographic_apostrophe_is_no_letter_of_a_mac(tmp_path: Path) -> None:
    assert Understood(tmp_path, "Nombre;Celular\nD’Angelo;3001234501\n", "cp1252").names == ["D’Angelo"]


def test_a_person_sees_how_each_encoding_reads_the_accents(tmp_path: Path) -> None:
    understood = Understood(tmp_path, PEOPLE, "cp850")
    examples = {each.encoding: each.example for each in choices(understood.path, "cp850")}
    assert (examples["cp850"], examples["cp1252"]) == ("María Muñoz", "Mar¡a Mu¤oz")
    other = as_written(understood.layout, "cp1252", "", "")
    assert (other.encoding, other.delimiter) == ("cp1252", ";")
    assert as_written(understood.layout, "rot13", "x", "-1") == understood.layout


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Nombre,Celular,Etiquetas\nAna,3001234501,VIP;Norte\nLuis,3001234502,VIP;Sur,x\n", ["Ana", "Luis"]),
        ("Nombre|Celular\nAna|3001234501\n", ["Ana"]),
        ("sep=;\nNombre;Celular\nAna;3001234501\n", ["Ana"]),
        ("Nombre\nRuiz, Ana\nGil, Luis\n", ["Ruiz, Ana", "Gil, Luis"]),
        ("Ruiz, Ana\nGil, Luis\n", ["Ruiz, Ana", "Gil, Luis"]),
        ("Nombre, Celular\nAna, 3001234501\n", ["Ana"]),
    ],
)
def test_the_titles_tell_what_parts_the_cells(tmp_path: Path, content: str, names: list[str]) -> None:
    assert Understood(tmp_path, content).names == names


def test_a_workbook_has_columns_of_its_own(tmp_path: Path) -> None:
    rows = [["Nombre", "Celular", "Etiquetas"], *([f"Ana {n}", 3001234500 + n, "VIP;Norte"] for n in range(6))]
    understood = Understood(tmp_path, workbook(rows))
    assert understood.layout.titles == ("Nombre", "Celular", "Etiquetas")
    assert {row.tags for row in understood.rows} == {("VIP", "Norte")}


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\x1a\r\n", b"\r\n\x1a"])
def test_the_mark_at_the_end_of_a_dos_file_is_no_row(tmp_path: Path, end: bytes) -> None:
    assert Understood(tmp_path, b"Nombre;Celular\r\nAna;3001234501\r\n" + end).names == ["Ana"]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ('Nombre,Celular,Ciudad\nAna,3001234501,"Cali\nLuis,3001234502,Cali\nEva,3001234503,Cali\n', 2),
        ('Nombre,Celular\n"Ana,3001234501\nLuis,3001234502\n', 2),
        ('Nombre,Celular\nAna,3001234501\n"Luis,3001234502\nEva,3001234503\n"Paz,3001234504\n', 3),
        ('Nombre,Celular,Ciudad\nAna,3001234501,"Cali\nLuis,3001234502,Cali\nEva,3001234503,Cali"\n', 2),
        ('Nombre,Celular\nAna,3001234501\n"Luis,3001234502\n' + "Eva,3001234503\n" * 20_000, 3),
    ],
)
def test_an_open_quotation_mark_is_refused_with_its_row(tmp_path: Path, content: str, row: int) -> None:
    with pytest.raises(Refused) as refusal:
        assert Understood(tmp_path, content).names
    assert refusal.value.row == row
    assert f"Row {row}:" in str(refusal.value)
    assert Refused.from_text(refusal.value.to_text()).row == row


def test_quotation_marks_that_are_meant_stay(tmp_path: Path) -> None:
    content = (
        'Nombre,Celular,Notas\n"Ana\nRuiz",3001234501,"vive en Cali, 2 pisos\nllamar, tarde"\n'
        '"Luis ""El Flaco"" Gil",3001234502,\nLuz "La Mona" Paz,3001234503,\n'
    )
    assert Understood(tmp_path, content).names == ["Ana Ruiz", 'Luis "El Flaco" Gil', 'Luz "La Mona" Paz']


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\r\n<!DOCTYPE html>\r\n<html><table>", "web page"),
        (b'<meta http-equiv="content-type">\n<table>', "web page"),
        (b"\xef\xbb\xbf  <table><tr><td>Nombre</td></tr></table>", "web page"),
        (b"<!-- x --><style>td{}</style>", "web page"),
        ("<html><table>".encode("utf-16"), "web page"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML"),
        (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\n", "vCard"),
        (b'[{"nombre": "Ana"}]', "JSON"),
        (b'{"clientes": []}', "JSON"),
        (b"%PDF-1.7", "PDF"),
        (b"GIF89a\x01\x00\x01\x00", "picture"),
        (b"\x00\x00\x00\x18ftypheic", "picture"),
        (b"\x1f\x8b\x08\x00", "packed"),
        (b"PK\x05\x06" + b"\x00" * 18, "packed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "2007"),
        (b"{\\rtf1 Nombre}", "not a list"),
        (b"SQLite format 3\x00", "not a list"),
        (b"\x1a", "empty"),
        (b";;\n;;\n", "empty"),
    ],
)
def test_what_is_no_list_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(Refused, match=word):
        Understood(tmp_path, content)


@pytest.mark.parametrize("title", ["BMW", "PK", "RIFF", "ID3"])
def test_a_list_may_begin_like_a_picture(tmp_path: Path, title: str) -> None:
    assert Understood(tmp_path, f"{title};Nombre;Celular\nx;Ana;3001234501\n").names == ["Ana"]


def test_the_example_of_an_encoding_is_mended_as_its_cells_are(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes("Nombre;Celular\nMaría;3001234501\n".encode() + b"Jos\xe9;3001234502\n")
    assert {each.encoding: each.example for each in choices(path, "cp1252")}["cp1252"] == "María"
