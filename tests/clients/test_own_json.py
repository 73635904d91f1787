"""The account's own fields in the JSON of a client: told, given, taken away, refused."""

from __future__ import annotations

from typing import Any

import pytest

from clientes_app.extensions import db
from clientes_app.fields.values import values_of
from clientes_app.models import CambioDeCliente, TipoDeCampo

from ..support.checking_client import CheckingClient
from ..support.own_fields import add_field
from ..support.shop import Shop

pytestmark = [pytest.mark.both_databases]

CREATE = "/clientes/crear/ajax/"
GIVEN = {"cumpleanos": "17/05", "talla": "m", "puntos": 12.5, "apodo": "La Mona"}
TOLD = {"cumpleanos": "--05-17", "talla": "M", "puntos": "12.5", "apodo": "La Mona"}


@pytest.fixture(autouse=True)
def fields(shop: Shop, account: int) -> None:
    """One of each kind."""
    add_field(shop, account, "Cumpleaños", TipoDeCampo.FECHA)
    add_field(shop, account, "Talla", TipoDeCampo.OPCION, "S", "M")
    add_field(shop, account, "Puntos", TipoDeCampo.NUMERO)
    add_field(shop, account, "Apodo", TipoDeCampo.TEXTO)


def create(admin: CheckingClient, **given: Any) -> Any:
    return admin.send_json(CREATE, {"nombre": "Ana", **given}).get_json()


def test_a_client_comes_with_them(admin: CheckingClient) -> None:
    assert create(admin, campos=GIVEN)["cliente"]["campos"] == TOLD
    assert create(admin, campos=TOLD)["cliente"]["campos"] == TOLD, "as it is told it can be given"
    assert create(admin)["cliente"]["campos"] == {}
    assert create(admin, campos=None)["cliente"]["campos"] == {}


def test_what_is_left_out_stays_and_null_takes_away(admin: CheckingClient) -> None:
    client = create(admin, campos=GIVEN)["cliente"]["id"]
    edited = admin.send_json(f"/clientes/editar/{client}/", {"campos": {"talla": None, "puntos": "1.234"}}).get_json()
    assert edited["cliente"]["campos"] == {"cumpleanos": "--05-17", "puntos": "1.234", "apodo": "La Mona"}
    with admin.application.app_context():
        (story,) = db.session.scalars(db.select(CambioDeCliente).filter_by(tipo="editado")).all()
    assert story.detalle == {"campos": {"Talla": ["M", ""], "Puntos": ["12,5", "1,234"]}}


@pytest.mark.parametrize(
    ("campos", "wrong"),
    [
        ({"nada": "1"}, "campos.nada"),
        ({"talla": "XL"}, "campos.talla"),
        ({"talla": 1}, "campos.talla"),
        ({"cumpleanos": "31/02"}, "campos.cumpleanos"),
        ({"puntos": True}, "campos.puntos"),
        ({"puntos": "mil"}, "campos.puntos"),
        ({"puntos": 1e300}, "campos.puntos"),
        ({"apodo": ["x"]}, "campos.apodo"),
        ({"apodo": "x" * 201}, "campos.apodo"),
        ([], "campos"),
        ("x", "campos"),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nobody_is_stored(
    admin: CheckingClient, campos: Any, wrong: str
) -> None:
    answer = admin.send_json(CREATE, {"nombre": "Ana", "campos": campos})
    assert (answer.status_code, [*answer.get_json()["errors"]]) == (400, [wrong])
    with admin.application.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM cliente")).scalar() == 0


def test_another_shops_fields_are_not_known(admin: CheckingClient, shop: Shop) -> None:
    theirs = shop.add_admin("otra")
    add_field(shop, theirs, "Barrio", TipoDeCampo.TEXTO)
    answer = admin.send_json(CREATE, {"nombre": "Ana", "campos": {"barrio": "Belén"}})
    assert answer.get_json()["errors"].keys() == {"campos.barrio"}
    client = create(admin, campos=GIVEN)["cliente"]["id"]
    with admin.application.app_context():
        assert len(values_of(db.session(), [client])[client]) == 4
