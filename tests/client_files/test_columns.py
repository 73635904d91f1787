"""What columns hold: told by titles, as people and the common programs write them; nobody is known by mere digits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clientes_app.client_files.meaning.roles import Role
from clientes_app.client_files.meaning.title_words import role_of_title
from clientes_app.client_files.rows import MANY_CELLS, NO_ANSWER

from ..support.client_files import Understood

OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Job Title,Business Phone,Mobile Phone,Manager's Name,"
    "Categories\n"
    ",Ana,María,Ruiz,,,,6011234567,3001234501,Jefe Uno,VIP;Norte\n"
)
GOOGLE = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Name Prefix,Nickname,Short Name,Birthday,"
    "Group Membership,E-mail 1 - Type,Phone 1 - Type,Phone 1 - Value\n"
    "Ana Ruiz,Ana,,Ruiz,,,,,,,* My Contacts ::: VIP,,Mobile,300 1234501 ::: 301 1234501\n"
    ",Luis,,Gil,,,,,,,* My Contacts,,Mobile,3001234502\n"
)
GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,File As,Organization Name,Labels,"
    "Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n"
    "Ana,,Ruiz,,,,,* myContacts,Work,601 123 4567,Mobile,300 123 4501\n"
)
SHOPIFY = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Phone,Phone,Accepts SMS Marketing,"
    "Total Spent,Tags\n"
    "'7001,Ana,Ruiz,a@b.co,yes,,'+573001234501,no,150000.00,\"vip, norte\"\n"
)
WOO = (
    "Name,Username,Last active,Email,Orders,Total spend,Postal Code,Billing Phone\n"
    "Ana Ruiz,ana,,,1,15000,760001,3001234501\n"
)
SQUARE = (
    "Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Postal Code,Birthday,"
    "First Visit,"
    "Transaction Count,Lifetime Spend\n"
    "X1,Ana,Ruiz,,3001234501,,,760001,1990-05-01,2024-01-01,2,150000\n"
)
LOYVERSE = (
    "Customer ID,Customer name,Email,Phone,Postal code,Customer code,Points balance,First visit,Total spent\n"
    "a1,Ana Ruiz,,3001234501,760001,1,0,2024-01-01,1000\n"
)
SIIGO = (
    "Tipo de identificación;Identificación;Dígito de verificación;Razón social;Nombres;Apellidos;Teléfono;Celular;"
    "Ciudad\n"
    "CC;52123456;;;Ana;Ruiz;6011234567;3001234501;Bogotá\n"
    "NIT;900123456;7;Ferretería SAS;;;;3001234502;Cali\n"
)
ALEGRA = (
    "Nombre;Tipo de identificación;Número de identificación;Teléfono 1;Celular;Nombre de contacto;Correo\n"
    "Ana Ruiz;CC;52.123.456;;3001234501;Luis;a@b.co\n"
)


@pytest.mark.parametrize(
    ("content", "people"),
    [
        (OUTLOOK, [("Ana María Ruiz", "+573001234501", "", ("VIP", "Norte"))]),
        (GOOGLE, [("Ana Ruiz", "+573001234501", "", ("VIP",)), ("Luis Gil", "+573001234502", "", ())]),
        (GOOGLE_NEW, [("Ana Ruiz", "+573001234501", "", ())]),
        (SHOPIFY, [("Ana Ruiz", "+573001234501", "", ("vip", "norte"))]),
        (WOO, [("Ana Ruiz", "+573001234501", "", ())]),
        (SQUARE, [("Ana Ruiz", "+573001234501", "", ())]),
        (LOYVERSE, [("Ana Ruiz", "+573001234501", "", ())]),
        (
            SIIGO,
            [
                ("Ana Ruiz", "+573001234501", "52123456", ()),
                ("Ferretería SAS", "+573001234502", "900123456", ()),
            ],
        ),
        (ALEGRA, [("Ana Ruiz", "+573001234501", "52.123.456", ())]),
    ],
)
def test_what_the_common_programs_export(tmp_path: Path, content: str, people: list[tuple[object, ...]]) -> None:
    rows = Understood(tmp_path, content).rows
    assert [(row.nombre, row.telefono_e164, row.documento, row.tags) for row in rows] == people


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Apellido,Nombre,Celular\nRuiz,Ana,3001234501\n", "Ana Ruiz"),
        ("Nombre,Apellido,Celular\nAna Ruiz,Ruiz,3001234501\n", "Ana Ruiz"),
        ("Primer nombre,Segundo nombre,Primer apellido,Segundo apellido\nAna,María,Ruiz,Gil\n", "Ana María Ruiz Gil"),
        ("Nombre completo,Nombres,Apellidos\nAna Ruiz,Ana,Ruiz\n", "Ana Ruiz"),
        ("Nombre de contacto,Celular\nAna Ruiz,3001234501\n", "Ana Ruiz"),
        ("First Name,Last Name,Billing First Name,Billing Last Name\nAna,Ruiz,Ana,Ruiz\n", "Ana Ruiz"),
        ("Contacto,Celular\nAna Ruiz,3001234501\n", "Ana Ruiz"),
    ],
)
def test_the_whole_name_or_its_parts(tmp_path: Path, content: str, name: str) -> None:
    assert Understood(tmp_path, content).names == [name]


@pytest.mark.parametrize(
    "title", ["Código postal", "Cumpleaños", "Total", "Ref", "Id", "Puntos", "External Unique ID", ""]
)
def test_digits_alone_are_nobodys_document(tmp_path: Path, title: str) -> None:
    understood = Understood(tmp_path, f"Nombre;Celular;{title}\nAna;3001234501;760001\nLuis;3001234502;760001\n")
    assert understood.roles == {"Nombre": "nombre", "Celular": "telefono"}


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Nombre de contacto", Role.NAME),
        ("Teléfono contacto", Role.PHONE),
        ("CELULAR", Role.PHONE),
        ("Celular2", Role.PHONE),
        ("PhoneNumber", Role.PHONE),
        ("Phone 1 - Label", Role.NOTHING),
        ("Tipo de documento", Role.NOTHING),
        ("Documento de identidad", Role.DOCUMENT),
        ("C.C.", Role.DOCUMENT),
        ("Autoriza envío de mensajes", Role.CONSENT),
        ("Accepts Email Marketing", Role.NOTHING),
        ("Opt-out", Role.REFUSAL),
        ("No desea recibir publicidad", Role.REFUSAL),
        ("Inactivo", Role.INACTIVE),
        ("Fecha de nacimiento", Role.NOTHING),
    ],
)
def test_titles(title: str, role: Role) -> None:
    assert role_of_title(title) == role


@pytest.mark.parametrize(
    ("title", "cell", "off"),
    [
        ("Accepts SMS Marketing", "no", (True, False)),
        ("Accepts SMS Marketing", "YES", (False, False)),
        ("Autoriza", "No autoriza", (True, False)),
        ("SMS consent", "unsubscribed", (True, False)),
        ("Wants no messages", "Yes", (True, False)),
        ("No quiere mensajes", "no", (False, False)),
        ("Baja", "x", (True, False)),
        ("Baja", "baja", (True, False)),
        ("Opt out", "", (False, False)),
        ("Active", "No", (False, True)),
        ("Estado", "Inactivo", (False, True)),
        ("Estado", "Activo", (False, False)),
        ("Bloqueado", "Sí", (False, True)),
        ("SMS Marketing Status", "Unsubscribed", (True, False)),
        ("SMS Marketing Status", "Never subscribed", (True, False)),
        ("SMS Marketing Status", "Subscribed", (False, False)),
        ("SMS Marketing Consent", "NEVER_SUBSCRIBED", (True, False)),
        ("SMS Marketing State", "not_subscribed", (True, False)),
        ("Email Marketing Status", "Unsubscribed", (False, False)),
    ],
)
def test_whether_one_wants_messages(tmp_path: Path, title: str, cell: str, off: tuple[bool, bool]) -> None:
    (row,) = Understood(tmp_path, f"Nombre;Celular;{title}\nAna;3001234501;{cell}\n").rows
    assert ((row.baja, row.inactivo), row.fault) == (off, "")


def test_an_answer_that_is_neither_yes_nor_no_is_shown(tmp_path: Path) -> None:
    understood = Understood(tmp_path, "Nombre;Celular;Autoriza\nAna;3001234501;quizás\nLuis;3001234502;no\n")
    assert [(row.fault, row.baja) for row in understood.rows] == [(NO_ANSWER, False), ("", True)]


def test_one_cell_that_cannot_be_read_silences_no_other(tmp_path: Path) -> None:
    cells = ("NO", "Sí", "tal vez")
    rows = "".join(f"Ana;300123450{place};{cell}\n" for place, cell in enumerate(cells))
    understood = Understood(tmp_path, f"Nombre;Celular;Acepta SMS\n{rows}")
    assert [(row.baja, row.fault) for row in understood.rows] == [(True, ""), (False, ""), (False, NO_ANSWER)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("601 234 5678 / 300 123 4501", "+573001234501"),
        ("300 123 4501 ::: 301 123 4501", "+573001234501"),
        ("3001234501; 3011234501", "+573001234501"),
        ("300 123 4501 o 301 123 4501", "+573001234501"),
        ("3,001,234,501", "+573001234501"),
        ("3001234501.0", "+573001234501"),
        ("3.001234501E9", "+573001234501"),
        ("601 234 5678 / 602 234 5678", None),
    ],
)
def test_a_cell_with_several_numbers_gives_one(tmp_path: Path, cell: str, number: str | None) -> None:
    (row,) = Understood(tmp_path, f'Nombre\tCelular\nAna\t"{cell}"\n').rows
    assert row.telefono_e164 == number
    assert row.telefono_e164 or row.fault


@pytest.mark.parametrize(
    ("cell", "document"),
    [("456.000", "456.000"), ("800,000", "800,000"), ("1.020.345", "1.020.345"), ("52123456.0", "52123456"),
     ("1.020.345,00", "1.020.345"), ("5.2123456E+07", "52123456"), ("0010", "0010")],
)  # fmt: skip
def test_a_point_in_a_document_is_no_decimal_mark(tmp_path: Path, cell: str, document: str) -> None:
    (row,) = Understood(tmp_path, f"Nombre;Celular;Cédula\nAna;3001234501;{cell}\n").rows
    assert row.documento == document


@pytest.mark.parametrize(
    ("delimiter", "tags"),
    [
        ("", ("a/b", "c", "d - e")),
        ("diagonal", ("a", "b,c;d - e")),
        ("guion", ("a/b,c;d", "e")),
        ("ninguno", ("a/b,c;d - e",)),
    ],
)
def test_a_person_says_what_parts_the_tags(tmp_path: Path, delimiter: str, tags: tuple[str, ...]) -> None:
    understood = Understood(tmp_path, "Nombre\tGrupo\nAna\ta/b,c;d - e\n")
    understood.layout = replace(understood.layout, tag_delimiter=delimiter)
    assert understood.rows[0].tags == tags


def test_an_apostrophe_that_belongs_to_a_name_stays(tmp_path: Path) -> None:
    assert Understood(tmp_path, "Nombre,Celular\n't Hooft,3001234501\n").names == ["'t Hooft"]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("Nombre,Celular\nRuiz, Ana,3007960064\nEva,3001234502\n", [MANY_CELLS, ""]),
        ("Nombre;Celular;Etiquetas\nAna;3001234501;VIP;Norte\n", [MANY_CELLS]),
        ("Nombre,Contacto\nRuiz, Ana,3007960064\n", [MANY_CELLS]),
        ("Nombre;Celular\nAna;3001234501;;\n", [""]),
        ("Nombre;Celular;\nAna;3001234501;llamar\n", [""]),
        ("Ana Ruiz;3001234501\n" * 60 + "Eva Gil;3001234502;Norte\n", [""] * 60 + [MANY_CELLS]),
    ],
)
def test_a_row_with_more_cells_than_columns_is_shown(tmp_path: Path, content: str, faults: list[str]) -> None:
    assert [row.fault for row in Understood(tmp_path, content).rows] == faults


def test_a_cell_beyond_the_titles_is_no_surplus_in_a_column_that_a_person_uses(tmp_path: Path) -> None:
    understood = Understood(tmp_path, "Nombre;Celular\nAna;3001234501;VIP\n")
    understood.layout = replace(understood.layout, roles=(Role.NAME, Role.PHONE, Role.TAGS))
    assert [(row.fault, row.tags) for row in understood.rows] == [("", ("VIP",))]
