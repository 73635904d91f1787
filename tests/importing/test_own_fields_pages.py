"""The account's own fields on the pages of an import: chosen, made, told, mended, refused."""

from __future__ import annotations

import re

import pytest

from clientes_app.models import TipoDeCampo

from ..support.checking_client import CheckingClient
from ..support.imports import Imports
from ..support.own_fields import add_field, give
from ..support.shop import Shop
from .test_routes import upload

LIST = "nombre,celular,Cumple,Talla,Ciudad\nAna,3001234501,17/05,XXL,Cali\nLuz,3001234502,1/2/1990,M,Cali\n"
COLUMNS = {"c0": "nombre", "c1": "telefono"}


@pytest.fixture
def fields(shop: Shop, account: int) -> dict[str, int]:
    """A day and a choice."""
    return {
        "cumple": add_field(shop, account, "Cumpleaños", TipoDeCampo.FECHA),
        "talla": add_field(shop, account, "Talla", TipoDeCampo.OPCION, "S", "M"),
    }


def test_what_a_column_becomes_is_chosen_and_shown_without_scripts(
    admin: CheckingClient, imports: Imports, fields: dict[str, int]
) -> None:
    url = upload(admin, LIST).location
    page = admin.get(url).text
    assert f'<option value="campo-{fields["talla"]}" selected>Talla</option>' in page
    chosen = {**COLUMNS, "c2": f"campo-{fields['cumple']}", "c3": f"campo-{fields['talla']}", "c4": "nuevo"}
    page = admin.send(url, {**chosen, "leer": "1"}).text
    assert re.search(r'name="n4" value="Ciudad"', page)
    assert '<option value="opcion" selected>' in page
    assert "Elige una de las opciones." in page
    admin.send(url, {**chosen, "n4": "Barrio", "t4": "texto"})
    imports.work()
    page = admin.get("/clientes/importar/1/").text
    assert "Se crea un campo nuevo: Barrio" in page
    admin.send("/clientes/importar/1/aplicar/")
    imports.work()
    assert "<dt><bdi>Barrio</bdi></dt><dd><bdi>Cali</bdi></dd>" in admin.get("/clientes/1/").text


@pytest.mark.usefixtures("fields")
def test_a_name_that_cannot_be_is_refused_beside_its_column_and_what_was_typed_stays(
    admin: CheckingClient, imports: Imports
) -> None:
    url = upload(admin, LIST).location
    for name in ("talla", "", "Nombre", "x" * 41):
        page = admin.send(url, {**COLUMNS, "c4": "nuevo", "n4": name, "t4": "texto"}).text
        assert f'name="n4" value="{name}" aria-invalid="true" aria-describedby="c4-problem"' in page
        assert 'id="c4-problem" role="alert">' in page
    assert imports.get(1).estado == "subida"


def test_a_wrong_value_is_mended_beside_its_field(
    admin: CheckingClient, imports: Imports, fields: dict[str, int]
) -> None:
    imports.review(LIST)
    page = admin.get("/clientes/importar/1/").text
    assert "Elige una de las opciones. <bdi>S, M</bdi>" in page
    assert 'name="campo0" value="XXL" aria-invalid="true"' in page
    assert "Talla: Elige una de las opciones." in admin.get("/clientes/importar/1/rechazadas/").text
    mended = {"nombre": "Ana", "telefono": "3001234501"}
    page = admin.swap("/clientes/importar/1/filas/2/", {**mended, "campo0": "L"}).text
    assert 'name="campo0" value="L" aria-invalid="true"' in page
    admin.swap("/clientes/importar/1/filas/2/", {**mended, "campo0": "s"})
    imports.apply(1)
    assert "<dt><bdi>Talla</bdi></dt><dd><bdi>S</bdi></dd>" in admin.get("/clientes/1/").text


def test_what_would_change_is_told_old_to_new(
    admin: CheckingClient, imports: Imports, shop: Shop, fields: dict[str, int]
) -> None:
    client = shop.add_client(imports.account, "Ana", "3001234501")
    give(shop, imports.account, client, {fields["talla"]: "S"})
    imports.review("nombre,celular,Talla\nAna,3001234501,M\n")
    told = re.compile(r"<bdi>Talla</bdi>: <bdi>S</bdi>.*<bdi>M</bdi>", re.DOTALL)
    assert told.search(admin.get("/clientes/importar/1/").text)
    imports.apply(1)
    assert told.search(admin.get("/clientes/importar/1/filas/?veredicto=actualiza").text)


def test_another_shops_field_cannot_be_chosen(admin: CheckingClient, imports: Imports, shop: Shop) -> None:
    theirs = add_field(shop, shop.add_admin("otra"), "Talla", TipoDeCampo.TEXTO)
    admin.send(upload(admin, LIST).location, {**COLUMNS, "c3": f"campo-{theirs}"})
    assert imports.layout(1).own == ()


@pytest.mark.usefixtures("fields")
def test_a_column_that_is_not_imported_is_told_before_it_is_lost(admin: CheckingClient, imports: Imports) -> None:
    url = upload(admin, LIST).location
    admin.send(url, {**COLUMNS, "c4": ""})
    imports.work()
    assert re.search(r"no se importan?: [^<]*Ciudad", admin.get("/clientes/importar/1/").text)
