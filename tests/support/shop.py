"""Shops to test with: people and their data, stored through the models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect

from clientes_app.auth.passwords import hash_password
from clientes_app.clients.sales.services import count_purchases
from clientes_app.extensions import unit_of_work
from clientes_app.models import Cliente, ClienteEtiqueta, Norma, PlantillaSMS, Rol, Usuario, Venta
from clientes_app.tenancy import Account
from clientes_app.values.client_keys import keys_of

from .clock import BOGOTA

PASSWORD = "a good password"
_USUAL_HOURS = {
    "semana_abre": 8 * 60,
    "semana_cierra": 19 * 60,
    "sabado_abre": 8 * 60,
    "sabado_cierra": 15 * 60,
    "festivo_abre": None,
    "festivo_cierra": None,
    "exigir": False,
}
_AT_ANY_HOUR = {name: 24 * 60 if name.endswith("_cierra") else 0 for name in _USUAL_HOURS if name != "exigir"}


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def account_of(account_id: int, region: str = "CO") -> Account:
    """Return a shop's account as views give it to services."""
    return Account(account_id, BOGOTA, region)


class Shop:
    """Stores rows for tests, each call in an app context of its own; returns their ids."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def add_admin(self, name: str = "ana") -> int:
        """Store an admin; its id is the account's."""
        return self.add(Usuario(usuario=name, clave_hash=_hash(), rol=Rol.ADMIN, negocio=f"Tienda {name}"))

    def open_unless_settled(self, account_id: int) -> None:
        """Let an account's advertising go out at any hour, where it has settled nothing of that."""
        with self.app.app_context(), unit_of_work() as session:
            settled = session.get(Norma, account_id)
        if settled is None:
            self.open_always(account_id)

    def open_always(self, account_id: int) -> None:
        """Let an account's advertising go out at any hour, so that no test depends on the hour at which it is run."""
        self.settle_law(account_id, **_AT_ANY_HOUR)

    def add_seller(self, account_id: int, name: str = "vero", **rights: bool) -> int:
        """Store a vendedor of the account, with the usual rights or those given."""
        return self.add(Usuario(usuario=name, clave_hash=_hash(), rol=Rol.VENDEDOR, creado_por_id=account_id, **rights))

    def add_client(
        self, account_id: int, nombre: str = "Laura Méndez", telefono: str = "3001234567", **fields: Any
    ) -> int:
        """Store a client of the account."""
        return self.add(_client(account_id, nombre, telefono, **fields))

    def add_clients(self, account_id: int, telephones: Sequence[str]) -> list[int]:
        """Store a client for each number."""
        clients = [_client(account_id, f"Cliente {place}", number) for place, number in enumerate(telephones)]
        with self.app.app_context(), unit_of_work() as session:
            session.add_all(clients)
            session.flush()
            return [int(client.id) for client in clients]

    def add_template(
        self, account_id: int, nombre: str = "Promoción", mensaje: str = "Hola {nombre}", **fields: Any
    ) -> int:
        """Store a template of the account."""
        return self.add(PlantillaSMS(nombre=nombre, mensaje=mensaje, usuario_id=account_id, **fields))

    def add_sale(self, account_id: int, client_id: int, total: int, **fields: Any) -> int:
        """Store a sale to a client of the account, and carry it over to the client."""
        sale_id = self.add(Venta(cliente_id=client_id, total=total, usuario_id=account_id, **fields))
        with self.app.app_context(), unit_of_work() as session:
            count_purchases(session, account_id, client_id)
        return sale_id

    def add_tag_to(self, client_id: int, tag_id: int) -> None:
        """Give a client a tag."""
        with self.app.app_context(), unit_of_work() as session:
            session.add(ClienteEtiqueta(etiqueta_id=tag_id, cliente_id=client_id))

    def settle_law(self, account_id: int, **rules: Any) -> None:
        """Let an account keep the law of advertising in the usual hours, or as `rules` say by the names of `Norma`."""
        with self.app.app_context(), unit_of_work() as session:
            session.merge(Norma(usuario_id=account_id, **_USUAL_HOURS | rules))

    def add(self, row: Any) -> int:
        """Store any row."""
        with self.app.app_context(), unit_of_work() as session:
            session.add(row)
            session.flush()
            return int(inspect(row).identity[0])


class OpenShop(Shop):
    """The same for shops in browsers: what these compose goes out at any hour."""

    def add_admin(self, name: str = "ana") -> int:
        """Store an admin; its id is the account's."""
        account_id = super().add_admin(name)
        self.open_always(account_id)
        return account_id


def _client(account_id: int, nombre: str, telefono: str, **fields: Any) -> Cliente:
    return Cliente(
        nombre=nombre,
        telefono=telefono,
        **keys_of(nombre, telefono, fields.get("documento", ""), "CO")._asdict(),
        usuario_id=account_id,
        **fields,
    )


@pytest.fixture
def shop(app: Flask) -> Shop:
    """Stores what a test needs."""
    return Shop(app)


@pytest.fixture
def account(shop: Shop) -> int:
    """The account of the admin `ana`."""
    return shop.add_admin("ana")
