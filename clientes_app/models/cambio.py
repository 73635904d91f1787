"""What happened to clients: the part of their story that no other table tells."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, state_column, utc_now


class TipoDeCambio(StrEnum):
    """What was done."""

    CREADO = "creado"
    EDITADO = "editado"
    UNIDO = "unido"
    """Another client, a double, was merged into this one."""


class CambioDeCliente(Base):
    """One thing that a person did to a client, alone or with many others by an import."""

    __tablename__ = "cambio_de_cliente"
    __table_args__ = (Index("ix_cambio_de_cliente_cliente_id_id", "cliente_id", "id"),)

    id: Mapped[PrimaryKey]
    cliente_id: Mapped[int] = mapped_column(ForeignKey("cliente.id", ondelete="CASCADE"))
    tipo: Mapped[TipoDeCambio] = mapped_column(state_column(TipoDeCambio))
    detalle: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """Of an edit: a field's name, with its value before and after. Of a client merged in: its fields as they were.

    Under `campos` stand the account's own fields by their names, values as somebody would type them.
    Under `etiquetas` stands which tags were given, or went with an import's undoing; under `etiquetas_quitadas`, which
    a person took away.
    Under `venta` stands what was changed of a sale, by its columns; under `venta_eliminada`, what a sale that was
    deleted had been.
    The creation of a client that was merged into this one carries its name.
    """
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    hecho_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    """Who did it; null where it was the command line."""
    importacion_id: Mapped[int | None] = mapped_column(ForeignKey("importacion.id", ondelete="SET NULL"))
    """The import whose row, or undoing, was the edit."""
    deshace: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was the import's undoing."""
