"""What a shop has settled for itself: rules, limits and prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, SmallInteger, String, false, true
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


class Norma(Base):
    """How an account keeps the law of advertising; one that never changed anything has no row.

    Hours are minutes after midnight; where both of a pair are null, nothing is sent on such days.
    """

    __tablename__ = "norma"
    __table_args__ = (
        CheckConstraint("semana_abre >= 0 AND semana_abre < semana_cierra AND semana_cierra <= 1440", name="semana"),
        CheckConstraint("sabado_abre >= 0 AND sabado_abre < sabado_cierra AND sabado_cierra <= 1440", name="sabado"),
        CheckConstraint(
            "festivo_abre >= 0 AND festivo_abre < festivo_cierra AND festivo_cierra <= 1440", name="festivo"
        ),
        CheckConstraint("(semana_abre IS NULL) = (semana_cierra IS NULL)", name="semana_entera"),
        CheckConstraint("(sabado_abre IS NULL) = (sabado_cierra IS NULL)", name="sabado_entero"),
        CheckConstraint("(festivo_abre IS NULL) = (festivo_cierra IS NULL)", name="festivo_entero"),
        CheckConstraint("tope_semana >= 1", name="tope_semana"),
        CheckConstraint("tope_mes >= 1", name="tope_mes"),
        CheckConstraint("con_salida OR NOT exigir", name="exigir"),
    )

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    semana_abre: Mapped[int | None] = mapped_column(SmallInteger)
    """From Monday to Friday."""
    semana_cierra: Mapped[int | None] = mapped_column(SmallInteger)
    sabado_abre: Mapped[int | None] = mapped_column(SmallInteger)
    sabado_cierra: Mapped[int | None] = mapped_column(SmallInteger)
    festivo_abre: Mapped[int | None] = mapped_column(SmallInteger)
    """On Sundays, holidays and the shop's own days."""
    festivo_cierra: Mapped[int | None] = mapped_column(SmallInteger)
    exigir: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether nobody may except a campaign, and what does not say its kind is advertising."""
    con_salida: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether advertisements end with a way out."""
    texto_salida: Mapped[str | None] = mapped_column(String(100))
    """How that is worded, `{enlace}` in it; null: as usual."""
    tope_semana: Mapped[int | None]
    """The most advertisements a person gets in seven days; null: no such cap."""
    tope_mes: Mapped[int | None]
    """The same for thirty days."""


class DiaPropio(Base):
    """A day on which an account sends no more advertising than on a holiday."""

    __tablename__ = "dia_propio"

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    dia: Mapped[date] = mapped_column(Date, primary_key=True)
    nombre: Mapped[str] = mapped_column(String(60), default="", server_default="")
