"""The pages of reports: what they say, where their figures lead, and their files."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.campaigns.certificate import Reader
from clientes_app.database.paging import BATCH
from clientes_app.extensions import db, engine_apart, unit_of_work
from clientes_app.models import (
    Accion,
    Auditoria,
    Baja,
    CampanaSMS,
    Cliente,
    EstadoSMS,
    OrigenBaja,
    Recibo,
    SMSLog,
    Venta,
)
from clientes_app.models.types import utc_now
from clientes_app.reports.behind import files, lists

from ..support.checking_client import CheckingClient, open_browser
from ..support.clock import Clock
from ..support.csv_files import rows_of_csv
from ..support.shop import Shop
from .random_shop import RandomShop

SHEET = "=HYPERLINK(1)"


@pytest.fixture
def sold(app: Flask, shop: Shop, account: int, clock: Clock) -> RandomShop:
    """The account of the admin `ana`, with a random past, a campaign of which is called like a formula."""
    clock.set(2026, 11, 20, 9)
    made = RandomShop(app, shop, "otra", "America/Bogota", 3)
    with app.app_context(), unit_of_work() as session:
        session.execute(update(CampanaSMS).values(nombre=SHEET))
    return made


@pytest.fixture
def reader(app: Flask, shop: Shop, sold: RandomShop) -> CheckingClient:
    """The browser of a vendedor of that account without any right."""
    shop.add_seller(sold.account, "lea", puede_enviar=False, puede_vender=False)
    client = open_browser(app)
    assert client.log_in("lea").status_code == 302
    return client


def test_every_figure_leads_to_as_many(reader: CheckingClient, sold: RandomShop) -> None:
    pages = ["/informes/mes/2026-10/", f"/informes/campana/{sold.campaigns[0]}/", "/informes/clientes/"]
    figure = re.compile(r'<td class="report-number"[^>]*><a href="([^"]+)">(\d+)</a>')
    links = {link for page in pages for link in figure.findall(reader.get(page).text)}
    assert len(links) > 10
    month = reader.get("/informes/mes/2026-10/").text
    in_all = reader.get("/informes/compras/?mes=2026-10").text.partition('id="in-all"')[2].partition("</p>")[0]
    for name in ("sales", "pesos"):
        (cell,) = re.findall(rf'id="figure-{name}".*?<td[^>]*>(.*?)</td>', month, re.DOTALL)
        assert re.sub(r"<[^>]+>", "", cell) in in_all
    for address, number in links:
        text = reader.get(address.replace("&amp;", "&")).text
        shown = len(re.findall(r'id="client-\d+"', text)) or text.partition("<tbody>")[2].count("<tr>")
        bought_by = "/informes/compras/" in address
        assert shown == int(number) or (bought_by and shown > int(number)), address


def test_what_is_behind_a_figure_is_a_file_too(reader: CheckingClient, sold: RandomShop, app: Flask) -> None:
    month, campaign = "mes=2026-10", f"campana={sold.campaigns[0]}"
    files = {
        f"mensajes/?que=enviados&{month}": "mensajes-enviados-2026-10.csv",
        f"mensajes/?que=omitidos&{campaign}": f"mensajes-omitidos-campana-{sold.campaigns[0]}.csv",
        f"compras/?{month}": "compras-2026-10.csv",
        "bajas/2026-10/?": "bajas-2026-10.csv",
    }
    for address, name in files.items():
        page = reader.get(f"/informes/{address}").text
        link = f"/informes/{address}&formato=csv".replace("?&", "?")
        answer = reader.get(link)
        (titles, *rows) = rows_of_csv(answer.text)
        assert len(rows) == page.partition("<tbody>")[2].count("<tr>") > 0, address
        assert {len(row) for row in rows} == {len(titles)}
        assert not any(cell.startswith("=") for row in rows for cell in row)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        linked = re.findall(r'href="([^"]+formato=csv)"', page)
        assert [rows_of_csv(reader.get(each.replace("&amp;", "&")).text) for each in linked] == [[titles, *rows]]
    with app.app_context():
        noted = db.session.scalars(select(Auditoria).filter_by(accion=Accion.CLIENTS_EXPORTED)).all()
        assert {entry.cosa_nombre for entry in noted} == set(files.values())


def test_a_list_that_is_longer_than_a_page_is_whole_in_its_file(sold: RandomShop, app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add_all(
            Baja(usuario_id=sold.account, telefono_e164=f"+57310{place:07}", origen=OrigenBaja.MANUAL)
            for place in range(BATCH + lists.A_PAGE)
        )
    admin = open_browser(app)
    admin.log_in("otra")
    rows = rows_of_csv(admin.get("/informes/bajas/2026-11/?formato=csv").text)
    assert sum(row[0].startswith("+57310") for row in rows) == BATCH + lists.A_PAGE


def test_a_file_goes_on_behind_a_purchase_that_is_gone(
    sold: RandomShop, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientes_app.reports.behind.files.BATCH", 2)
    with app.test_request_context(headers={"Accept-Language": "es"}):
        asked = lists.Asked(campaign_id=None)
        before = [row.client_name for row in lists.purchases(db.session(), sold.account, asked, None).rows]
        reader = Reader(ZoneInfo("America/Bogota"), str)
        batches = files.purchases(engine_apart(), sold.account, asked, reader)
        (_titles, first, second) = (next(batches), *next(batches))
        last = lists.purchases(db.session(), sold.account, asked, None).rows[1].id
        with unit_of_work() as session:
            session.delete(session.get_one(Venta, last))
        rest = [row for batch in batches for row in batch]
    assert [row[0] for row in (first, second, *rest)] == before


def test_purchases_stand_with_the_last_first_page_by_page(sold: RandomShop, app: Flask) -> None:
    with app.app_context():
        asked = lists.Asked(campaign_id=None)
        rows = lists.purchases(db.session(), sold.account, asked, None).rows
        assert [row.when for row in rows] == sorted((row.when for row in rows), reverse=True)
        assert len(rows) > 5
        later = lists.purchases(db.session(), sold.account, asked, rows[2].place).rows
        assert [row.id for row in later][: len(rows) - 3] == [row.id for row in rows[3:]]


def test_a_campaign_that_failed_for_the_moment_goes_to_those_it_missed(
    sold: RandomShop, reader: CheckingClient, app: Flask
) -> None:
    campaign = sold.campaigns[0]
    with app.app_context(), unit_of_work() as session:
        sent = SMSLog.campana_id == campaign, SMSLog.estado == EstadoSMS.ENVIADO
        lost = {"recibo": Recibo.UNDELIVERED, "recibo_codigo": 30003, "recibido": utc_now()}
        row = session.scalars(select(SMSLog).where(*sent)).first()
        assert row
        client = session.get_one(Cliente, row.cliente_id)
        row.telefono_e164 = client.telefono_e164
        session.execute(update(SMSLog).where(SMSLog.id == row.id).values(**lost))
        session.execute(update(CampanaSMS).where(CampanaSMS.id == campaign).values(actualizado=utc_now()))
    admin = open_browser(app)
    admin.log_in("otra")
    address, again = f"/informes/campana/{campaign}/", f"/clientes/campanas/{campaign}/faltan/"
    table = admin.get(address).text.partition('id="reasons"')[2]
    assert again in table
    assert again in admin.get(f"/clientes/campanas/{campaign}/").text
    assert again not in reader.get(address).text, "who may not send"
    assert "Ya nadie falta" not in admin.get(again).text


def test_who_got_none_of_the_last_messages_is_told(sold: RandomShop, app: Flask) -> None:
    lost = {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.FAILED, "recibo_codigo": 30003, "error_codigo": None}
    client = sold.clients[0]
    with app.app_context(), unit_of_work() as session:
        theirs = session.scalars(select(SMSLog).where(SMSLog.cliente_id == client)).all()
        assert len(theirs) > 2
        for row in theirs:
            row.telefono_e164, row.twilio_sid = f"+5730099{row.id:05d}", f"SMlost{row.id}"
            for name, value in lost.items():
                setattr(row, name, value)
    admin = open_browser(app)
    admin.log_in("otra")
    assert 'id="messages-lost"' in admin.get(f"/clientes/{client}/").text
    found = admin.get("/clientes/?no_llegan=si").text
    assert f'id="client-{client}"' in found
    assert "No entregado" in found.partition(f'id="client-{client}"')[2].partition("</tr>")[0]
    assert f'id="client-{client}"' not in admin.get("/clientes/?no_llegan=no").text


def test_purchases_say_of_how_many_clients_they_are(reader: CheckingClient, sold: RandomShop) -> None:
    bought = reader.get("/api/informes/mes/2026-10/").json["cifras"]
    assert bought["compras"] > bought["compradores"] > 1
    said = reader.get("/informes/compras/?mes=2026-10").text.partition('id="in-all"')[2].partition("</p>")[0]
    assert f"{bought['compras']} compras" in said
    assert f"de {bought['compradores']} clientes" in said


def test_months_end_with_the_present_one(reader: CheckingClient) -> None:
    assert reader.get("/informes/").location == "/informes/mes/2026-11/"
    present, before = reader.get("/informes/mes/2026-11/").text, reader.get("/informes/mes/2026-10/").text
    assert "/informes/mes/2026-12/" not in present
    assert "/informes/mes/2026-11/" in before
    for month in ("2026-12", "2026-13", "hoy", "1800-01"):
        assert reader.get(f"/informes/mes/{month}/").status_code == 404
    empty = reader.get("/informes/mes/2020-02/").text
    assert "no se envió ni se compró nada" in empty
    assert 'id="figures"' not in empty


def test_files_hold_no_formulas(reader: CheckingClient, sold: RandomShop) -> None:
    for page in ("/informes/mes/2026-10/", f"/informes/campana/{sold.campaigns[0]}/"):
        answer = reader.get(f"{page}?formato=csv")
        assert answer.mimetype == "text/csv"
        cells = [cell for line in answer.text.lstrip("\ufeff").splitlines() for cell in line.split(";")]
        assert any(SHEET in cell for cell in cells)
        assert ("Mes anterior" in cells) == ("/mes/" in page)
        assert not any(cell.startswith(("=", '"=')) for cell in cells)


def test_a_cost_that_is_known_in_part_says_so(reader: CheckingClient, sold: RandomShop, app: Flask) -> None:
    assert "(se sabe de" not in reader.get("/informes/mes/2026-10/").text
    with app.app_context(), unit_of_work() as session:
        session.execute(update(CampanaSMS).where(CampanaSMS.id.in_(sold.campaigns[::2])).values(costo=0, partes=0))
    text = reader.get("/informes/mes/2026-10/").text
    known, messages = re.findall(r"\(se sabe de (\d+) de (\d+)\)", text)[0]
    assert 0 < int(known) < int(messages)
    assert "#prices-title" not in text
    admin = open_browser(app)
    admin.log_in("otra")
    assert "#prices-title" in admin.get("/informes/mes/2026-10/").text
    figures = admin.get("/api/informes/mes/2026-10/").json["cifras"]
    assert (figures["mensajes_con_costo"], figures["mensajes_cobrados"]) == (int(known), int(messages))
    assert figures["pesos_por_peso"] is None


def test_what_was_cancelled_is_no_message_that_arrived(reader: CheckingClient, sold: RandomShop, app: Flask) -> None:
    campaign = sold.campaigns[0]
    with app.app_context(), unit_of_work() as session:
        arrived = {"estado": EstadoSMS.ENVIADO, "recibo": Recibo.DELIVERED, "recibo_codigo": None, "error_codigo": None}
        rows = list(session.scalars(select(SMSLog.id).where(SMSLog.campana_id == campaign)))
        for row in rows:
            went_out = {"twilio_sid": f"SMx{row}", "recibido": utc_now(), "telefono_e164": f"+573990{row:06d}"}
            session.execute(update(SMSLog).where(SMSLog.id == row).values(**arrived, **went_out))
        session.execute(update(CampanaSMS).where(CampanaSMS.id == campaign).values(actualizado=utc_now()))
    everything = "Todos los mensajes llegaron"
    assert everything in reader.get(f"/informes/campana/{campaign}/").text
    with app.app_context(), unit_of_work() as session:
        cancelled = {"estado": EstadoSMS.CANCELADO, "recibo": None, "recibido": None, "twilio_sid": None}
        session.execute(update(SMSLog).where(SMSLog.id.in_(rows[:4])).values(**cancelled))
        session.execute(update(CampanaSMS).where(CampanaSMS.id == campaign).values(actualizado=utc_now()))
    text = reader.get(f"/informes/campana/{campaign}/").text
    assert everything not in text
    assert re.findall(r'id="end-cancelados".*?<a [^>]*>(\d+)</a>', text) == ["4"]


def test_another_account_has_nothing_here(admin: CheckingClient, sold: RandomShop) -> None:
    campaign = sold.campaigns[0]
    for path in (f"/informes/campana/{campaign}/", f"/informes/mensajes/?campana={campaign}"):
        assert admin.get(path).status_code == 404
    assert admin.get(f"/informes/compras/?campana={campaign}").status_code == 404
    assert admin.get(f"/informes/mensajes/?campana={campaign}&formato=csv").status_code == 404
    assert len(rows_of_csv(admin.get("/informes/compras/?mes=2026-10&formato=csv").text)) == 1
    assert SHEET not in admin.get("/informes/mes/2026-10/").text


@pytest.mark.parametrize("asked", ["", "mes=2026-10&que=todos", "campana=x", "mes=2026-10&codigo=x", "mes=10"])
def test_what_cannot_be_read_is_refused(reader: CheckingClient, asked: str) -> None:
    assert reader.get(f"/informes/mensajes/?{asked}").status_code in {400, 404}


def test_the_page_of_a_campaign_leads_to_its_report(reader: CheckingClient, sold: RandomShop, app: Flask) -> None:
    campaign = sold.campaigns[0]
    assert f"/informes/campana/{campaign}/" in reader.get(f"/clientes/campanas/{campaign}/").text
    with app.app_context():
        trial = db.session.scalar(select(CampanaSMS.id).where(CampanaSMS.es_prueba))
    assert reader.get(f"/informes/campana/{trial}/").status_code == 404


def test_a_cost_that_nobody_knows_is_said_nowhere(reader: CheckingClient, sold: RandomShop, app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(update(CampanaSMS).values(costo=0))
    for path in ("informes/mes/2026-10/", f"informes/campana/{sold.campaigns[0]}/"):
        assert "no se sabe" in reader.get(f"/{path}").text
        assert re.search(r"^Costo;;?\r?$", reader.get(f"/{path}?formato=csv").text, re.MULTILINE)
        said = reader.get(f"/api/{path}").get_json()
        told = said.get("cifras", said)
        assert (told["costo"], told["pesos_por_peso"]) == (None, None)
        assert all(each["costo"] is None for each in said.get("campanas", ()) if each["mensajes"])
