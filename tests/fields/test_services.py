"""An account's fields: made, renamed, ordered and deleted, and what that does to texts, searches and clients."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from clientes_app.audit_log import NOBODY
from clientes_app.errors import NotFound
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields import services
from clientes_app.fields.naming import BadName
from clientes_app.fields.services import Direction, NewField
from clientes_app.fields.uses import uses_of
from clientes_app.fields.values import store_values, values_of
from clientes_app.models import (
    MOST_FIELDS,
    Borrador,
    CampanaSMS,
    Campo,
    EstadoCampana,
    Segmento,
    TipoDeCampo,
    ValorDeCampo,
)

from ..support.races import race
from ..support.shop import Shop

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def create(account: int, name: str, kind: TipoDeCampo = TipoDeCampo.TEXTO, options: Any = ()) -> Campo:
    return services.create_field(account, NewField(name, kind, options), by=NOBODY)


def names(account: int) -> list[str]:
    db.session.expire_all()
    return [field.nombre for field in services.list_fields(db.session(), account)]


def give(account: int, field: Campo, values: dict[int, str]) -> None:
    with unit_of_work() as session:
        given = {client: {field.id: value} for client, value in values.items()}
        store_values(session, services.lock_fields(session, account), given)


def test_a_field_gets_the_word_that_texts_call_it(account: int) -> None:
    assert create(account, "Fecha de cumpleaños", TipoDeCampo.FECHA).clave == "fecha_de_cumpleanos"
    assert create(account, "¡Talla (camisa)!").clave == "talla_camisa"
    assert names(account) == ["Fecha de cumpleaños", "¡Talla (camisa)!"]


@pytest.mark.parametrize("name", ["", "¿?", "Nombre", "NOMBRE", "Última compra", "mascota sin tildes", "Teléfono"])
def test_a_name_that_means_nothing_or_something_else_is_refused(account: int, name: str) -> None:
    with pytest.raises(BadName):
        create(account, name)
    assert names(account) == []


def test_two_fields_have_two_names(account: int, shop: Shop) -> None:
    create(account, "Mascota")
    with pytest.raises(services.SameField):
        create(account, "¡MASCOTA!")
    assert create(shop.add_admin("otra"), "Mascota").clave == "mascota"


def test_there_are_thirty_at_most_and_a_free_place_is_taken_again(account: int) -> None:
    made = [create(account, f"Campo {place}") for place in range(MOST_FIELDS)]
    with pytest.raises(services.TooManyFields):
        create(account, "Uno más")
    services.delete_field(account, made[7].id, by=NOBODY)
    assert create(account, "Uno más").lugar == made[7].lugar
    assert names(account)[-1] == "Uno más"


def test_fields_change_places(account: int) -> None:
    made = [create(account, name) for name in "ABC"]
    services.move_field(account, made[2].id, Direction.UP)
    services.move_field(account, made[0].id, Direction.UP)
    assert names(account) == ["A", "C", "B"]
    services.move_field(account, made[0].id, Direction.DOWN)
    services.move_field(account, made[1].id, Direction.DOWN)
    assert names(account) == ["C", "A", "B"]


def test_the_word_follows_the_name_until_a_text_has_it(account: int, shop: Shop) -> None:
    field = create(account, "Mascota")
    assert services.edit_field(account, field.id, "Perro", [], by=NOBODY).clave == "perro"
    shop.add_template(account, "Saludo", "Hola { PERRO_sin_tildes }")
    assert services.edit_field(account, field.id, "Gato", [], by=NOBODY).clave == "perro"
    with pytest.raises(services.SameField):
        create(account, "Perro")
    with pytest.raises(services.SameField):
        create(account, "Gato")


def test_everything_that_uses_a_field_is_found(account: int, shop: Shop) -> None:
    field = create(account, "Mascota")
    shop.add_template(account, "Saludo", "¿Cómo está {mascota}?")
    shop.add_template(account, "Otro", "¿Cómo está {mascotas}?")
    draft = {"mensaje": "", "para": [[f"no_campo_{field.id}_es", "gato"]]}
    same: dict[str, Any] = {"creado_por_id": account, "usuario_id": account}
    shop.add(Borrador(clave="1", campos=draft, resumen="Navidad", huella="x", **same))
    shop.add(Borrador(clave="2", campos={"mensaje": "Hola"}, resumen="", huella="x", **same))
    shop.add(Segmento(nombre="Gatos", busqueda={f"campo_{field.id}_es": "gato"}, **same))
    shop.add(Segmento(nombre="Perros", busqueda={f"campo_{field.id}0_es": "perro"}, **same))
    for name, state in (("Espera", EstadoCampana.POR_APROBAR), ("Fue", EstadoCampana.CANCELADO)):
        shop.add(CampanaSMS(nombre=name, mensaje="{mascota}", estado=state, enviada_por_id=account, usuario_id=account))
    give(account, field, {shop.add_client(account): "Gato"})
    found = uses_of(db.session(), field)
    assert (found.clients, found.templates, found.drafts) == (1, ["Saludo"], ["Navidad"])
    assert (found.campaigns, found.segments) == (["Espera"], ["Gatos"])


def test_options_that_clients_have_stay_and_may_be_spelled_otherwise(account: int, shop: Shop) -> None:
    field = create(account, "Talla", TipoDeCampo.OPCION, ["chica", "Grande"])
    client = shop.add_client(account)
    give(account, field, {client: "chica"})
    with pytest.raises(services.OptionInUse):
        services.edit_field(account, field.id, "Talla", ["Grande"], by=NOBODY)
    services.edit_field(account, field.id, "Talla", ["Enorme", "Chica"], by=NOBODY)
    assert values_of(db.session(), [client]) == {client: {field.id: "Chica"}}


def test_deleting_a_field_takes_all_its_values(account: int, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BATCH", 2)
    field, other = create(account, "Mascota"), create(account, "Talla")
    clients = shop.add_clients(account, ["3001234567"] * 5)
    for each in (field, other):
        give(account, each, dict.fromkeys(clients, "X"))
    services.delete_field(account, field.id, by=NOBODY)
    assert names(account) == ["Talla"]
    assert db.session.scalar(select(func.count()).select_from(ValorDeCampo)) == 5


def test_nobody_reaches_the_fields_of_another_shop(account: int, shop: Shop) -> None:
    field, other = create(account, "Mascota"), shop.add_admin("otra")
    for act in (
        lambda: services.get_field(other, field.id),
        lambda: services.edit_field(other, field.id, "X", [], by=NOBODY),
        lambda: services.move_field(other, field.id, Direction.UP),
        lambda: services.delete_field(other, field.id, by=NOBODY),
    ):
        with pytest.raises(NotFound):
            act()
    assert names(account) == ["Mascota"]
    assert names(other) == []


def test_the_thirtieth_is_made_once(app: Flask, account: int) -> None:
    for place in range(MOST_FIELDS - 1):
        create(account, f"Campo {place}")
    outcomes = race(app, *(lambda name=name: create(account, name) for name in "AB"))
    assert (len(outcomes.won), [type(each) for each in outcomes.refused]) == (1, [services.TooManyFields])


def test_two_who_make_the_same_field_make_one(app: Flask, account: int) -> None:
    outcomes = race(app, *(lambda: create(account, "Mascota") for _ in range(3)))
    assert (len(outcomes.won), {type(each) for each in outcomes.refused}) == (1, {services.SameField})


def test_renaming_and_deleting_at_once_leaves_one_or_none(app: Flask, account: int) -> None:
    field = create(account, "Mascota")
    outcomes = race(
        app,
        lambda: services.edit_field(account, field.id, "Perro", [], by=NOBODY),
        lambda: services.delete_field(account, field.id, by=NOBODY),
        lambda: services.delete_field(account, field.id, by=NOBODY),
    )
    assert {type(each) for each in outcomes.refused} == {NotFound}
    assert names(account) == []


def test_a_value_is_not_given_to_a_field_that_goes(app: Flask, account: int, shop: Shop) -> None:
    field, client = create(account, "Mascota"), shop.add_client(account)
    race(
        app,
        lambda: give(account, field, {client: "Gato"}),
        lambda: services.delete_field(account, field.id, by=NOBODY),
    )
    assert values_of(db.session(), [client]) == {}
