"""A till's sales: whose they are, none twice, exact sums, taken back, whoever kills the worker."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from clientes_app.audit_log import NOBODY
from clientes_app.client_files.meaning.roles import Contents
from clientes_app.clients.sales import services as sales
from clientes_app.clients.services import delete_client
from clientes_app.extensions import db
from clientes_app.importing import services
from clientes_app.importing.sales.buyers import NO_KEY
from clientes_app.models import Cliente, EstadoImportacion, Venta
from clientes_app.values.amounts import LARGEST, NOT_ABOVE_ZERO

from ..support.checking_client import CheckingClient
from ..support.client_files import workbook
from ..support.clock import BOGOTA, Clock
from ..support.imports import Imports
from ..support.shop import Shop, account_of
from .test_crash import kill_after_progress

pytestmark = pytest.mark.both_databases

TITLES = "fecha,hora,cedula,celular,cliente,total,concepto,recibo\n"


class Till:
    """A shop with two clients, and its sales as they are stored."""

    def __init__(self, app: Flask, shop: Shop, account: int) -> None:
        self.app, self.shop, self.account = app, shop, account
        self.ana = shop.add_client(account, "Ana Paz", "3001110001", documento="1.020.304")
        self.eva = shop.add_client(account, "Eva Sol", "3001110002")

    def stored(self) -> list[tuple[int, str, Decimal, str, str]]:
        with self.app.app_context():
            found = db.session.scalars(db.select(Venta).order_by(Venta.fecha, Venta.id))
            return [
                (
                    each.cliente_id,
                    f"{each.fecha.astimezone(BOGOTA):%d/%m %H:%M}",
                    each.total,
                    each.concepto,
                    each.recibo,
                )
                for each in found
            ]

    def client(self, client_id: int) -> Cliente:
        with self.app.app_context():
            return db.session.get_one(Cliente, client_id)


@pytest.fixture
def till(app: Flask, shop: Shop, account: int) -> Till:
    """The shop."""
    return Till(app, shop, account)


def at(day: int, *hour: int) -> datetime:
    """Return a moment of March as a workbook has one: without a zone."""
    return datetime(2026, 3, day, *hour, tzinfo=BOGOTA).replace(tzinfo=None)


def reasons(imports: Imports, import_id: int) -> dict[int, str]:
    return {number: fault for number, _, fault in imports.rejected(import_id)}


def test_each_sale_is_whose_the_document_says_or_the_number(till: Till, imports: Imports) -> None:
    import_id = imports.review_sales(
        TITLES
        + "05/03/2026,10:30,1020304,3001110002,,59.900,Zapatos,F-1\n"  # the document decides
        + "05/03/2026 2:05 p. m.,,,300 111 0002,,$ 1'234.567,,F-2\n"
        + "2026-03-06,,,3001110002,,1000,,\n"
        + "06/03/2026,9:00,999,,,1000,,F-4\n"
        + "06/03/2026,9:00,,,Ana Paz,1000,,F-5\n"
        + "31/02/2026,9:00,1020304,,,1000,,F-6\n"
        + "06/03/2026,25:00,1020304,,,1000,,F-7\n"
        + "06/03/2199,,1020304,,,1000,,F-8\n"
        + "06/03/2026,,1020304,,,-1000,,F-9\n"
        + "06/03/2026,10:00,1020304,,,5,,F-1\n"  # a receipt is one sale
        + "Total,,,,,1296467,,\n"
    )
    row = imports.get(import_id)
    assert imports.counts(import_id) | {"sin_celular": 0} == {
        "nuevas": 3,
        "malas": 6,
        "dobles": 1,
        "sin_celular": 0,
    }
    assert row.totales == 1
    assert row.sumas == {"pesos": "1295467.00", "clientes": 2}
    assert till.stored() == []
    assert set(reasons(imports, import_id)) == {5, 6, 7, 8, 9, 10, 11}
    said = reasons(imports, import_id)
    assert said[5] == "No client has this document or number."
    assert (said[7], said[10]) == ("There is no such day.", NOT_ABOVE_ZERO)
    imports.apply(import_id)
    assert till.stored() == [
        (till.ana, "05/03 10:30", Decimal(59_900), "Zapatos", "F-1"),
        (till.eva, "05/03 14:05", Decimal(1_234_567), "", "F-2"),
        (till.eva, "06/03 12:00", Decimal(1_000), "", ""),
    ]
    assert till.client(till.eva).total_compras == Decimal(1_235_567)
    assert till.client(till.ana).ultima_compra is not None


def test_a_column_may_hold_documents_and_numbers(till: Till, imports: Imports, shop: Shop, account: int) -> None:
    shop.add_client(account, "Sol Sur", "3001110003")
    shop.add_client(account, "Eco SAS", "", documento="3001110003")
    shop.add_client(account, "Paz Rey", "", documento="3009990009")
    titles = "fecha,{},total,qué\n"
    rows = (
        "05/03/2026,1020304,100,Pan\n05/03/2026,300 111 0002,200,Queso\n05/03/2026,3009990009,300,\n"
        "05/03/2026,3001110003,400,\n05/03/2026,3001230000,500,\n05/03/2026,,600,\n"
    )
    for title in ("Cédula o celular", "Identificación/celular", "Cliente"):
        import_id = imports.review_sales(titles.format(title) + rows)
        assert {number: fault.partition(":")[0] for number, fault in reasons(imports, import_id).items()} == {
            5: "One client has this as the number, another as the document",
            6: "No client has this document or number.",
            7: NO_KEY,
        }
    imports.apply(import_id)
    assert sorted((total, concept) for _, _, total, concept, _ in till.stored()) == [
        (100, "Pan"),
        (200, "Queso"),
        (300, ""),
    ]
    named = "fecha,cédula o celular,nombre,total\n05/03/2026,3001230000,Luz Mar,500\n05/03/2026,+57 3001230000,,600\n"
    again = imports.review_sales(named + "05/03/2026,1099888777,Ida Ley,700\n", makes_clients=True)
    assert imports.get(again).sumas == {"pesos": "1200.00", "clientes": 2}
    imports.apply(again)
    with till.app.app_context():
        made = {
            each.nombre: each for each in db.session.scalars(db.select(Cliente).where(Cliente.importacion_id == again))
        }
    assert (made["Luz Mar"].telefono, made["Luz Mar"].documento) == ("3001230000", "")
    assert made["Luz Mar"].busqueda == "luz mar\n3001230000\n573001230000"
    assert (made["Ida Ley"].telefono, made["Ida Ley"].documento) == ("", "1099888777")


def test_nothing_is_stored_twice(till: Till, imports: Imports) -> None:
    first = imports.review_sales(
        TITLES
        + "05/03/2026,10:30,1020304,,,100,Pan,F-1\n"
        + "05/03/2026,10:30,1020304,,,100,Pan,\n"  # without a receipt it may be that of the row before
        + "05/03/2026,10:40,1020304,,,200,Leche,\n"
    )
    imports.apply(first)
    assert [sale[3:] for sale in till.stored()] == [("Pan", "F-1"), ("Leche", "")]
    again = imports.review_sales(
        TITLES
        + "05/03/2026,11:00,1020304,,,999,Otra cosa,F-1\n"  # the receipt
        + "05/03/2026,10:40,1020304,,,200.00,Leche,\n"  # what it says
        + "05/03/2026,10:30,1020304,,,100,Pan,F-2\n"  # another receipt is another sale
        + "05/03/2026,10:40,1020304,,,200,Queso,\n"
    )
    assert imports.counts(again) | {"sin_celular": 0} == {"nuevas": 2, "iguales": 2, "sin_celular": 0}
    imports.apply(again)
    assert [sale[3:] for sale in till.stored()] == [("Pan", "F-1"), ("Pan", "F-2"), ("Leche", ""), ("Queso", "")]
    assert imports.get(again).estado is EstadoImportacion.APLICADA


def test_buyers_become_clients_where_a_person_says_so(till: Till, imports: Imports) -> None:
    rows = (
        TITLES
        + "05/03/2026,10:00,,3009998877,Luz Mar,100,,\n"
        + "05/03/2026,11:00,,300 999 8877,,200,,\n"
        + "05/03/2026,11:00,,+573009998877,Luz Mar,200,,\n"
        + "05/03/2026,12:00,555666,,,300,,\n"
    )
    import_id = imports.review_sales(rows, makes_clients=True)
    assert imports.get(import_id).sumas == {"pesos": "300.00", "clientes": 1}
    imports.apply(import_id)
    assert [name for name, *_ in imports.clients()] == ["Ana Paz", "Eva Sol", "Luz Mar"]
    assert [total for _, _, total, *_ in till.stored()] == [100, 200]
    imports.undo(import_id)
    assert [name for name, *_ in imports.clients()] == ["Ana Paz", "Eva Sol"]
    assert till.stored() == []


def test_undoing_leaves_what_somebody_edited(
    app: Flask, till: Till, imports: Imports, shop: Shop, account: int
) -> None:
    shop.add_sale(account, till.ana, 7, fecha=datetime(2026, 3, 1, tzinfo=BOGOTA))
    rows = "".join(f"0{day}/03/2026,10:00,1020304,,,1000,,F-{day}\n" for day in range(1, 5))
    import_id = imports.review_sales(TITLES + rows)
    imports.apply(import_id)
    with app.test_request_context():
        (kept,) = db.session.scalars(db.select(Venta).where(Venta.recibo == "F-3"))
        shown = sales.Shown(till.ana, kept.id, 0)
        sales.edit_sale(account_of(account), shown, sales.NewSale(Decimal(50)), by=NOBODY)
        extent: Any = services.undo_extent(services.find_import(account, import_id))
    assert (extent.deletes, extent.stays) == (3, 1)
    imports.undo(import_id)
    assert [sale[2] for sale in till.stored()] == [7, 50]
    assert till.client(till.ana).total_compras == 57


def test_a_client_who_is_gone_by_then_is_said(till: Till, imports: Imports, app: Flask) -> None:
    import_id = imports.review_sales(TITLES + "05/03/2026,10:00,1020304,,,1,,\n05/03/2026,10:00,,3001110002,,2,,\n")
    with app.test_request_context():
        delete_client(till.account, till.ana, by=NOBODY)
    imports.apply(import_id)
    assert imports.counts(import_id) | {"sin_celular": 0} == {"nuevas": 1, "malas": 1, "sin_celular": 0}
    assert list(reasons(imports, import_id)) == [2]


def test_a_workbook_and_its_pages(admin: CheckingClient, till: Till, imports: Imports) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Fecha y hora", "NIT/CC", "Valor", "Producto", "Factura No."])
    sheet.append([at(5, 10, 30), 1020304, 59900.5, "Zapatos", "F-1"])
    sheet.append([at(6, 11), 999, 1000, "", "F-2"])
    sheet.append([at(6, 12), 999, 1000, "", "F-3"])
    sheet.append([at(6, 13), 999, 1000, "", "F-4"])
    content = BytesIO()
    book.save(content)
    assert "Ventas de una caja" in admin.get("/clientes/importar/").text
    upload = {"archivo": (BytesIO(content.getvalue()), "caja.xlsx"), "clase": "ventas"}
    columns = admin.send("/clientes/importar/", upload).location
    page = admin.get(columns).text
    assert page.count(" selected") >= 5
    assert "El documento decide" in page
    said = {f"c{place}": role for place, role in enumerate(("fecha", "documento", "total", "concepto", "recibo"))}
    for place, role in enumerate(said.values()):
        assert f'<option value="{role}" selected>' in page, place
    shown = admin.send(columns, said).location
    imports.work()
    page = admin.get(shown).text
    assert 'data-sum="pesos">$ 59.900,50<' in page.replace("\u00a0", " ")
    assert "Ningún cliente tiene este documento o número" in admin.get(f"{shown}filas/?veredicto=mala").text
    assert admin.send(f"{shown}filas/3/respuesta/", {"respuesta": "fuera"}).status_code == 409
    first_again = {"documento": "1020304", "fecha": "06/03/2026", "total": "1000", "recibo": "F-1"}
    admin.send(f"{shown}filas/4/", first_again)
    assert "de un recibo solo se toma la primera fila" in admin.get(f"{shown}filas/?veredicto=doble").text
    assert "F-3" in admin.get(f"{shown}rechazadas/").text
    mended = {"documento": "1020304", "fecha": "06/03/2026", "hora": "9:00", "total": "1.000,50", "concepto": "Medias"}
    admin.send(f"{shown}filas/5/", mended | {"fecha": "ayer"})
    assert 'value="Medias"' in admin.get(f"{shown}filas/?veredicto=mala").text, "what was typed still stands there"
    swapped = admin.swap(f"{shown}filas/5/", mended).text
    assert "Importar 2 ventas" in swapped
    assert "clientes nuevos" not in swapped
    sums = admin.get(shown).text.replace("\u00a0", " ")
    assert 'data-sum="pesos">$ 60.901<' in sums
    assert 'data-sum="clientes">1<' in sums
    admin.send(f"{shown}aplicar/")
    imports.work()
    assert "2 ventas nuevas" in admin.get(shown).text
    assert "2 ventas nuevas" in admin.get("/clientes/importar/").text
    assert "importó ventas" in admin.get("/auditoria/").text
    rejected = admin.get(f"{shown}rechazadas/").text
    assert "F-2" in rejected
    assert (till.ana, "06/03 09:00", Decimal("1000.50"), "Medias", "") in till.stored()
    assert "Las 2 ventas que trajo se eliminan" in admin.get(f"{shown}deshacer/").text
    admin.send(f"{shown}deshacer/")
    imports.work()
    assert till.stored() == []
    assert "Deshecha: ya no están sus ventas" in admin.get(shown).text


def test_killed_workers_leave_exact_sums(app: Flask, till: Till, imports: Imports) -> None:
    rows = "".join(
        f"{1 + n % 28:02}/03/2026,{n % 24:02}:{n % 60:02},{'1020304' if n % 2 else ''},"
        f"{'' if n % 2 else '3001110002'},,{n + 1},,F-{n}\n"
        for n in range(20_000)
    )
    import_id = imports.upload(TITLES + rows, "caja.csv", Contents.SALES)
    imports.start_review(import_id)
    kill_after_progress(app, imports, import_id)
    imports.work()
    assert imports.get(import_id).sumas == {"pesos": f"{20_000 * 20_001 // 2}.00", "clientes": 2}
    with app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    for _ in range(3):
        kill_after_progress(app, imports, import_id)
    imports.work()
    assert imports.get(import_id).nuevas == 20_000
    assert {sale[4] for sale in till.stored()} == {f"F-{n}" for n in range(20_000)}
    bought = till.client(till.ana).total_compras + till.client(till.eva).total_compras
    assert bought == 20_000 * 20_001 // 2
    with app.test_request_context():
        services.start_undoing(imports.account, import_id, by=NOBODY)
    imports.work()
    assert till.stored() == []
    assert (till.client(till.ana).total_compras, till.client(till.eva).ultima_compra) == (0, None)


def test_what_is_no_sale_any_more_is_refused_and_sums_are_kept_up_to_the_largest(
    admin: CheckingClient, till: Till, imports: Imports
) -> None:
    """A hundred of the largest sales are more than a client's total holds; the page still says their exact sum."""
    import_id = imports.review_sales(
        TITLES
        + "05/03/2026,10:00,1020304,,,999999999999,,\n"
        + "".join(f'05/03/2026,11:00,1020304,,,"9.999.999.999,99",,F-{n}\n' for n in range(101))
    )
    assert reasons(imports, import_id) == {2: "A sale is at most 9.999.999.999,99 pesos."}
    assert "$ 1.009.999.999.998,99" in admin.get(f"/clientes/importar/{import_id}/").text.replace("\u00a0", " ")
    imports.apply(import_id)
    assert imports.get(import_id).estado is EstadoImportacion.APLICADA
    assert till.client(till.ana).total_compras == LARGEST
    for page in (f"/clientes/{till.ana}/", f"/clientes/importar/{import_id}/deshacer/", "/informes/clientes/"):
        assert admin.get(page).status_code == 200
    found = admin.get("/clientes/?compro_desde=2026-03-01&compro_por=999999999999").text
    assert "Ana Paz" in found
    imports.undo(import_id)
    assert till.client(till.ana).total_compras == 0


