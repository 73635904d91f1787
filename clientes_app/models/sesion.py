"""Sessions that are open: kept here, so that they can be listed and ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
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
