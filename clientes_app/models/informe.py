"""What reports add up: marks that are appended where rows change, and the sums that are folded from them.

Nobody who changes rows waits for a sum: whoever looks at a report folds. docs/reports.md tells how.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .campana import EstadoSMS, Recibo
from .types import Id, Money, PrimaryKey, UtcDateTime, state_column


class ReciboAnotado(Base):
    """Says that receipts of a campaign came in since it was counted; it refers to no row, so nobody waits for one."""

    __tablename__ = "recibo_anotado"
    __table_args__ = (Index("ix_recibo_anotado_campana_id_id", "campana_id", "id"),)

    id: Mapped[PrimaryKey]
    campana_id: Mapped[int] = mapped_column(BigInteger)


class CampanaContada(Base):
    """A campaign whose messages were counted, and what it looked like then."""

    __tablename__ = "campana_contada"

    campana_id: Mapped[int] = mapped_column(Id, ForeignKey("campana_sms.id", ondelete="RESTRICT"), primary_key=True)
    huella: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Its counters and the moment of its last change; empty: it never was counted."""
    vez: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How often it was counted: of two who count at a time, the first to store it counts."""
    contada: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MensajesContados(Base):
    """How many messages of a campaign came to one end, for one reason, in one quarter of an hour."""

    __tablename__ = "mensajes_contados"
    __table_args__ = (
        CheckConstraint("mensajes > 0", name="mensajes"),
        Index("ix_mensajes_contados_campana_id", "campana_id"),
        Index("ix_mensajes_contados_usuario_id_cuarto", "usuario_id", "cuarto"),
    )

    id: Mapped[PrimaryKey]
    campana_id: Mapped[int] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    cuarto: Mapped[int] = mapped_column(BigInteger)
    """The quarter of an hour of the last change of their state, counted from 1970 in UTC."""
    estado: Mapped[EstadoSMS] = mapped_column(state_column(EstadoSMS))
    recibo: Mapped[Recibo | None] = mapped_column(state_column(Recibo, longest=20))
    codigo: Mapped[int | None]
    """Twilio's code: of the refusal, or else of the receipt."""
    motivo: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Why it was not sent, where there is no code."""
    mensajes: Mapped[int]
    partes: Mapped[int]


class EntregasContadas(Base):
    """How many messages of a campaign were delivered in one quarter of an hour."""

    __tablename__ = "entregas_contadas"
    __table_args__ = (CheckConstraint("mensajes > 0", name="mensajes"),)

    campana_id: Mapped[int] = mapped_column(Id, ForeignKey("campana_sms.id", ondelete="RESTRICT"), primary_key=True)
    cuarto: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    mensajes: Mapped[int]


class CompraDespues(Base):
    """A sale, and the last message that its client had got before it, at most `LONGEST_AFTER` earlier.

    The database's triggers keep it when a sale changes or its client becomes another; counting a campaign adds what
    its messages came before. How many days count is asked when it is read.
    """

    __tablename__ = "compra_despues"
    __table_args__ = (
        CheckConstraint("segundos BETWEEN 0 AND 5184000", name="segundos"),
        Index("ix_compra_despues_campana_id", "campana_id", "segundos", "cliente_id", "total"),
        Index("ix_compra_despues_usuario_id_fecha", "usuario_id", "fecha", "segundos", "campana_id", "total"),
    )

    venta_id: Mapped[int] = mapped_column(Id, ForeignKey("venta.id", ondelete="CASCADE"), primary_key=True)
    sms_log_id: Mapped[int] = mapped_column(BigInteger)
    """Messages are never deleted."""
    campana_id: Mapped[int] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    cliente_id: Mapped[int] = mapped_column(BigInteger)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    enviado: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the message went out."""
    fecha: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the sale was made."""
    segundos: Mapped[int]
    """Whole seconds from the one to the other."""
    total: Mapped[Decimal] = mapped_column(Money)


class Contado(Base):
    """How many there are of what a figure counts in one quarter of an hour, counted from 1970 in UTC.

    The database's triggers count: sales, clients by when they came, last bought and can be written to, and purchases
    after messages. `reports/counted/tallies.py` tells the figures.
    """

    __tablename__ = "contado"
    __table_args__ = ({"sqlite_with_rowid": False},)

    usuario_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="RESTRICT"), primary_key=True)
    cifra: Mapped[str] = mapped_column(String(16), primary_key=True)
    cuarto: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """0 where the figure asks for no time."""
    cuantos: Mapped[int] = mapped_column(BigInteger)
    centavos: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """What they sum up to, where that is asked: a whole number, which both databases add exactly."""


class Anotado(Base):
    """What is to be added to `contado`, on PostgreSQL: two who change one count would wait for each other there."""

    __tablename__ = "anotado"
    __table_args__ = (Index("ix_anotado_usuario_id_id", "usuario_id", "id"),)

    id: Mapped[PrimaryKey]
    usuario_id: Mapped[int] = mapped_column(BigInteger)
    cifra: Mapped[str] = mapped_column(String(16))
    cuarto: Mapped[int] = mapped_column(BigInteger)
    cuantos: Mapped[int] = mapped_column(BigInteger)
    """Less than nothing, where some are gone."""
    centavos: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
