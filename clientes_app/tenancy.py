"""The account, and the only way to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .errors import NotFound
from .models import (
    Auditoria,
    Baja,
    Borrador,
    CampanaSMS,
    Campo,
    Cliente,
    Etiqueta,
    Importacion,
    PlantillaSMS,
    Respuesta,
    Segmento,
    TokenDeApi,
    Venta,
)
from .values.ids import MAX_ID

Row = TypeVar(
    "Row",
    Auditoria,
    Baja,
    Borrador,
    CampanaSMS,
    Campo,
    Cliente,
    Etiqueta,
    Importacion,
    PlantillaSMS,
    Respuesta,
    Segmento,
    TokenDeApi,
    Venta,
)


@dataclass(frozen=True)
class Account:
    """An account, where its days begin, and of which country a number is that does not say."""

    id: int
    zone: ZoneInfo
    region: str


def owned(model: type[Row], account_id: int) -> Select[Row]:
    """Select the rows of `model` that belong to the account; messages of people to themselves are no campaigns."""
    mine = select(model).where(model.usuario_id == account_id)
    return mine.where(~CampanaSMS.es_prueba) if model is CampanaSMS else mine


def sent_by(account_id: int) -> Select[CampanaSMS]:
    """Select all that the account gave to the sender: its campaigns, and the messages of its people to themselves."""
    return select(CampanaSMS).where(CampanaSMS.usuario_id == account_id)


def tried_by(account_id: int, person_id: int) -> Select[CampanaSMS]:
    """Select the messages that a person of the account sent to themselves."""
    return sent_by(account_id).where(CampanaSMS.es_prueba, CampanaSMS.enviada_por_id == person_id)


def get_owned(session: Session, model: type[Row], account_id: int, row_id: int) -> Row:
    """Return the account's row with this id.

    Raises NotFound, also where the row is another account's.
    """
    return _found(session, owned(model, account_id), model, row_id)


def lock_owned(session: Session, model: type[Row], account_id: int, row_id: int) -> Row:
    """Return the account's row as it is now; nobody else changes or deletes it until the transaction ends.

    Rows that refer to it may still be added. SQLite has one writer and needs no lock. Raises NotFound.
    """
    present = owned(model, account_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return _found(session, present, model, row_id)


def delete_owned(session: Session, model: type[Row], account_id: int, row_id: int) -> Row:
    """Delete the account's row, and return what it was.

    Raises NotFound, also where somebody else has just deleted it.
    """
    row = lock_owned(session, model, account_id, row_id)
    session.delete(row)
    return row


def _found(session: Session, query: Select[Row], model: type[Row], row_id: int) -> Row:
    row = session.scalar(query.where(model.id == row_id)) if row_id <= MAX_ID else None
    if row is None:
        raise NotFound
    return row
