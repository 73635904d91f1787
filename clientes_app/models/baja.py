"""The opt-out list: numbers that a shop may not write to. It outlives the clients."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, state_column, utc_now


class OrigenBaja(StrEnum):
    """How a number came into the list."""

    MENSAJE = "mensaje"
    """The person answered with a word such as BAJA."""
    TWILIO = "twilio"
    """Twilio refused the number for it (21610)."""
    MANUAL = "manual"
    """Somebody of the shop entered it."""


class Baja(Base):
    """A number that asked an account for no more messages."""

    __tablename__ = "baja"
    __table_args__ = (UniqueConstraint("usuario_id", "telefono_e164"),)

    id: Mapped[PrimaryKey]
    telefono_e164: Mapped[str] = mapped_column(String(16))
    origen: Mapped[OrigenBaja] = mapped_column(state_column(OrigenBaja))
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
