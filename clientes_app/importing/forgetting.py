"""Whom an import must not bring back: people who were erased while it was open.

They are noted at each import that is open when they are erased, under pseudonyms, until that import has ended. So a
file that was uploaded before cannot bring them in, and one that is uploaded afterwards can: that is new data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, select

from ..database.transactions import insert_missing, read_transaction, write_transaction
from ..models import OPEN_IMPORTS, Importacion, PersonaOlvidada, Privacidad
from ..sending.erased import hold_off_erasing, pseudonym_key
from ..values.phone_changes import older_spellings
from ..values.pseudonym import pseudonym
from .staging import outcomes
from .staging.store import Staging
from .storage.kept import Kept


@dataclass(frozen=True)
class Forgotten:
    """People by the pseudonyms of their numbers and documents."""

    pseudonyms: frozenset[str]
    key: bytes

    def has(self, number: str | None, document_key: str) -> bool:
        """Return whether a number or a document is one of theirs."""
        if not self.pseudonyms:
            return False
        theirs = _pseudonyms([number] if number else [], [document_key] if document_key else [], self.key)
        return not self.pseudonyms.isdisjoint(theirs)


def note(connection: Connection, account_id: int, numbers: Iterable[str], document_keys: Iterable[str]) -> None:
    """Note at the account's open imports that they must not bring a person back, who is being erased."""
    open_ones = select(Importacion.id).where(Importacion.usuario_id == account_id, Importacion.estado.in_(OPEN_IMPORTS))
    # None of them ends before this is stored: whoever ends it looks for those noted.
    imports = connection.scalars(open_ones.order_by(Importacion.id).with_for_update(read=True)).all()
    names = _pseudonyms(numbers, document_keys, pseudonym_key(connection))
    rows = [{"importacion_id": each, "seudonimo": name} for each in imports for name in sorted(names)]
    if rows:
        connection.execute(insert_missing(PersonaOlvidada, connection.dialect.name), rows)


def forgotten_by(connection: Connection, import_id: int) -> Forgotten:
    """Return whom an import must not bring back."""
    noted = select(PersonaOlvidada.seudonimo).where(PersonaOlvidada.importacion_id == import_id)
    names = frozenset(connection.scalars(noted))
    key = connection.scalar(select(Privacidad.clave)) if names else None
    return Forgotten(names, key or b"")


def release(connection: Connection, import_id: int) -> Forgotten:
    """Return whom an import that has just ended was not to bring back, and keep it no longer."""
    forgotten = forgotten_by(connection, import_id)
    connection.execute(delete(PersonaOlvidada).where(PersonaOlvidada.importacion_id == import_id))
    return forgotten


def settle(engine: Engine, import_id: int, staging: Staging, end: Callable[[Connection], None]) -> None:
    """Let the staged rows forget whom the import must not bring back, and do `end`, with nobody erased in between.

    `end` is done once, in the transaction that made sure of it.
    """
    settled = False
    while not settled:
        with read_transaction(engine) as connection:
            forgotten = forgotten_by(connection, import_id)
        if forgotten.pseudonyms:
            staging.forget(forgotten.has)
        with write_transaction(engine) as connection:
            hold_off_erasing(connection)
            settled = forgotten_by(connection, import_id) == forgotten
            if settled:
                end(connection)


def keep_rejected(kept: Kept, forgotten: Forgotten, done_to: int) -> None:
    """Keep of an import that ended at a row only those that it rejected, and none of whom it must not bring back."""
    kept.delete_sources()
    if staging := kept.kept_staging():
        with staging:
            outcomes.keep_rejected(staging, done_to)
            staging.forget(forgotten.has)


def _pseudonyms(numbers: Iterable[str], document_keys: Iterable[str], key: bytes) -> set[str]:
    spellings = (spelling for number in numbers for spelling in (number, *older_spellings(number)))
    # A document of digits is not to be taken for a number.
    return {pseudonym(mark, key) for mark in (*spellings, *(f"documento {each}" for each in document_keys))}
