"""A client's personal data and their erasure, as an admin meets them."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select, update

from clientes_app.extensions import db, unit_of_work
from clientes_app.models import (
    Accion,
    Auditoria,
    Baja,
    CampanaSMS,
    Distintos,
    EstadoSMS,
    Etiqueta,
    OrigenBaja,
    Respuesta,
    SMSLog,
)
from clientes_app.models.types import utc_now

from ..support.campaigns import Campaigns
from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.shop import Shop

NUMBER = "+573001234567"


@pytest.fixture
def laura(app: Flask, shop: Shop, account: int, campaigns: Campaigns) -> int:
    """A client of whom there is one of each thing; the import that created her is the first."""
    Imports(app, account).run("nombre,celular,documento\nLaura Méndez,3001234567,456\n")
    other = shop.add_client(account, "Otra", "3009998877")
    shop.add_tag_to(1, shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=account)))
    shop.add_sale(account, 1, 59_900, concepto="Zapatos")
    campaigns.start_to([1])
    shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MENSAJE, usuario_id=account))
    shop.add(Respuesta(telefono_e164=NUMBER, mensaje="¿Hay en azul?", adjuntos=1, usuario_id=account))
    with app.app_context(), unit_of_work() as session:
        session.add(Distintos(menor_id=1, mayor_id=other, usuario_id=account))
    return 1


def test_everything_about_a_client_is_on_one_page(admin: CheckingClient, laura: int) -> None:
    admin.send(f"/clientes/editar/{laura}/", {"documento": "457"})
    text = admin.get(f"/clientes/{laura}/datos/").text
    for told in (
        "Laura Méndez",
        "3001234567",
        "457",
        "456",
        "VIP",
        "59.900",
        "Zapatos",
        "Prueba",
        "clientes.csv",
        "¿Hay en azul?",
    ):
        assert told in text, told
    assert f"/clientes/{laura + 1}/" in text
    assert "Otra" not in text, "the name of somebody else"


def test_everything_about_a_client_as_json(admin: CheckingClient, laura: int) -> None:
    admin.send(f"/clientes/editar/{laura}/", {"documento": "457"})
    answer = admin.get(f"/clientes/{laura}/datos.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cliente-1.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.text)
    assert (data["cliente"]["nombre"], data["cliente"]["documento"]) == ("Laura Méndez", "457")
    assert data["etiquetas"] == ["VIP"]
    assert [(sale["total"], sale["concepto"]) for sale in data["ventas"]] == [("59900.00", "Zapatos")]
    assert [(sent["campana"], sent["telefono"], sent["estado"]) for sent in data["mensajes"]] == [
        ("Prueba", NUMBER, "pendiente")
    ]
    assert [(each["telefono"], each["origen"]) for each in data["bajas"]] == [(NUMBER, "mensaje")]
    assert [(each["telefono"], each["mensaje"], each["adjuntos"]) for each in data["respuestas"]] == [
        (NUMBER, "¿Hay en azul?", 1)
    ]
    assert [change["detalle"] for change in data["cambios"]] == [{"documento": ["456", "457"]}]
    assert [(each["archivo"], each["antes"]) for each in data["importaciones"]] == [("clientes.csv", None)]
    assert data["distintos"] == [laura + 1]


def test_handing_out_stands_in_the_audit_without_a_name(app: Flask, admin: CheckingClient, laura: int) -> None:
    admin.get(f"/clientes/{laura}/datos.json")
    with app.app_context():
        (noted,) = db.session.scalars(select(Auditoria).filter_by(accion=Accion.CLIENT_DATA_EXPORTED))
        assert (noted.cosa, noted.cosa_id, noted.cosa_nombre, noted.detalle) == ("cliente", laura, "", {})
        assert noted.persona == "ana"


def test_erasing_says_first_what_goes_and_what_stays(admin: CheckingClient, laura: int) -> None:
    text = admin.get(f"/clientes/{laura}/borrar/", headers={"Accept-Language": "en"}).text
    for said in ("1 message that waits", "The sales, as the law asks", "wants no messages", "Erase for ever"):
        assert said in text, said


def test_an_erased_client_is_shown_as_what_it_is(admin: CheckingClient, laura: int) -> None:
    answer = admin.send(f"/clientes/{laura}/borrar/")
    assert (answer.status_code, answer.location) == (302, f"/clientes/{laura}/")
    for path in (
        f"/clientes/{laura}/",
        f"/clientes/{laura}/datos/",
        "/clientes/?estado=todos",
        "/clientes/campanas/1/",
    ):
        text = admin.get(path, headers={"Accept-Language": "en"}).text
        assert "Laura" not in text, path
        assert "300 123" not in text, path
    page = admin.get(f"/clientes/{laura}/", headers={"Accept-Language": "en"}).text
    assert "was erased" in page
    assert "Zapatos" in page
    for gone in ("/clientes/editar/", "/etiquetas/", 'name="total"', 'name="cliente_ids"'):
        assert gone not in page, gone
    assert admin.get(f"/clientes/editar/{laura}/").status_code == 409
    assert admin.send(f"/clientes/{laura}/activo/", {"activo": "true"}).status_code == 409
    assert "/clientes/editar/1/" not in admin.get("/clientes/?estado=todos").text


def test_one_without_sales_leads_back_to_the_list(admin: CheckingClient, shop: Shop, account: int) -> None:
    client = shop.add_client(account, "Pedro")
    answer = admin.swap(f"/clientes/{client}/borrar/")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/clientes/")
    assert admin.get(f"/clientes/{client}/").status_code == 404
    assert admin.send(f"/clientes/{client}/borrar/").status_code == 404


def test_a_message_on_its_way_asks_to_wait(
    app: Flask, admin: CheckingClient, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    client = shop.add_client(account, "Pedro")
    campaign = campaigns.start_to([client])
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).where(SMSLog.campana_id == campaign).values(estado=EstadoSMS.ENVIANDO))
    answer = admin.swap(f"/clientes/{client}/borrar/")
    assert answer.status_code == 409
    assert "minut" in answer.text
    assert "Pedro" in admin.get(f"/clientes/{client}/").text


def test_the_opt_out_list_shows_that_a_number_is_erased(admin: CheckingClient, laura: int) -> None:
    admin.send(f"/clientes/{laura}/borrar/")
    shown = admin.get("/clientes/bajas/", headers={"Accept-Language": "en"}).text
    assert "erased number" in shown
    assert ">#" not in shown
    exported = admin.get("/clientes/bajas/exportar/", headers={"Accept-Language": "en"}).text
    assert exported.splitlines()[1].startswith("erased number,,mensaje,")
    assert "erased number" in admin.get("/clientes/bajas/1/quitar/", headers={"Accept-Language": "en"}).text
    for digit in "0123456789":
        assert "erased number" not in admin.get(f"/clientes/bajas/?q={digit}").text


@pytest.mark.parametrize("as_json", [False, True])
def test_the_opt_out_holds_when_the_number_is_entered_again(
    admin: CheckingClient, campaigns: Campaigns, laura: int, as_json: bool
) -> None:
    admin.send(f"/clientes/{laura}/borrar/")
    fields = {"nombre": "Laura otra vez", "telefono": "300 123 4567"}
    if as_json:
        client = admin.send_json("/clientes/crear/ajax/", fields).get_json()["cliente"]["id"]
    else:
        admin.send("/clientes/nuevo/", fields)
        client = laura + 2
    assert "300 123 4567" in admin.get("/clientes/bajas/").text
    assert campaigns.has(campaigns.start_to([client]), omitido=1)


def test_a_blanked_campaign_says_so(app: Flask, admin: CheckingClient, campaigns: Campaigns) -> None:
    campaign = campaigns.start(1)
    assert "as the shop has settled" not in admin.get(f"/clientes/campanas/{campaign}/").text
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SMSLog).values(nombre="", telefono="", telefono_e164="#0123456789abcde"))
        session.get_one(CampanaSMS, campaign).depurada = utc_now()
    text = admin.get(f"/clientes/campanas/{campaign}/", headers={"Accept-Language": "en"}).text
    assert "as the shop has settled" in text
    assert "erased number" in text
    assert "#0123" not in text


def test_a_vendedor_sees_no_way_there(seller: CheckingClient, laura: int) -> None:
    assert "/datos/" not in seller.get(f"/clientes/{laura}/").text
