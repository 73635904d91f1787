"""The pace that all workers share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import UtcDateTime


class RitmoDeEnvio(Base):
    """The one row that says when the next message may go, whichever worker sends it, by the database's clock."""

    __tablename__ = "ritmo_de_envio"
    __table_args__ = (CheckConstraint("id = 1", name="unico"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    siguiente: Mapped[datetime] = mapped_column(UtcDateTime)
    """Up to here the time is given to messages."""
    partes_por_segundo: Mapped[float | None]
    """While it is lower than the settings say, because Twilio refused; else null."""
    meta: Mapped[float | None]
    medido: Mapped[datetime] = mapped_column(UtcDateTime)
    pausa_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rechazos: Mapped[int] = mapped_column(default=0, server_default="0")
