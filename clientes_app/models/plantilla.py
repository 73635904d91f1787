"""Message templates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, utc_now


class PlantillaSMS(Base):
    """A text that an account sends again and again."""

    __tablename__ = "plantilla_sms"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 100", name="nombre"),
        CheckConstraint("length(mensaje) BETWEEN 1 AND 1600", name="mensaje"),
        Index("ix_plantilla_sms_usuario_id_activo_id", "usuario_id", "activo", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(100))
    mensaje: Mapped[str] = mapped_column(Text)
    activo: Mapped[bool] = mapped_column(default=True)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
