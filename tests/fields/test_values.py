"""The values of clients' fields: storing many, and reading them in one statement."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.services import lock_fields
from clientes_app.fields.values import raw_value, store_values, values_of
from clientes_app.models import Campo, Cliente, TipoDeCampo, ValorDeCampo

from ..support.shop import Shop

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def store(account: int, values: dict[int, dict[int, str]]) -> None:
    with unit_of_work() as session:
        store_values(session, lock_fields(session, account), values)


def add_field(shop: Shop, account: int, name: str, kind: TipoDeCampo, place: int) -> int:
    return shop.add(Campo(nombre=name, clave=name.lower(), tipo=kind, lugar=place, posicion=place, usuario_id=account))


def test_values_are_given_replaced_and_taken_away(shop: Shop, account: int) -> None:
    laura, luz, ana = (shop.add_client(account, name) for name in ("Laura", "Luz", "Ana"))
    pet = add_field(shop, account, "Mascota", TipoDeCampo.TEXTO, 1)
    born = add_field(shop, account, "Nace", TipoDeCampo.FECHA, 2)
    store(account, {laura: {pet: "Ñandú", born: "--05-17"}, luz: {pet: "Gato"}, ana: {}})
    store(account, {laura: {pet: "Perro"}, luz: {pet: ""}})
    assert values_of(db.session(), [laura, luz, ana]) == {laura: {pet: "Perro", born: "--05-17"}}
    assert values_of(db.session(), []) == {}
    stored = db.session.scalars(select(ValorDeCampo).order_by(ValorDeCampo.campo_id)).all()
    assert [(each.orden, each.dia) for each in stored] == [("perro", None), ("0000-05-17", 517)]
    shown = db.session.execute(select(Cliente.nombre, raw_value(born)).order_by(Cliente.id)).all()
    assert [tuple(row) for row in shown] == [("Laura", "--05-17"), ("Luz", None), ("Ana", None)]


def test_a_field_and_a_client_take_their_values_with_them(shop: Shop, account: int) -> None:
    laura, luz = (shop.add_client(account, name) for name in ("Laura", "Luz"))
    pet, food = (add_field(shop, account, name, TipoDeCampo.TEXTO, place) for place, name in enumerate("AB", 1))
    store(account, {each: {pet: "Gato", food: "Arepa"} for each in (laura, luz)})
    with unit_of_work() as session:
        session.delete(session.get_one(Campo, pet))
        session.delete(session.get_one(Cliente, luz))
    assert values_of(db.session(), [laura, luz]) == {laura: {food: "Arepa"}}


def test_many_values_are_given_and_replaced_like_few(shop: Shop, account: int) -> None:
    clients = shop.add_clients(account, [f"300{number:07d}" for number in range(150)])
    born = add_field(shop, account, "Nace", TipoDeCampo.FECHA, 1)
    store(account, {each: {born: "--05-17"} for each in clients})
    store(account, {each: {born: "1990-05-18"} for each in clients[:120]})
    found = values_of(db.session(), clients)
    assert [found[each][born] for each in clients] == ["1990-05-18"] * 120 + ["--05-17"] * 30
    assert set(db.session.scalars(select(ValorDeCampo.dia))) == {517, 518}
