"""The settings of a shop: the page, what it stores, what stands in the audit, and the account's time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.extensions import db
from clientes_app.models import Accion, Auditoria, CampanaSMS
from clientes_app.shop.services import ShopSettings, rules_of, shop_settings

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

URL = "/ajustes/"
PRICES = {"precios-0-pais": "CO", "precios-0-precio": "25,50", "precios-1-pais": "US", "precios-1-precio": "400"}


@pytest.fixture
def english(admin: CheckingClient) -> CheckingClient:
    """The admin's browser, in English."""
    admin.send("/cuenta/idioma/", {"idioma": "en"})
    return admin


def form(**fields: str) -> dict[str, str]:
    return {
        "negocio": "La Tienda",
        "zona_horaria": "America/Lima",
        "exige_segundo_factor": "false",
        "exige_aprobacion": "true",
        "mensajes_por_dia": "1.000",
        "pesos_por_mes": "$ 59.900,50",
        "meses_de_retencion": "24",
        "dias_de_compra": "14",
        **PRICES,
        **fields,
    }


def test_what_a_request_does_not_name_stays(english: CheckingClient, app: Flask, account: int) -> None:
    english.send(URL, form())
    before = stored(app, account)
    for fields in ({}, {"mensajes_por_día": "5"}, {"negocio": "La Tienda"}, {"%" * 100: ""}):
        english.send(URL, fields)
        assert stored(app, account) == before
    english.send(URL, {"mensajes_por_dia": "7", "precios": ""})
    after = stored(app, account)
    assert (after.mensajes_por_dia, after.pesos_por_mes, after.precios) == (7, before.pesos_por_mes, {})
    english.send(URL, {"mensajes_por_dia": ""})
    assert stored(app, account).mensajes_por_dia is None


def stored(app: Flask, account: int) -> ShopSettings:
    with app.app_context():
        return shop_settings(db.session(), account)


def audited(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        entries = db.session.scalars(select(Auditoria).filter_by(accion=Accion.SETTINGS_CHANGED).order_by(Auditoria.id))
        return [entry.detalle["cambios"] for entry in entries]


def test_everything_is_stored_and_shown_again(english: CheckingClient, app: Flask, account: int) -> None:
    assert english.send(URL, form()).location == URL
    assert stored(app, account) == ShopSettings(
        negocio="La Tienda",
        zona_horaria="America/Lima",
        exige_segundo_factor=False,
        exige_aprobacion=True,
        mensajes_por_dia=1_000,
        pesos_por_mes=Decimal("59900.50"),
        meses_de_retencion=24,
        dias_de_compra=14,
        precios={"CO": Decimal("25.50"), "US": Decimal("400.00")},
    )
    page = english.get(URL).text
    assert "The settings are saved." in page
    for shown in ('value="La Tienda"', 'value="America/Lima" selected', 'value="1,000"', 'value="59,900.5"'):
        assert shown in page
    assert '<option value="US" selected>United States</option>' in page


def test_what_is_shown_is_read_again_as_the_same(admin: CheckingClient, app: Flask, account: int) -> None:
    """In Spanish as well, where a point parts thousands."""
    admin.send(URL, form())
    before = stored(app, account)
    page = admin.get(URL).text
    assert 'value="59.900,5"' in page
    admin.send(URL, form(mensajes_por_dia="1.000", pesos_por_mes="59.900,5"))
    assert stored(app, account) == before


def test_an_empty_field_is_no_limit(admin: CheckingClient, app: Flask, account: int) -> None:
    admin.send(URL, form())
    emptied = {
        "zona_horaria": "",
        "mensajes_por_dia": "",
        "pesos_por_mes": " ",
        "meses_de_retencion": "",
        "dias_de_compra": "",
        "precios": "",
    }
    left = {name: value for name, value in form(**emptied, exige_aprobacion="false").items() if name not in PRICES}
    admin.send(URL, left)
    assert stored(app, account) == ShopSettings(negocio="La Tienda")


def test_an_account_that_never_changed_anything_has_what_is_usual(
    admin: CheckingClient, app: Flask, account: int
) -> None:
    assert admin.get(URL).status_code == 200
    with app.app_context():
        rules = rules_of(db.session(), account)
    assert (rules.exige_aprobacion, rules.exige_segundo_factor, rules.mensajes_por_dia) == (False, False, None)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("negocio", "x" * 151),
        ("zona_horaria", "Mars/Olympus"),
        ("mensajes_por_dia", "many"),
        ("mensajes_por_dia", "-1"),
        ("mensajes_por_dia", "1,5"),
        ("mensajes_por_dia", "99999999999"),
        ("pesos_por_mes", "9999999999999"),
        ("meses_de_retencion", "0"),
        ("dias_de_compra", "0"),
        ("dias_de_compra", "61"),
        ("precios-0-pais", ""),
        ("precios-0-pais", "XX"),
        ("precios-1-pais", "CO"),
        ("precios-0-precio", ""),
        ("precios-0-precio", "free"),
        ("precios-0-precio", "10.000,01"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    english: CheckingClient, app: Flask, account: int, field: str, wrong: str
) -> None:
    page = english.send(URL, form(**{field: wrong}))
    assert page.status_code == 200
    assert f'aria-describedby="{field}-errors"' in page.text
    assert stored(app, account) == ShopSettings(negocio="Tienda ana")
    assert audited(app) == []


def test_countries_are_added_and_taken_out_without_storing(english: CheckingClient, app: Flask, account: int) -> None:
    more = english.send(URL, form(agregar="1", negocio="Typed so far")).text
    assert 'name="precios-2-pais"' in more
    assert 'value="Typed so far"' in more
    fewer = english.swap(URL, form(quitar="precios-0")).text
    assert 'name="precios-0-pais"' not in fewer
    assert 'name="precios-1-pais"' in fewer
    assert stored(app, account).precios == {}


def test_the_audit_tells_what_was_and_what_is(admin: CheckingClient, app: Flask) -> None:
    admin.send(URL, form())
    admin.send(URL, form(**{"precios-0-precio": "30"}, exige_aprobacion="false"))
    admin.send(URL, form(**{"precios-0-precio": "30"}, exige_aprobacion="false"))
    first, second = audited(app)
    assert first["mensajes_por_dia"] == [None, 1_000]
    assert first["negocio"] == ["Tienda ana", "La Tienda"]
    assert second == {"exige_aprobacion": [True, False], "precio CO": ["25.50", "30.00"]}


def test_one_account_leaves_the_others_alone(admin: CheckingClient, app: Flask, shop: Shop) -> None:
    other = shop.add_admin("otra")
    admin.send(URL, form())
    assert stored(app, other) == ShopSettings(negocio="Tienda otra")


def test_zones_are_listed_by_country_and_city_and_each_once(admin: CheckingClient) -> None:
    listed = zones_of(admin)
    assert listed[0] == ("", "Colombia (Bogotá)", True)
    assert ("America/New_York", "Estados Unidos (Nueva York)", False) in listed
    names = [name for _zone, name, _chosen in listed]
    assert len(set(names)) == len(names) > 300
    assert names[1:] == sorted(names[1:])


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("Europe/Madrid", "España (Madrid)"),
        ("America/Bogota", "Colombia (Bogotá)"),
        ("Asia/Kathmandu", "Nepal (Katmandú)"),  # listed under its older name
    ],
)
def test_the_chosen_zone_is_the_one_that_shows(admin: CheckingClient, chosen: str, shown: str) -> None:
    admin.send(URL, form(zona_horaria=chosen))
    assert [name for _zone, name, is_chosen in zones_of(admin) if is_chosen] == [shown]


