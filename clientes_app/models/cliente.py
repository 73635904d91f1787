"""A shop's clients."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, utc_now


class Cliente(Base):
    """A client of an account; `telefono` is as typed, `telefono_e164` is what can be sent to."""

    __tablename__ = "cliente"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 150", name="nombre"),
        CheckConstraint("length(telefono) <= 20", name="telefono"),
        CheckConstraint("length(documento) <= 20", name="documento"),
        Index("ix_cliente_usuario_id_activo_id", "usuario_id", "activo", "id"),
        Index("ix_cliente_usuario_id_telefono_e164", "usuario_id", "telefono_e164"),
        # A deleted client's id is never given to another: old links must not lead to somebody else.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(150))
    telefono: Mapped[str] = mapped_column(String(20), default="", server_default="")
    telefono_e164: Mapped[str | None] = mapped_column(String(16))
    documento: Mapped[str] = mapped_column(String(20), default="", server_default="")
    busqueda: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What a search looks in: name, number and document, folded."""
    activo: Mapped[bool] = mapped_column(default=True)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
