"""An account's own fields, and what they say of each client."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Id, PrimaryKey, UtcDateTime, binary_text, only_where, state_column, utc_now

MOST_FIELDS = 30
"""How many fields an account may have."""


class TipoDeCampo(StrEnum):
    """What a field holds."""

    TEXTO = "texto"
    NUMERO = "numero"
    FECHA = "fecha"
    """A day, which may be without its year."""
    OPCION = "opcion"
    """One of the field's choices."""


class Campo(Base):
    """A field of an account; `clave` is what it is called in texts, as a placeholder, and in JSON."""

    __tablename__ = "campo"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 40", name="nombre"),
        CheckConstraint("length(clave) BETWEEN 1 AND 40", name="clave"),
        CheckConstraint("lugar BETWEEN 1 AND 30", name="lugar"),
        UniqueConstraint("usuario_id", "clave"),
        UniqueConstraint("usuario_id", "lugar"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(40))
    clave: Mapped[str] = mapped_column(String(40))
    tipo: Mapped[TipoDeCampo] = mapped_column(state_column(TipoDeCampo))
    opciones: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """What a client may have of a field with choices, in the order in which they are offered."""
    lugar: Mapped[int] = mapped_column(SmallInteger)
    """Which of the places for `MOST_FIELDS` it takes: the database keeps an account to that many."""
    posicion: Mapped[int] = mapped_column(SmallInteger)
    """Where it stands among the others when they are shown."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))


class ValorDeCampo(Base):
    """What a field says of a client; the key begins with what a filter asks for, so that it reads a range of it."""

    __tablename__ = "valor_de_campo"
    __table_args__ = (
        CheckConstraint("length(valor) BETWEEN 1 AND 200", name="valor"),
        CheckConstraint("dia BETWEEN 101 AND 1231", name="dia"),
        UniqueConstraint("cliente_id", "campo_id"),
        Index(
            "ix_valor_de_campo_campo_id_dia_cliente_id",
            "campo_id",
            "dia",
            "cliente_id",
            **only_where("dia IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    campo_id: Mapped[int] = mapped_column(Id, ForeignKey("campo.id", ondelete="CASCADE"), primary_key=True)
    orden: Mapped[str] = mapped_column(binary_text(200), primary_key=True)
    """By which values are compared: text folded, numbers padded, days as in ISO 8601 with the year 0000 for none."""
    cliente_id: Mapped[int] = mapped_column(Id, ForeignKey("cliente.id", ondelete="CASCADE"), primary_key=True)
    valor: Mapped[str] = mapped_column(String(200))
    """The value itself: text, "12.5", "1990-05-17", "--05-17" for a day of every year, the choice."""
    dia: Mapped[int | None] = mapped_column(SmallInteger)
    """The month and the day of a date, as 517 for the 17th of May."""