def zones_of(client: CheckingClient) -> list[tuple[str, str, bool]]:
    page = client.get(URL).text.partition('name="zona_horaria"')[2].partition("</select>")[0]
    options = re.findall(r'<option value="(.*?)"( selected)?>(.*?)</option>', page)
    return [(zone, unescape(name), bool(chosen)) for zone, chosen, name in options]


def test_programs_get_the_accounts_offset(admin: CheckingClient) -> None:
    def offset(client: CheckingClient) -> str:
        answer = client.send_json("/clientes/crear/ajax/", {"nombre": "Laura", "telefono": "3001234567"})
        return str(answer.get_json()["cliente"]["creado"])[-6:]

    assert offset(admin) == "-05:00"
    admin.send(URL, form(zona_horaria="Asia/Kathmandu"))
    assert offset(admin) == "+05:45"


def test_people_read_moments_in_the_accounts_zone(
    english: CheckingClient, seller: CheckingClient, shop: Shop, account: int
) -> None:
    moment = datetime(2026, 11, 22, 3, tzinfo=UTC)
    campaign = CampanaSMS(
        nombre="C", mensaje="Hola", creado=moment, enviada_por_id=account, usuario_id=account, estado="cancelado"
    )
    url = f"/clientes/campanas/{shop.add(campaign)}/"
    seller.send("/cuenta/idioma/", {"idioma": "en"})
    for zone, written in (("", "21 Nov 2026, 10:00 PM"), ("Asia/Kathmandu", "22 Nov 2026, 8:45 AM")):
        english.send(URL, form(zona_horaria=zone))
        for client in (english, seller):
            assert f"Created {written}" in client.get(url).text.replace("\u202f", " ")


def test_a_day_of_a_search_begins_in_the_accounts_zone(english: CheckingClient, shop: Shop, account: int) -> None:
    shop.add_client(account, "Trasnochadora", creado=datetime(2026, 11, 22, 3, tzinfo=UTC))
    search = "/clientes/?creado_desde=2026-11-22&creado_hasta=2026-11-22"
    assert "Trasnochadora" not in english.get(search).text
    english.send(URL, form(zona_horaria="Asia/Kathmandu"))
    assert "Trasnochadora" in english.get(search).text
