"""Each client's own text: what a message says of its client, frozen when the campaign is stored."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask

from clientes_app.campaigns.missing import missing_of
from clientes_app.extensions import unit_of_work
from clientes_app.models import CampanaSMS, Cliente, EstadoSMS, Precio, TipoDeCampo, Usuario

from ..support.campaigns import Campaigns
from ..support.carrier import Simulator, sending
from ..support.checking_client import CheckingClient
from ..support.fields import add_field, set_value
from ..support.shop import Shop

REVIEW = "/clientes/campanas/revisar/"
MISSING = "A value that the text uses is missing"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def sent(campaigns: Campaigns, campaign_id: int) -> list[str]:
    """Send a campaign, and return its texts."""
    with sending(campaigns.app):
        campaigns.ended(campaign_id)
    return [row.mensaje for row in campaigns.rows(campaign_id)]


def test_each_gets_their_own_text(shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns) -> None:
    day, size = add_field(shop, account, "cumpleanos", TipoDeCampo.FECHA), add_field(shop, account, "talla")
    debt = add_field(shop, account, "saldo", TipoDeCampo.NUMERO)
    ana = shop.add_client(account, "ANA MARIA RUIZ", "3001110001")
    luz = shop.add_client(account, "Sra. Luz Díaz", "3001110002", ultima_compra=datetime(2024, 11, 13, 2, tzinfo=UTC))
    set_value(shop.app, account, {ana: {day: "--05-17", size: "M", debt: "12500.5"}, luz: {day: "1990-05-17"}})
    text = "{primer_nombre} de {tienda}: {Cumpleanos}, {talla|sin talla}, {saldo|0}, {ultima_compra_sin_tildes|no}"
    assert sent(campaigns, campaigns.start_to([ana, luz], text)) == [
        "Ana de Tienda ana: 17 de mayo, M, 12.500,5, no",
        "Luz de Tienda ana: 17 de mayo de 1990, sin talla, 0, 12 de noviembre de 2024",
    ]


def test_a_value_is_put_in_once(shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns) -> None:
    size = add_field(shop, account, "talla")
    ana = shop.add_client(account, "{talla} {nombre}", "3001110001")
    set_value(shop.app, account, {ana: {size: "{nombre|x} {tienda}"}})
    assert sent(campaigns, campaigns.start_to([ana], "{talla}, {nombre}")) == ["{nombre|x} {tienda}, {talla} {nombre}"]


def test_what_changes_after_it_was_stored_changes_no_message(
    shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns
) -> None:
    size = add_field(shop, account, "talla")
    ana = shop.add_client(account, "Ana", "3001110001")
    set_value(shop.app, account, {ana: {size: "M"}})
    campaign_id = campaigns.start_to([ana], "{nombre} {talla} {tienda}")
    set_value(shop.app, account, {ana: {size: ""}})
    with shop.app.app_context(), unit_of_work() as session:
        session.get_one(Usuario, account).negocio = "Otra"
        session.get_one(Cliente, ana).nombre = "Eva"
    assert sent(campaigns, campaign_id) == ["Ana M Tienda ana"]


def test_names_alone_keep_no_values(campaigns: Campaigns) -> None:
    campaign_id = campaigns.start(1, text="Hola {primer_nombre}, {nombre}")
    assert (campaigns.row(campaign_id).valores, campaigns.get(campaign_id).compartido) == (None, None)


def test_who_lacks_a_value_is_left_out_and_told_of(
    english: CheckingClient, shop: Shop, account: int, campaigns: Campaigns
) -> None:
    size = add_field(shop, account, "talla")
    ana, eva = shop.add_client(account, "Ana", "3001110001"), shop.add_client(account, "Eva Paz", "3001110002")
    set_value(shop.app, account, {ana: {size: "M"}})
    page = english.follow(REVIEW, {"destino": "todos", "mensaje": "Hola {talla}"}).text
    assert "It will be sent to 1 of 2 clients." in page
    assert re.search(rf"1\s*· {MISSING}", page)
    assert "<bdi>Eva Paz</bdi>" in page
    assert "Give these clients a value for {talla}" in page
    answer = english.send_json("/clientes/enviar-sms/", {"cliente_ids": [ana, eva], "mensaje": "Hola {talla}"})
    said = answer.get_json()
    assert said["detalles"][1] == {"cliente_id": eva, "nombre": "Eva Paz", "estado": "omitido", "error": MISSING}
    assert campaigns.has(said["campana_id"], pendiente=1, omitido=1)


def test_where_a_fallback_stands_nobody_is_left_out(shop: Shop, account: int, campaigns: Campaigns) -> None:
    add_field(shop, account, "talla")
    ana = shop.add_client(account, "Ana", "3001110001")
    assert campaigns.row(campaigns.start_to([ana], "{talla|}{ultima_compra|x}")).estado is EstadoSMS.PENDIENTE


def test_of_two_with_one_number_the_one_gets_it_who_has_the_value(
    shop: Shop, account: int, campaigns: Campaigns
) -> None:
    size = add_field(shop, account, "talla")
    ids = [shop.add_client(account, name, "3001110001") for name in ("Ana", "Eva")]
    set_value(shop.app, account, {ids[1]: {size: "M"}})
    rows = campaigns.rows(campaigns.start_to(ids, "Hola {talla}"))
    assert [row.estado for row in rows] == [EstadoSMS.OMITIDO, EstadoSMS.PENDIENTE]


def test_who_has_the_value_since_can_be_written_to(app: Flask, shop: Shop, account: int, campaigns: Campaigns) -> None:
    size = add_field(shop, account, "talla")
    ana = shop.add_client(account, "Ana", "3001110001")
    campaign_id = campaigns.start_to([ana], "Hola {talla}")
    with app.test_request_context():
        assert missing_of(account, campaign_id).client_ids == ()
    set_value(app, account, {ana: {size: "M"}})
    with app.test_request_context():
        missing = missing_of(account, campaign_id)
    assert (missing.client_ids, missing.counts["passing"]) == ((ana,), 1)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("{talle}", "{talle} is not filled in: did you mean {talla}?"),
        ("{primer nombre|amigo}", "{primer nombre|amigo} is not filled in: did you mean {primer_nombre|amigo}?"),
        ("{zodiaco}", "Correct or remove: {zodiaco}."),
    ],
)
def test_what_is_no_placeholder_is_refused_by_name(
    english: CheckingClient, shop: Shop, account: int, written: str, refusal: str
) -> None:
    add_field(shop, account, "talla")
    client_id = shop.add_client(account)
    answer = english.send_json("/clientes/enviar-sms/", {"cliente_ids": [client_id], "mensaje": f"Hola {written}"})
    assert answer.status_code == 400
    assert refusal in answer.get_json()["errors"]["mensaje"][0]


def test_another_shops_fields_are_none_of_this_one(english: CheckingClient, shop: Shop, account: int) -> None:
    add_field(shop, shop.add_admin("otro"), "talla")
    client_id = shop.add_client(account)
    answer = english.send_json("/clientes/enviar-sms/", {"cliente_ids": [client_id], "mensaje": "Hola {talla}"})
    assert answer.status_code == 400


def test_the_cost_is_that_of_the_values(shop: Shop, account: int, campaigns: Campaigns) -> None:
    size = add_field(shop, account, "nota")
    ids = [shop.add_client(account, f"Cliente {place}", f"300111000{place}") for place in range(2)]
    set_value(shop.app, account, {ids[0]: {size: "a" * 200}, ids[1]: {size: "a"}})
    with shop.app.app_context(), unit_of_work() as session:
        session.add(Precio(usuario_id=account, pais="CO", precio=Decimal(10)))
    campaign: CampanaSMS = campaigns.get(campaigns.start_to(ids, "{nota}"))
    assert (campaign.partes, campaign.costo) == (3, Decimal(30))


def test_whose_value_makes_it_too_long_is_left_out(shop: Shop, account: int, campaigns: Campaigns) -> None:
    size = add_field(shop, account, "nota")
    ids = [shop.add_client(account, f"Cliente {place}", f"300111000{place}") for place in range(2)]
    set_value(shop.app, account, {ids[0]: {size: "a" * 21}, ids[1]: {size: "a" * 20}})
    rows = campaigns.rows(campaigns.start_to(ids, "a" * 1580 + "{nota}"))
    assert [row.estado for row in rows] == [EstadoSMS.FALLIDO, EstadoSMS.PENDIENTE]


def test_the_values_are_handed_out_with_what_is_kept_of_a_client_and_go_with_it(
    admin: CheckingClient, shop: Shop, account: int, simulator: Simulator, campaigns: Campaigns
) -> None:
    size = add_field(shop, account, "talla")
    ana = shop.add_client(account, "Ana", "3001110001")
    shop.add_sale(account, ana, 1_000)
    set_value(shop.app, account, {ana: {size: "M"}})
    campaign_id = campaigns.start_to([ana], "Hola {talla}")
    assert sent(campaigns, campaign_id) == ["Hola M"]
    known = admin.get(f"/clientes/{ana}/datos.json").get_json()
    assert known["mensajes"][0]["valores"] == {"talla": "M"}
    admin.send(f"/clientes/{ana}/borrar/")
    assert campaigns.row(campaign_id).valores is None


def test_the_preview_tells_of_a_client_who_lacks_a_value(english: CheckingClient, shop: Shop, account: int) -> None:
    size = add_field(shop, account, "talla", nombre="Talla de camisa")
    for place, name in enumerate(("Ana", "Eva", "Luz")):
        shop.add_client(account, name, f"300111000{place}")
    set_value(shop.app, account, {1: {}, 3: {size: "M"}})
    page = english.swap("/clientes/plantillas/vista-previa/", {"mensaje": "Hola {talla}"}).text
    assert "This client has nothing for {talla} and would not get the message." in page
    assert "In all, 2 clients would not get it for this reason." in page
    assert "Insert Talla de camisa" in english.get("/clientes/plantillas/crear/").text
