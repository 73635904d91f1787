"""What a shop has settled for itself: rules, limits and prices."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, Money


class Cuenta(Base):
    """The settings of an account; one that never changed any has no row."""

    __tablename__ = "cuenta"
    __table_args__ = (
        CheckConstraint("mensajes_por_dia >= 0", name="mensajes_por_dia"),
        CheckConstraint("pesos_por_mes >= 0", name="pesos_por_mes"),
        CheckConstraint("meses_de_retencion >= 1", name="meses_de_retencion"),
        CheckConstraint("dias_de_compra BETWEEN 1 AND 60", name="dias_de_compra"),
    )

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    zona_horaria: Mapped[str | None] = mapped_column(String(64))
    """A name of the time zone database; null: the one of the installation."""
    exige_segundo_factor: Mapped[bool] = mapped_column(default=False, server_default="0")
    exige_aprobacion: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Whether a vendedor's campaign waits for an admin."""
    mensajes_por_dia: Mapped[int | None]
    """The most messages a day; null: no limit."""
    pesos_por_mes: Mapped[Decimal | None] = mapped_column(Money)
    """The most that a month's messages may cost; null: no limit."""
    meses_de_retencion: Mapped[int | None]
    """After how many months texts and numbers of messages are blanked; null: never."""
    dias_de_compra: Mapped[int] = mapped_column(default=7, server_default="7")
    """How many days after a message reports count what its client buys."""


class Precio(Base):
    """What an SMS part to a country costs an account, in pesos."""

    __tablename__ = "precio"
    __table_args__ = (CheckConstraint("precio >= 0", name="precio"),)

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    pais: Mapped[str] = mapped_column(String(2), primary_key=True)
    """Its two letters (ISO 3166)."""
    precio: Mapped[Decimal] = mapped_column(Money)
