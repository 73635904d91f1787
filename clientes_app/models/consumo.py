"""What accounts used up, day by day: of their limits, and of the one advertisement that a person may get."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, Money, UtcDateTime


class Consumo(Base):
    """What an account with limits used up on one day of its zone; the first claim of the day makes the row.

    `sending.allowance` is the only way to change it.
    """

    __tablename__ = "consumo"
    __table_args__ = (
        CheckConstraint("mensajes >= 0", name="mensajes"),
        CheckConstraint("pesos >= 0", name="pesos"),
        CheckConstraint("termina <= termina_mes", name="termina"),
    )

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    dia: Mapped[date] = mapped_column(primary_key=True)
    termina: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the day is over."""
    termina_mes: Mapped[datetime] = mapped_column(UtcDateTime)
    """When its month is over."""
    mensajes: Mapped[int]
    """How many messages were claimed on it and did not come back."""
    pesos: Mapped[Decimal] = mapped_column(Money)
    """What these cost; in an account's first row, also what its month had cost before."""


class PublicidadDelDia(Base):
    """A number has its advertisement of a day: the key lets no message get there beside the one that the row names.

    `sending.law.advertised` has the only statements that change it.
    """

    __tablename__ = "publicidad_del_dia"
    __table_args__ = (Index("ix_publicidad_del_dia_dia", "dia"),)

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    telefono_e164: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Or its pseudonym, once its person is erased."""
    dia: Mapped[date] = mapped_column(Date, primary_key=True)
    """By the clock of the number's country where that is Colombia, else of the account's zone."""
    mensaje_id: Mapped[int] = mapped_column(Id, ForeignKey("sms_log.id", ondelete="RESTRICT"))
