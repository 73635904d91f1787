"""Clients that look like doubles and are not: somebody of the shop said so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, UtcDateTime, utc_now


class Distintos(Base):
    """That two clients of an account are different people; the one with the smaller id stands first."""

    __tablename__ = "distintos"
    __table_args__ = (
        CheckConstraint("menor_id < mayor_id", name="orden"),
        Index("ix_distintos_mayor_id", "mayor_id"),
        {"sqlite_with_rowid": False},
    )

    menor_id: Mapped[int] = mapped_column(Id, ForeignKey("cliente.id", ondelete="CASCADE"), primary_key=True)
    mayor_id: Mapped[int] = mapped_column(Id, ForeignKey("cliente.id", ondelete="CASCADE"), primary_key=True)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"), index=True)
