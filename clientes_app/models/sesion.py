"""Sessions that are open, so that they can be listed and ended; and forms that came when theirs was over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, utc_now


class Sesion(Base):
    """A log-in on a device; the row goes when the session ends."""

    __tablename__ = "sesion"

    id: Mapped[PrimaryKey]
    clave_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the secret that the browser's cookie carries."""
    dispositivo: Mapped[str] = mapped_column(String(300), default="")
    """What the browser calls itself."""
    direccion: Mapped[str] = mapped_column(String(45), default="")
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    visto: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    """When its person last did something; streams and polling do not count."""
    persona_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)


class FormularioGuardado(Base):
    """The fields of a form that was refused for want of a log-in; only the browser that sent it can read them."""

    __tablename__ = "formulario_guardado"
    __table_args__ = (Index("ix_formulario_guardado_creado", "creado"),)

    id: Mapped[PrimaryKey]
    contenido: Mapped[str] = mapped_column(Text)
    """Encrypted with a key that stands in that browser's cookie and nowhere else."""
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    """Whose page sent it; null in rows of an earlier version, which nobody is shown."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
