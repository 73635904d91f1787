"""The opt-out list: numbers that a shop may not write to. It outlives the clients."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, state_column, utc_now


class OrigenBaja(StrEnum):
    """How a number came into the list."""

    MENSAJE = "mensaje"
    """The person answered with a word such as BAJA."""
    RESPUESTA = "respuesta"
    """The person asked for it in a sentence, which somebody of the shop read."""
    ENLACE = "enlace"
    """The person pressed the button of a message's way out."""
    TWILIO = "twilio"
    """Twilio refused the number for it (21610)."""
    ARCHIVO = "archivo"
    """A file that the shop imported said so."""
    NUMERO = "numero"
    """The number does not work, and somebody of the shop said to leave it alone."""
    MANUAL = "manual"
    """Somebody of the shop entered it."""


class Baja(Base):
    """A number that an account does not write to: it asked for no more messages, or does not work."""

    __tablename__ = "baja"
    __table_args__ = (
        UniqueConstraint("usuario_id", "telefono_e164"),
        Index("ix_baja_usuario_id_creado", "usuario_id", "creado"),
    )

    id: Mapped[PrimaryKey]
    telefono_e164: Mapped[str] = mapped_column(String(16))
    origen: Mapped[OrigenBaja] = mapped_column(state_column(OrigenBaja))
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))


class BajaRecordada(Base):
    """Somebody who answered STOP: known again by every account that comes to have the number, whenever that is."""

    __tablename__ = "baja_recordada"

    seudonimo: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The number's: nobody can read here whom other shops write to."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    """When the person last said so."""


class BajaLevantada(Base):
    """A number that an account took out of its list by hand: no STOP of before enters it again."""

    __tablename__ = "baja_levantada"

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    seudonimo: Mapped[str] = mapped_column(String(16), primary_key=True)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
