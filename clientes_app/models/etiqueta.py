"""Tags: short words that group clients."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, PrimaryKey, UtcDateTime, utc_now


class Etiqueta(Base):
    """A tag of an account; `clave` is its name folded, so that "VIP" and "vip" are one."""

    __tablename__ = "etiqueta"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 40", name="nombre"),
        UniqueConstraint("usuario_id", "clave"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(40))
    clave: Mapped[str] = mapped_column(String(40))
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))


class ClienteEtiqueta(Base):
    """That a client has a tag."""

    __tablename__ = "cliente_etiqueta"
    __table_args__ = (
        Index("ix_cliente_etiqueta_cliente_id", "cliente_id"),
        {"sqlite_with_rowid": False},
    )

    etiqueta_id: Mapped[int] = mapped_column(Id, ForeignKey("etiqueta.id", ondelete="CASCADE"), primary_key=True)
    cliente_id: Mapped[int] = mapped_column(Id, ForeignKey("cliente.id", ondelete="CASCADE"), primary_key=True)
