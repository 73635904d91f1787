"""The kind of a campaign: what programs say of it, what a strict shop makes of it, and what the audit keeps."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clientes_app.api.document import describe
from clientes_app.extensions import db
from clientes_app.models import Auditoria, CampanaSMS, TipoDeCampana

from ..support.checking_client import CheckingClient
from ..support.shop import Shop

URL = "/clientes/enviar-sms/"
SERVICE = {"tipo": "servicio", "motivo_servicio": "Su pedido está listo"}


@pytest.fixture
def settings(settings: Any) -> Any:
    """With an address for the way out, which a strict shop needs."""
    return dataclasses.replace(settings, public_base_url="https://tienda.example")


@pytest.fixture
def client_id(shop: Shop, account: int) -> int:
    return shop.add_client(account, "Ana", "3001112222")


@pytest.fixture
def order(client_id: int) -> dict[str, Any]:
    return {"cliente_ids": [client_id], "mensaje": "Hola {nombre}"}


def stored(app: Flask) -> CampanaSMS:
    with app.app_context():
        return db.session.scalars(select(CampanaSMS)).one()


def audited(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return db.session.scalars(select(Auditoria.detalle).where(Auditoria.cosa == "campana_sms")).one()


def test_what_a_program_does_not_say_nothing_binds(admin: CheckingClient, order: dict[str, Any], app: Flask) -> None:
    answer = admin.send_json(URL, order)
    assert answer.status_code == 202
    assert "tipo" not in answer.get_json()
    assert (stored(app).tipo, audited(app)) == (None, {"mensajes": 1})


@pytest.mark.both_databases
def test_what_it_says_is_kept_told_and_audited(admin: CheckingClient, order: dict[str, Any], app: Flask) -> None:
    answer = admin.send_json(URL, order | SERVICE).get_json()
    campaign = stored(app)
    assert (campaign.tipo, campaign.motivo_servicio) == (TipoDeCampana.SERVICIO, "Su pedido está listo")
    state = admin.get(f"/clientes/campanas/{campaign.id}/estado/").get_json()
    assert (answer["tipo"], state["tipo"]) == ("servicio", "servicio")
    assert audited(app) == {"mensajes": 1, **SERVICE}
    shown = admin.get("/auditoria/", headers={"Accept-Language": "es"}).text
    assert "por qué no es publicidad: Su pedido está listo" in shown


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"tipo": ""}, "tipo"),
        ({"tipo": "otra"}, "tipo"),
        ({"tipo": "PUBLICIDAD"}, "tipo"),
        ({"tipo": 1}, "tipo"),
        ({"tipo": True}, "tipo"),
        ({"tipo": ["publicidad"]}, "tipo"),
        ({"tipo": {}}, "tipo"),
        ({"tipo": "servicio"}, "motivo_servicio"),
        ({"tipo": "servicio", "motivo_servicio": "  "}, "motivo_servicio"),
        ({"tipo": "servicio", "motivo_servicio": "x" * 201}, "motivo_servicio"),
        ({"tipo": "servicio", "motivo_servicio": 7}, "motivo_servicio"),
        ({"tipo": "publicidad", "motivo_servicio": "Pedido"}, "motivo_servicio"),
        ({"tipo": "publicidad", "motivo_servicio": ""}, "motivo_servicio"),
        ({"motivo_servicio": "Pedido"}, "motivo_servicio"),
    ],
)
def test_what_cannot_be_meant_is_refused_beside_its_key(
    admin: CheckingClient, order: dict[str, Any], app: Flask, wrong: dict[str, Any], beside: str
) -> None:
    answer = admin.send_json(URL, order | wrong)
    assert answer.status_code == 400
    assert list(answer.get_json()["errors"]) == [beside]
    with app.app_context():
        assert db.session.scalar(select(CampanaSMS.id)) is None


def test_a_program_cannot_except(admin: CheckingClient, order: dict[str, Any], app: Flask) -> None:
    admin.send_json(URL, order | {"tipo": "publicidad", "exceptuada": True, "exceptuada_por_id": 1})
    assert (stored(app).tipo, stored(app).exceptuada_por_id) == (TipoDeCampana.PUBLICIDAD, None)


def test_a_strict_shop_takes_what_does_not_say_its_kind_for_advertising(
    admin: CheckingClient, order: dict[str, Any], app: Flask, shop: Shop, account: int
) -> None:
    shop.settle_law(account, exigir=True)
    assert admin.send_json(URL, order).get_json()["tipo"] == "publicidad"
    assert stored(app).tipo is TipoDeCampana.PUBLICIDAD


def test_a_strict_shop_still_sends_what_is_service(
    admin: CheckingClient, order: dict[str, Any], app: Flask, shop: Shop, account: int
) -> None:
    shop.settle_law(account, exigir=True)
    admin.send_json(URL, order | SERVICE)
    assert stored(app).tipo is TipoDeCampana.SERVICIO


def test_the_description_tells_of_it() -> None:
    schemas = describe()["components"]["schemas"]
    assert schemas["CampanaNueva"]["properties"]["tipo"]["enum"] == ["publicidad", "servicio"]
    assert schemas["CampanaNueva"]["properties"]["motivo_servicio"]["maxLength"] == 200
    assert all("tipo" in schemas[name]["properties"] for name in ("CampanaTerminada", "CampanaEnCurso", "Estado"))
