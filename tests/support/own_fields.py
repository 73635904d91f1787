"""An account's own fields, stored for tests."""

from __future__ import annotations

from sqlalchemy import func, select

from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.services import lock_fields
from clientes_app.fields.values import store_values
from clientes_app.models import Campo, TipoDeCampo
from clientes_app.values.text import fold

from .shop import Shop


def add_field(shop: Shop, account: int, name: str, kind: TipoDeCampo, *choices: str) -> int:
    """Store a field after the others; return its id."""
    with shop.app.app_context():
        place = 1 + (db.session.scalar(select(func.count()).where(Campo.usuario_id == account)) or 0)
    key = fold(name).replace(" ", "_")
    return shop.add(
        Campo(
            nombre=name, clave=key, tipo=kind, opciones=list(choices), lugar=place, posicion=place, usuario_id=account
        )
    )


def give(shop: Shop, account: int, client_id: int, values: dict[int, str]) -> None:
    """Give a client canonical values, by the fields' ids."""
    with shop.app.app_context(), unit_of_work() as session:
        store_values(session, lock_fields(session, account), {client_id: values})
