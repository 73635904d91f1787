"""Segments: searches that an account has given a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, utc_now


class Segmento(Base):
    """A search by name; who is in it is asked afresh each time."""

    __tablename__ = "segmento"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 60", name="nombre"),
        UniqueConstraint("usuario_id", "nombre"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(60))
    busqueda: Mapped[dict[str, str]] = mapped_column(JSON)
    """The search as the values of a URL."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    creado_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
