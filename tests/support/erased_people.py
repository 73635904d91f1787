"""Somebody is erased while an import waits: what is left of the person afterwards."""

from __future__ import annotations

from sqlalchemy import func, select

from clientes_app.audit_log import NOBODY
from clientes_app.extensions import db
from clientes_app.importing import services
from clientes_app.models import EstadoImportacion, PersonaOlvidada
from clientes_app.privacy.services import erase

from .imports import Imports
from .shop import Shop, account_of

NAME, TYPED, DOCUMENT = "Zulemita Quiñonez", "318 555 77 66", "52987654"
HEAD, ROW = "nombre,celular,documento\n", f"{NAME},{TYPED},{DOCUMENT}\n"
OTHERS = "Nueva Paz,3007778899,\nOtra Luz,3007778800,\n"
FILE = HEAD + ROW + OTHERS
TRACES = (b"Zulem", b"5557766", b"555 77 66", DOCUMENT.encode())


class Shopkeeper:
    """Erases the person, and looks for what is left."""

    def __init__(self, imports: Imports, shop: Shop) -> None:
        self.imports, self.shop, self.app = imports, shop, imports.app

    def arrive(self) -> int:
        return self.shop.add_client(self.imports.account, NAME, TYPED, documento=DOCUMENT)

    def erase(self, client_id: int) -> None:
        with self.app.test_request_context():
            erase(account_of(self.imports.account), client_id, self.imports.place.storage, by=NOBODY)

    def names(self) -> list[str]:
        return [name for name, *_ in self.imports.clients()]

    def traces(self) -> list[str]:
        """Name the files and tables of imports that still tell who the person was."""
        return [name for name, content in self.imports.kept().items() if any(mark in content for mark in TRACES)]

    def noted(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(PersonaOlvidada)) or 0


def uploaded(imports: Imports) -> int:
    return imports.upload(FILE)


def reviewed(imports: Imports) -> int:
    return imports.review(FILE)


def being_reviewed(imports: Imports) -> int:
    import_id = imports.upload(FILE)
    imports.start_review(import_id)
    return import_id


def about_to_be_applied(imports: Imports) -> int:
    import_id = imports.review(FILE)
    with imports.app.test_request_context():
        services.start_applying(imports.account, import_id, by=NOBODY)
    return import_id


def finish(imports: Imports, import_id: int) -> None:
    """Bring an import to its end, from wherever it is."""
    imports.work()
    if imports.get(import_id).estado is EstadoImportacion.SUBIDA:
        imports.start_review(import_id)
        imports.work()
    if imports.get(import_id).estado is EstadoImportacion.REVISADA:
        imports.apply(import_id)
