"""What the accounts that have limits used up, day by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
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
