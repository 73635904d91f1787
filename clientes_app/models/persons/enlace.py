"""One-time links with which a person sets a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ...extensions import Base
from ..types import PrimaryKey, UtcDateTime, utc_now


class Enlace(Base):
    """A link that lets its person set a password, once and for a while."""

    __tablename__ = "enlace"

    id: Mapped[PrimaryKey]
    clave_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the secret in the link."""
    vence: Mapped[datetime] = mapped_column(UtcDateTime)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    persona_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    creado_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    """Who made it; null where it was the command line."""
