"""Messages that people sent to the shop's number: which ones were heard, and what a person has to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, only_where, utc_now

LONGEST_ANSWER = 1_600
"""Characters of a message that Twilio hands on."""
MOST_MEDIA = 10
"""Pictures and the like that Twilio hands on with a message."""


class MensajeEntrante(Base):
    """A message that was heard, by its SID, so that none is heard twice; neither its text nor its number."""

    __tablename__ = "mensaje_entrante"

    sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    """Twilio's, unique in its whole world."""
    recibido: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)


class Respuesta(Base):
    """What somebody wrote back that no program can judge; it belongs to the account that last wrote to the number."""

    __tablename__ = "respuesta"
    __table_args__ = (
        CheckConstraint(f"length(mensaje) <= {LONGEST_ANSWER}", name="mensaje"),
        CheckConstraint(f"adjuntos BETWEEN 0 AND {MOST_MEDIA}", name="adjuntos"),
        CheckConstraint("mensaje <> '' OR adjuntos > 0", name="algo"),
        Index("ix_respuesta_usuario_id_id", "usuario_id", "id"),
        Index("ix_respuesta_usuario_id_telefono_e164_id", "usuario_id", "telefono_e164", "id"),
        Index("ix_respuesta_sin_leer", "usuario_id", "id", **only_where("leida IS NULL")),
    )

    id: Mapped[PrimaryKey]
    telefono_e164: Mapped[str] = mapped_column(String(16))
    mensaje: Mapped[str] = mapped_column(Text)
    adjuntos: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many pictures and the like came with it; they stay with Twilio."""
    recibida: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    leida: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody of the shop said that it is read."""
    campana_id: Mapped[int | None] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    """The campaign that last wrote to the number."""
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
