"""Own fields of a shop, and their values, stored as the app stores them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from clientes_app.extensions import unit_of_work
from clientes_app.fields.services import lock_fields
from clientes_app.fields.values import store_values
from clientes_app.models import Campo, TipoDeCampo

from .shop import Shop


def add_field(shop: Shop, account_id: int, clave: str, kind: TipoDeCampo = TipoDeCampo.TEXTO, nombre: str = "") -> int:
    """Store a field of the account, after those that it has; return its id."""
    with shop.app.app_context(), unit_of_work() as session:
        place = len(lock_fields(session, account_id)) + 1
    field = Campo(nombre=nombre or clave, clave=clave, tipo=kind, lugar=place, posicion=place, usuario_id=account_id)
    return shop.add(field)


def set_value(app: Flask, account_id: int, values: Mapping[int, Mapping[int, str]]) -> None:
    """Give clients values, by the client's id, then by the field's; "" takes one away."""
    with app.app_context(), unit_of_work() as session:
        store_values(session, lock_fields(session, account_id), values)
