"""Rows that are stored together become what each would become by itself."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import delete, select

from clientes_app.audit_log import NOBODY
from clientes_app.extensions import db, unit_of_work
from clientes_app.fields.values import values_of
from clientes_app.importing.staging import asking
from clientes_app.importing.staging.verdicts import Answer
from clientes_app.models import Baja, Cliente, TipoDeCampo
from clientes_app.privacy.services import erase

from ..support.imports import Imports, csv_of
from ..support.own_fields import add_field
from ..support.shop import Shop, account_of

pytestmark = pytest.mark.both_storages

HEAD = ["nombre", "celular", "documento", "Etiquetas", "Baja", "Talla"]
NAMES = "Ana Ruiz", "Luis Gil", "Eva Paz", "Sol Mar", "Ana Ruíz Paz", "Óscar Díaz"
NUMBERS = *(f"30012345{n:02d}" for n in range(60)), *(f"601234560{n}" for n in range(4)), "3000000000", "", ""
DOCUMENTS = *(f"52{n:04d}" for n in range(60)), "N/A", *[""] * 20
ROWS = 160
TAG = "Feria"
COMPARED = {each.name for each in Cliente.__table__.c} - {"id", "usuario_id", "importacion_id", "creado"}


def rows_of(dice: random.Random) -> list[list[str]]:
    """Return rows, most of which say nothing but who somebody is."""

    def seldom(text: str) -> str:
        return text if dice.random() < 0.1 else ""

    who = (NAMES, NUMBERS, DOCUMENTS)
    return [[*map(dice.choice, who), seldom("VIP"), seldom("sí"), seldom(dice.choice("SML"))] for _ in range(ROWS)]


class Account:
    """Somebody who has clients already, and imports a file."""

    def __init__(self, shop: Shop, imports: Imports, name: str, seed: int) -> None:
        self.imports = Imports(imports.app, shop.add_admin(name))
        self._shop, self._dice = shop, random.Random(seed)
        self._field = add_field(shop, self._id, "Talla", TipoDeCampo.OPCION, "S", "M", "L")
        self.rows = rows_of(self._dice)
        self._clients = [self._add(row) for row in self._dice.sample(self.rows, 10)]

    @property
    def _id(self) -> int:
        return self.imports.account

    def review(self, rows: list[list[str]], tag: str) -> None:
        """Check the file, and answer for some of those that are asked about."""
        self._import = self.imports.review(csv_of([HEAD, *rows]), tag)
        for number, verdict, _ in self.imports.rejected(self._import):
            if verdict == "pregunta":
                self._answer(number, self._dice.choice(list(Answer)))

    def go_on(self) -> None:
        """Let clients come and go, and have somebody erased."""
        for row in self._dice.sample(self.rows, 12):
            self._add([self._dice.choice([row[0], "Otra Cosa"]), *row[1:]])
        gone, erased = self._dice.sample(self._clients, 2)
        with self.imports.app.test_request_context():
            with unit_of_work() as session:
                session.execute(delete(Cliente).where(Cliente.id == gone))
            erase(account_of(self._id), erased, self.imports.place.storage, by=NOBODY)

    def apply(self) -> None:
        self.imports.apply(self._import)

    def undo(self) -> None:
        self.imports.undo(self._import)

    def clients(self) -> dict[str, Any]:
        """Return all that is known of the clients, by their place among the account's."""
        with self.imports.app.app_context():
            found = db.session.scalars(select(Cliente).filter_by(usuario_id=self._id).order_by(Cliente.id)).all()
            told = values_of(db.session(), [each.id for each in found])
            return {
                "columns": [[getattr(each, name) for name in COMPARED] for each in found],
                "silent": sorted(db.session.scalars(select(Baja.telefono_e164).filter_by(usuario_id=self._id))),
                "fields": [list(told.get(each.id, {}).values()) for each in found],
                "tags": self.imports.tags(),
            }

    def became(self) -> dict[str, Any]:
        """Return what became of the rows; clients by their place among the account's."""
        with self.imports.app.app_context():
            ids = db.session.scalars(select(Cliente.id).filter_by(usuario_id=self._id).order_by(Cliente.id)).all()
        places: dict[int | None, int] = {client_id: place for place, client_id in enumerate(ids)}
        became = self.imports.became(self._import)
        return {
            "counts": self.imports.counts(self._import),
            "rejected": self.imports.rejected(self._import),
            "rows": [(number, verdict, places.get(client)) for number, verdict, client in became],
        }

    def _add(self, row: list[str]) -> int:
        return self._shop.add_client(self._id, row[0], row[1], documento=row[2])

    def _answer(self, number: int, said: Answer) -> None:
        with self.imports.app.test_request_context():
            asking.answer(self._id, self._import, number, said, self.imports.place.storage)


@pytest.mark.parametrize("seed", [1, 2])
def test_together_or_each_by_itself_is_the_same(
    shop: Shop, imports: Imports, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    for size in ("FIRST", "FEWEST", "MOST"):
        monkeypatch.setattr(f"clientes_app.importing.batch_sizes.{size}", 50)
    together, alone = (Account(shop, imports, name, seed) for name in ("junta", "sola"))
    together.review(together.rows, TAG)
    # A row that says a tag of its own is looked at by itself.
    alone.review([[*row[:3], f"{TAG}; {row[3]}", *row[4:]] for row in alone.rows], "")
    for each in (together, alone):
        each.go_on()
        each.apply()
    assert together.clients() == alone.clients()
    assert together.became() == alone.became()
    for each in (together, alone):
        each.undo()
    assert together.clients() == alone.clients()
