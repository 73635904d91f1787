"""A client with a past, and a look through everything that is stored."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from clientes_app.audit_log import NOBODY, Actor
from clientes_app.clients.services import edit_client
from clientes_app.extensions import db, unit_of_work
from clientes_app.importing.storage.chosen import storage_of
from clientes_app.models import CambioImportado, Distintos, Etiqueta, OrigenBaja, TipoDeCampo
from clientes_app.models.baja import Baja
from clientes_app.privacy import services
from clientes_app.settings import current_settings

from ..support.campaigns import Campaigns
from ..support.imports import Imports
from ..support.own_fields import add_field
from ..support.shop import Shop, account_of

NAME, SECOND_NAME = "Zulemita Quiñonez", "Zulema Quiñonez"
TYPED, NUMBER = "318 555 77 66", "+573185557766"
DOCUMENT = "52987654"
TRACES = ("zulem", "quiñonez", "quinonez", "5557766", "555 77 66", DOCUMENT)
NICKNAME, SECOND_NICKNAME = "La Zulemita", "Zulemota"
UTTER = f"nombre,celular,documento,Apodo\n{NAME},{TYPED},{DOCUMENT},{NICKNAME}\n"


class Person:
    """The client who wants to be forgotten, in a shop with another client and another shop's client beside."""

    def __init__(self, app: Flask, shop: Shop, account: int, campaigns: Campaigns) -> None:
        self.app, self.shop, self.account, self.campaigns = app, shop, account, campaigns
        self.imports = Imports(app, account)

    def arrive(self) -> int:
        """Store the client as an import does, and let things happen to it; answer its id."""
        add_field(self.shop, self.account, "Apodo", TipoDeCampo.TEXTO)
        self.imports.run(UTTER)
        self.imports.run(UTTER.replace(NICKNAME, SECOND_NICKNAME))
        with self.app.app_context():
            self.id = int(db.session.execute(text("SELECT max(id) FROM cliente")).scalar_one())
        self.live()
        return self.id

    def live(self) -> None:
        """Tag, rename and mark the client, and let it opt out."""
        neighbour = self.shop.add_client(self.account, "Vecina", "3001112233")
        tag = self.shop.add(Etiqueta(nombre="VIP", clave="vip", usuario_id=self.account))
        self.shop.add_tag_to(self.id, tag)
        with self.app.test_request_context():
            edit_client(account_of(self.account), self.id, {"nombre": SECOND_NAME}, by=Actor(self.account))
            with unit_of_work() as session:
                session.add(Distintos(menor_id=self.id, mayor_id=neighbour, usuario_id=self.account))
                row = {"nombre": NAME, "telefono": TYPED, "documento": DOCUMENT, "etiquetas": []}
                imported = session.execute(text("SELECT min(id) FROM importacion")).scalar_one()
                session.add(CambioImportado(importacion_id=imported, cliente_id=self.id, antes=row))

    def opt_out(self) -> None:
        self.shop.add(Baja(telefono_e164=NUMBER, origen=OrigenBaja.MENSAJE, usuario_id=self.account))

    def erase(self) -> bool:
        with self.app.test_request_context():
            storage = storage_of(current_settings())
            return services.erase(account_of(self.account), self.id, storage, by=NOBODY)

    def dump(self) -> dict[str, list[str]]:
        """Return every row of every table, as text in small letters; the search index included."""
        with self.app.app_context(), db.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            rows = {name: connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables}
            return {name: [str(row).lower() for row in found] for name, found in rows.items()}

    def traces(self) -> list[str]:
        """Return the rows that still tell who the person was."""
        rows = [f"{name}: {row}" for name, found in self.dump().items() for row in found]
        return [row for row in rows if any(mark in row for mark in TRACES)]

    def opt_outs(self) -> list[str]:
        """Return the numbers of the account's opt-out list."""
        with self.app.app_context():
            listed = db.select(Baja.telefono_e164).filter_by(usuario_id=self.account).order_by(Baja.id)
            return list(db.session.scalars(listed))


@pytest.fixture
def person(app: Flask, shop: Shop, account: int, campaigns: Campaigns) -> Person:
    """The client who wants to be forgotten."""
    person = Person(app, shop, account, campaigns)
    person.arrive()
    return person