def test_a_number_of_a_workbook_is_a_number(till: Till, imports: Imports) -> None:
    numbers = (333.333, 12.345, 59.955, 999.999, 119.5, 59900 / 1.19, 50336.134, 59900, "12.345")
    rows = [[at(5, hour), 1020304, total, f"V{hour}"] for hour, total in enumerate(numbers, 1)]
    content = workbook([["fecha", "cedula", "total", "concepto"], *rows, [at(5, 20), 1020304, "59900.1250", ""]])
    import_id = imports.review_sales(content, name="caja.xlsx")
    imports.apply(import_id)
    assert [f"{total:.2f}" for _, _, total, *_ in till.stored()] == [
        *("333.33", "12.35", "59.96", "1000.00", "119.50", "50336.13", "50336.13", "59900.00"),
        "12345.00",
        "59900.13",
    ]


def test_decimals_of_a_database_are_zeros_or_refused(till: Till, imports: Imports) -> None:
    totals = ("59900.0000", "59900.000", "1'234.567", "50336.134", "12.3450", "1.5", "")
    rows = "".join(f"05/03/2026,1{n}:00,1020304,,,{total},,\n" for n, total in enumerate(totals))
    import_id = imports.review_sales(TITLES + rows)
    assert {number: fault.partition(":")[0] for number, fault in reasons(imports, import_id).items()} == {
        5: "The total has more than two decimals",
        6: "The total has more than two decimals",
        7: "One decimal may be a thousand cut short",
        8: "The total is missing.",
    }
    imports.apply(import_id)
    assert [total for _, _, total, *_ in till.stored()] == [59_900, 59_900, 1_234_567]


