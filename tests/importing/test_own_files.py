"""The app's own exports, imported again: every client is known as it is, and nobody is changed."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from xlsxwriter import Workbook

from clientes_app.audit_log import NOBODY
from clientes_app.client_files.cells import tidy_number
from clientes_app.client_files.meaning.roles import Role
from clientes_app.client_files.meaning.title_words import role_of_title
from clientes_app.client_files.reading import CONVERTED, examine, records
from clientes_app.client_files.spreadsheet import convert
from clientes_app.clients.many import export
from clientes_app.clients.tags.tagging import tag_client
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.services import list_fields
from clientes_app.fields.values import values_of
from clientes_app.models import Baja, Cliente, OrigenBaja, TipoDeCampo
from clientes_app.web.csv_export import HABITS, written

from ..client_files.test_formulas import lines
from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.own_fields import add_field, give
from ..support.shop import Shop, account_of

Kind = tuple[str, str]
"""How a file ends, and the language of who gets it."""

KINDS = [("csv", "es"), ("csv", "en"), ("xlsx", "es"), ("xlsx", "en")]
FIELDS = ["nombre", "telefono", "documento", "etiquetas"]
AWKWARD = [
    ("=1+1", "3001234501", "=2", ["=3", "-10%"]),
    ("'=1+1", "'3001234502", "'52123456", ["'=3", "'"]),
    ('="Ana"', "+57 300 123 4503", "1.020.345-6", ["VIP"]),
    ("'t Hooft", "+573001234504", "10.0", ["a;b", "c, d", '"e"']),
    ("''Juan''", "3001234505", "3.001234567-09", []),
    ("Juan,=1+1", "3001234506", "", ["x|y"]),
    ("Juan;=1+1", "300-123-4507", "7", []),
    ("Juan|＝1,\N{NO-BREAK SPACE}-2", "3001234508.0", "8", []),
    ("MarÃ³n  Pérez", "3001234509", "-9", []),
    ('Luz "La Mona", @Gil', "3001234510", "0010", []),
    ("Ruiz, Ana", "3001234511", "11-", []),
    ("Sol \N{MIDDLE DOT} =1", "3001234512", "12", []),
    ("_x0041_ <b>&amp;", "3001234513", "13", []),
    ("\N{PILE OF POO}", "3001234514", "14", []),
]


@pytest.fixture
def clients(app: Flask, shop: Shop, account: int) -> list[int]:
    """Clients with texts that files and spreadsheets stumble over."""
    ids = []
    for name, phone, document, tags in AWKWARD:
        ids.append(shop.add_client(account, name, phone, documento=document))
        with app.app_context():
            tag_client(account, ids[-1], tags, by=NOBODY)
    return ids


def exported(of: Imports, ids: list[int], columns: list[str], kind: Kind) -> bytes:
    ending, language = kind
    with of.app.test_request_context(), force_locale(language):
        wanted = export.Export.of(account_of(of.account), ids, columns, list_fields(db.session(), of.account))
        if ending == "csv":
            return "".join(written(export.csv_batches(db.engine, wanted), HABITS[language])).encode()
        file = BytesIO()
        export.write_workbook(db.engine, wanted, file, Path(gettempdir()))
        return file.getvalue()


# Each example starts a process: many texts in each, and none made smaller.
@settings(max_examples=12, phases=[Phase.generate])
@pytest.mark.parametrize("kind", KINDS)
@given(rows=st.lists(st.tuples(lines.filter(bool), lines, lines, lines), min_size=1, max_size=60))
def test_any_text_is_read_back_as_it_was(
    kind: Kind, rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    titles = ["Nombre", "Celular", "Documento", "Correo"]
    path = file = tmp_path_factory.mktemp("own") / "upload"
    if kind[0] == "csv":
        batches = [[titles], [[export.csv_cell(text) for text in row] for row in rows]]
        file.write_text("".join(written(batches, HABITS[kind[1]])))
    else:
        with Workbook(file, {"constant_memory": True}) as workbook:
            export.fill_workbook(workbook, titles, rows)
        path = file.with_suffix(CONVERTED)
        convert(file, path)
    read = [[tidy_number(cell) for cell in cells] for _, cells in records(examine(path))]
    assert [(cells + [""] * 4)[:4] for cells in read] == [titles, *([*row] for row in rows)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("columns", [list(export.COLUMNS), FIELDS])
def test_nobody_is_changed(imports: Imports, clients: list[int], kind: Kind, columns: list[str]) -> None:
    before, tags = imports.clients(), imports.tags()
    import_id = imports.run(exported(imports, clients, columns, kind))
    assert imports.rejected(import_id) == []
    assert imports.counts(import_id)["iguales"] == len(AWKWARD)
    assert (imports.clients(), imports.tags()) == (before, tags)


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_inactive_or_wants_no_messages_is_known_as_such(imports: Imports, shop: Shop, kind: Kind) -> None:
    ids = [shop.add_client(imports.account, f"Ana {n}", f"300123450{n}") for n in range(3)]
    with imports.app.app_context(), unit_of_work() as session:
        session.get_one(Cliente, ids[1]).activo = False
        session.add(Baja(usuario_id=imports.account, telefono_e164="+573001234502", origen=OrigenBaja.MANUAL))
    import_id = imports.run(exported(imports, ids, list(export.COLUMNS), kind))
    assert imports.counts(import_id) == {"iguales": 3}
    other = Imports(imports.app, shop.add_admin("otra"))
    other.run(exported(imports, ids, list(export.COLUMNS), kind))
    with imports.app.app_context():
        clients = db.session.scalars(select(Cliente).filter_by(usuario_id=other.account).order_by(Cliente.id)).all()
        opted_out = db.session.scalars(select(Baja.telefono_e164).filter_by(usuario_id=other.account)).all()
        assert [client.activo for client in clients] == [True, False, True]
        assert opted_out == ["+573001234502"], "another shop hears it too"


@pytest.mark.parametrize("kind", KINDS)
def test_own_fields_are_read_again_as_they_are(imports: Imports, shop: Shop, kind: Kind) -> None:
    ids = [shop.add_client(imports.account, f"Ana {n}", f"300123450{n}") for n in range(7)]
    told = {
        add_field(shop, imports.account, "Apodo", TipoDeCampo.TEXTO): ["=1+1", "'x", "3.0", "a  b", "-", "x;y", "ñ"],
        add_field(shop, imports.account, "Etiquetas", TipoDeCampo.NUMERO): [
            "1.234", "-0.5", "1234567", "123456789012345678", "0", "12.5", "-1234.567",
        ],
        add_field(shop, imports.account, "Nace", TipoDeCampo.FECHA): ["--02-29", "1990-05-17", "--12-31"],
        add_field(shop, imports.account, "Talla", TipoDeCampo.OPCION, "S, M", "-1"): ["S, M", "-1"],
    }  # fmt: skip
    for field, values in told.items():
        for client, value in zip(ids, values, strict=False):
            give(shop, imports.account, client, {field: value})
    columns = [*export.COLUMNS, *map(export.column_of, told)]
    file = exported(imports, ids, columns, kind)
    assert imports.counts(imports.run(file)) == {"iguales": 7}
    with imports.app.app_context():
        kept = values_of(db.session(), ids)
    assert {field: [kept[each][field] for each in ids if field in kept[each]] for field in told} == told


def test_a_name_of_a_time_when_what_nobody_sees_was_kept_is_no_other_name(imports: Imports, shop: Shop) -> None:
    ids = [shop.add_client(imports.account, "Ana\N{ZERO WIDTH SPACE} Ruiz", "3001234501")]
    import_id = imports.run(exported(imports, ids, FIELDS, ("csv", "es")))
    assert imports.counts(import_id) == {"iguales": 1}


@pytest.mark.both_databases
def test_who_has_neither_document_nor_usable_number_is_known_word_for_word(imports: Imports, shop: Shop) -> None:
    there = [("Ana Gil", "300123"), ("Ana Gil", "no tiene"), ("Luz 1", "")]
    ids = [shop.add_client(imports.account, name, phone) for name, phone in there]
    import_id = imports.run(exported(imports, ids, FIELDS, ("csv", "es")))
    assert imports.counts(import_id) == {"iguales": 3, "sin_celular": 3}
    assert [each[:2] for each in imports.clients()] == there
    imports.run(b"Nombre,Celular,Documento\nAna Gil,300999,\nLuz 2,,\nLuz 1,,52\nAna Gil,300123,53\n")
    assert len(imports.clients()) == 7, "another name or number, or a document, may be somebody else's"


@pytest.mark.parametrize("kind", KINDS)
def test_another_shop_gets_them_as_they_are(imports: Imports, shop: Shop, clients: list[int], kind: Kind) -> None:
    other = Imports(imports.app, shop.add_admin("otra"))
    other.run(exported(imports, clients, FIELDS, kind))
    assert [(name, phone, document) for name, phone, _, document in other.clients()] == [each[:3] for each in AWKWARD]
    assert other.tags() == imports.tags()


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_of_names_alone(imports: Imports, shop: Shop, kind: Kind) -> None:
    ids = [shop.add_client(imports.account, name) for name in ("Ruiz, Ana", "Gil, Luz", "Paz; Eva", "Sol; Mar")]
    other = Imports(imports.app, shop.add_admin("otra"))
    other.run(exported(imports, ids, ["nombre"], kind))
    assert [name for name, *_ in other.clients()] == ["Ruiz, Ana", "Gil, Luz", "Paz; Eva", "Sol; Mar"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_title_of_an_export_is_known(app: Flask, language: str) -> None:
    roles = {
        "nombre": Role.NAME,
        "telefono": Role.PHONE,
        "telefono_e164": Role.PHONE,
        "documento": Role.DOCUMENT,
        "etiquetas": Role.TAGS,
        "activo": Role.ACTIVE,
        "baja": Role.REFUSAL,
    }
    with app.test_request_context(), force_locale(language):
        for name, title in export.COLUMNS.items():
            assert role_of_title(str(title)) == roles.get(name, Role.NOTHING), title
        for title in (gettext("Row"), gettext("Why it was not imported")):
            assert role_of_title(title) == Role.NOTHING


def test_refused_rows_are_read_again_as_they_were(admin: CheckingClient, imports: Imports) -> None:
    cells = ["", "3,001234567E+09", "'=1", '="300 123"', "'t Hooft", "a,=2", "MarÃ­a", "'52", "'5.0"]
    titles = ["Nombre", "Celular", "Documento", *"abcdef"]
    out = StringIO()
    csv.writer(out).writerows([titles, cells])
    import_id = imports.review(out.getvalue())
    again: dict[str, Any] = {}
    for _ in range(3):
        text = admin.get(f"/clientes/importar/{import_id}/rechazadas/", headers={"Accept-Language": "en"}).text
        read = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))[1][: len(cells)]
        again.setdefault("first", read)
        assert read == again["first"]
        import_id = imports.review(text)
    assert again["first"] == ["", "3001234567", "'=1", "300 123", "'t Hooft", "a,'=2", "María", "52", "'5.0"]
