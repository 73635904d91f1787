"""A person's own number, to which messages go that are tried first; and the code that proves whose it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ...extensions import Base
from ..types import Id, UtcDateTime


class NumeroPropio(Base):
    """The number that a person has proven to be theirs, and the one that they are proving; either may be missing."""

    __tablename__ = "numero_propio"
    __table_args__ = (
        CheckConstraint("(telefono_e164 IS NULL) = (probado IS NULL)", name="probado"),
        CheckConstraint(
            "(por_probar IS NULL) = (codigo_hash IS NULL) AND (por_probar IS NULL) = (vence IS NULL)", name="por_probar"
        ),
        CheckConstraint("intentos BETWEEN 0 AND 5", name="intentos"),
    )

    persona_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True)
    telefono_e164: Mapped[str | None] = mapped_column(String(16))
    probado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    por_probar: Mapped[str | None] = mapped_column(String(16))
    """The number that the last code was sent to."""
    codigo_hash: Mapped[str | None] = mapped_column(String(64))
    vence: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the code counts."""
    intentos: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many codes were typed since the last one was sent."""