def test_today_without_an_hour_is_now_at_most(
    admin: CheckingClient, till: Till, imports: Imports, clock: Clock
) -> None:
    clock.set(2026, 11, 30, 9, 15)
    rows = TITLES + "30/11/2026,,1020304,,,100,Pan,\n30/11/2026,12:00,1020304,,,7,,\n01/12/2026,,1020304,,,7,,\n"
    cells = workbook([["fecha", "cedula", "total"], [date(2026, 11, 30), 1020304, 3]])
    assert imports.get(imports.review_sales(cells, name="caja.xlsx")).nuevas == 1
    import_id = imports.review_sales(rows)
    assert set(reasons(imports, import_id).values()) == {"The sale is in the future."}
    # They are shown as the file has them, and not at the moment at which somebody looks.
    wrong = admin.get(f"/clientes/importar/{import_id}/filas/?veredicto=mala").text
    assert 'value="30/11/2026"' in wrong
    assert 'value="12:00"' in wrong
    assert "9:15" not in wrong
    imports.apply(import_id)
    assert [sale[1:3] for sale in till.stored()] == [("30/11 09:15", 100)]
    clock.pass_by(hours=1)
    assert imports.get(imports.review_sales(rows)).iguales == 1
    clock.pass_by(hours=6)
    again = imports.review_sales(rows)
    assert (imports.get(again).iguales, imports.get(again).nuevas) == (1, 1)


