"""The only way to an account's rows."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .errors import NotFound
from .models import (
    Auditoria,
    Baja,
    CampanaSMS,
    Cliente,
    Etiqueta,
    Importacion,
    PlantillaSMS,
    Segmento,
    TokenDeApi,
    Venta,
)
from .models.types import MAX_ID

Row = TypeVar(
    "Row", Auditoria, Baja, CampanaSMS, Cliente, Etiqueta, Importacion, PlantillaSMS, Segmento, TokenDeApi, Venta
)


def owned(model: type[Row], account_id: int) -> Select[Row]:
    """Select the rows of `model` that belong to the account."""
    return select(model).where(model.usuario_id == account_id)


def get_owned(session: Session, model: type[Row], account_id: int, row_id: int) -> Row:
    """Answer the account's row with this id.

    Raises NotFound, also where the row is another account's.
    """
    if row_id > MAX_ID:
        raise NotFound
    row = session.scalar(owned(model, account_id).where(model.id == row_id))
    if row is None:
        raise NotFound
    return row
