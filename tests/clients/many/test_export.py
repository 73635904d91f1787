"""Exporting clients: what is in the files, who may have them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from flask import Flask

import clientes_app
from clientes_app.audit_log import NOBODY
from clientes_app.client_files.meaning.roles import Role
from clientes_app.clients.many import export
from clientes_app.clients.tags.tagging import tag_client
from clientes_app.extensions import db
from clientes_app.models import Baja, OrigenBaja

from ...support.checking_client import CheckingClient
from ...support.csv_files import rows_of_csv
from ...support.imports import Imports
from ...support.shop import Shop, account_of

EXPORT = "/clientes/seleccion/exportar/"
EVERYTHING = {"formato": "csv", "columnas": list(export.COLUMNS)}
BOUGHT = datetime(2026, 11, 20, 15, 30, 59, 5, tzinfo=UTC)

DAY_0 = datetime.fromisoformat("1899-12-30")
"""From which a workbook counts days."""


@pytest.fixture
def client_id(app: Flask, shop: Shop, account: int) -> int:
    """A client with everything."""
    fields: dict[str, Any] = {"documento": "=1+1", "creado": BOUGHT, "ultima_compra": BOUGHT}
    client_id = shop.add_client(account, "María", "300 123 4567", total_compras=Decimal("59900.50"), **fields)
    with app.app_context():
        tag_client(account, client_id, ["VIP", "Lejos"], by=NOBODY)
    shop.add(Baja(telefono_e164="+573001234567", origen=OrigenBaja.MANUAL, usuario_id=account))
    return client_id


def cells_of_xlsx(content: bytes, sheet: int = 1) -> list[list[tuple[str, str]]]:
    """Return each cell's type, as the format names it, with its text."""
    with ZipFile(BytesIO(content)) as book:
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = root.iter(f"{space}row")
    return [[(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{space}c")] for row in rows]


def test_csv_holds_every_column(admin: CheckingClient, client_id: int) -> None:
    answer = admin.send(EXPORT, {"destino": "marcados", "cliente_ids": client_id, **EVERYTHING}, Accept_Language="en")
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(r'attachment; filename="clientes-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"])
    headers, client = rows_of_csv(answer.text, ",")
    assert len(headers) == len(export.COLUMNS) == len(client)
    given = dict(zip(export.COLUMNS, client, strict=True))
    assert given == {
        "nombre": "María",
        "telefono": "300 123 4567",
        "telefono_e164": "+573001234567",
        "documento": "'=1+1",
        "etiquetas": "Lejos, VIP",
        "activo": "Yes",
        "creado": "2026-11-20 10:30",
        "ultima_compra": "2026-11-20 10:30",
        "total_compras": "59900.50",
        "baja": "Yes",
    }


def test_a_workbook_keeps_numbers_as_text_and_runs_nothing(admin: CheckingClient, client_id: int) -> None:
    answer = admin.send(EXPORT, {"destino": "marcados", "cliente_ids": client_id, **EVERYTHING, "formato": "xlsx"})
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert re.search(r"filename=clientes-\d{4}-\d\d-\d\d\.xlsx", answer.headers["Content-Disposition"])
    _headers, client = cells_of_xlsx(answer.data)
    given = dict(zip(export.COLUMNS, client, strict=True))
    assert given["telefono_e164"] == ("inlineStr", "+573001234567")
    assert given["documento"] == ("inlineStr", "=1+1")
    assert given["total_compras"] == ("n", "59900.50")
    since = DAY_0 + timedelta(days=float(given["creado"][1]))
    assert abs(since - BOUGHT.replace(tzinfo=None) + timedelta(hours=5)) < timedelta(seconds=1)


def test_columns_are_chosen_and_stand_in_one_order(admin: CheckingClient, client_id: int) -> None:
    data = {"destino": "marcados", "cliente_ids": client_id, "formato": "csv", "columnas": ["etiquetas", "nombre"]}
    assert rows_of_csv(admin.send(EXPORT, data).text)[1] == ["María", "Lejos, VIP"]


def test_a_whole_search_is_exported_batch_by_batch(
    admin: CheckingClient, shop: Shop, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_BATCH", 2)
    monkeypatch.setattr(export, "ROWS_A_SHEET", 3)
    shop.add_clients(account, ["3001234567"] * 5)
    shop.add_client(account, "Inactiva", activo=False)
    data = {"destino": "todos", "columnas": "nombre"}
    names = [[f"Cliente {place}"] for place in range(5)]
    assert rows_of_csv(admin.send(EXPORT, {**data, "formato": "csv"}).text)[1:] == names
    book = admin.send(EXPORT, {**data, "formato": "xlsx"}).data
    sheets = [cells_of_xlsx(book, sheet)[1:] for sheet in (1, 2)]
    assert [[text for _, text in row] for sheet in sheets for row in sheet] == names
    assert [len(sheet) for sheet in sheets] == [3, 2]


def test_csv_is_written_while_it_is_sent(admin: CheckingClient, client_id: int) -> None:
    token = {"X-CSRFToken": admin.token()}
    answer = admin.post(
        EXPORT, data={"destino": "marcados", "cliente_ids": client_id, **EVERYTHING}, headers=token, buffered=False
    )
    assert answer.is_streamed
    assert "María" in answer.text


def test_csv_is_written_as_the_readers_spreadsheet_expects(admin: CheckingClient, client_id: int) -> None:
    data = {"destino": "marcados", "cliente_ids": client_id, "columnas": ["nombre", "total_compras"], "formato": "csv"}
    spanish = admin.send(EXPORT, data, Accept_Language="es").text.splitlines()
    english = admin.send(EXPORT, data, Accept_Language="en").text.splitlines()
    assert (spanish[1], english[1]) == ("María;59900,50", "María,59900.50")


def test_who_is_deleted_meanwhile_is_left_out(app: Flask, account: int, client_id: int, shop: Shop) -> None:
    theirs = shop.add_client(shop.add_admin("otra"), "Ida")
    with app.test_request_context():
        wanted = export.Export.of(account_of(account), [client_id, theirs, 999], ["nombre"])
        assert list(export.csv_batches(db.engine, wanted)) == [[["Nombre"]], [["María"]]]


def app_zone(app: Flask) -> Any:
    return app.extensions["clientes.settings"].timezone


@pytest.mark.parametrize(
    "wrong",
    [
        {"formato": "csv"},
        {"formato": "csv", "columnas": "clave_hash"},
        {"formato": "pdf", "columnas": "nombre"},
        {"columnas": "nombre", "formato": ""},
    ],
)
def test_nonsense_is_refused(admin: CheckingClient, client_id: int, wrong: dict[str, str]) -> None:
    answer = admin.send(EXPORT, {"destino": "marcados", "cliente_ids": client_id, **wrong})
    assert answer.mimetype == "text/html"
    assert "invalid-feedback" in answer.text
    assert answer.status_code == 200


NASTY = "Juan,=1+1;=2|=3"
DEFUSED = "Juan,'=1+1;'=2|'=3"


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_file_for_spreadsheets_is_defused(
    app: Flask, admin: CheckingClient, shop: Shop, account: int, language: str
) -> None:
    shop.add_client(account, NASTY, "3001234567")
    admin.send("/clientes/campanas/enviar/", {"destino": "todos", "nombre": NASTY, "mensaje": "Hola"})
    shop.add(Baja(telefono_e164="+573001234568", origen=OrigenBaja.MANUAL, usuario_id=account))
    import_id = Imports(app, account).review(f'Nombre;Celular\n;"{NASTY}"\n', roles=(Role.NAME, Role.PHONE))
    files = {
        "clients": admin.send(EXPORT, {"destino": "todos", **EVERYTHING}, Accept_Language=language).text,
        "audit": "/auditoria/exportar/",
        "messages": "/clientes/campanas/1/certificado/",
        "refused": f"/clientes/importar/{import_id}/rechazadas/",
        "opt-outs": "/clientes/bajas/exportar/",
    }
    for name, url in files.items():
        text = admin.get(url, headers={"Accept-Language": language}).text if url.startswith("/") else url
        assert NASTY not in text, name
        assert DEFUSED in text or name == "opt-outs", "nothing that anybody typed is in those"


def test_one_place_writes_files_for_spreadsheets() -> None:
    package = Path(clientes_app.__file__).parent
    writing = {path.name for path in package.rglob("*.py") if re.search(r"csv\.writer|text/csv", path.read_text())}
    assert writing - {"report_operations.py"} == {"csv_export.py", "spreadsheet.py"}, "that one describes files only"