def test_an_import_knows_what_was_edited_since(admin: CheckingClient, app: Flask, till: Till, imports: Imports) -> None:
    rows = TITLES + "05/03/2026,10:30,1020304,,,59.900,Pan,\n05/03/2026,,,3001110002,,61.000,,F-1\n"
    imports.apply(imports.review_sales(rows))
    with app.test_request_context():
        for stored in db.session.scalars(db.select(Venta)).all():
            shown, account = sales.Shown(stored.cliente_id, stored.id, 0), account_of(till.account)
            moment = at(9, 8).replace(tzinfo=BOGOTA) if not stored.recibo else None
            sales.edit_sale(account, shown, sales.NewSale(Decimal(49_900), stored.concepto, moment), by=NOBODY)
    again = imports.review_sales(rows)
    assert (imports.get(again).iguales, imports.get(again).nuevas) == (2, 0)
    page = admin.get(f"/clientes/importar/{again}/").text.replace("\u00a0", " ")
    assert "cambiada después: hoy dice $ 49.900<" in page
    assert "cambiada después: hoy dice $ 49.900 · 9 mar 2026, 8:00 a" in page.replace("\u202f", " ")
    imports.apply(again)
    assert len(till.stored()) == 2
    other = imports.review_sales(TITLES + "06/03/2026,9:00,,3001110002,,49.900,Queso,F-1\n")
    page = admin.get(f"/clientes/importar/{other}/").text
    assert "Queso" in page
    assert " · —<" in page
