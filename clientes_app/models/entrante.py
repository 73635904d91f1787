"""Messages that people sent to the shop's number and that were heard: by their SIDs, so that none is heard twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import UtcDateTime, utc_now


class MensajeEntrante(Base):
    """A message whose wish was done; neither its text nor its number is kept."""

    __tablename__ = "mensaje_entrante"

    sid: Mapped[str] = mapped_column(String(34), primary_key=True)
    """Twilio's, unique in its whole world."""
    recibido: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
