"""Sales, which protect their client from deletion."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Money, PrimaryKey, UtcDateTime, utc_now


class Venta(Base):
    """A sale to a client, in pesos."""

    __tablename__ = "venta"
    __table_args__ = (
        CheckConstraint("total > 0", name="total"),
        CheckConstraint("length(concepto) <= 200", name="concepto"),
        Index("ix_venta_cliente_id_fecha", "cliente_id", "fecha"),
    )

    id: Mapped[PrimaryKey]
    cliente_id: Mapped[int] = mapped_column(ForeignKey("cliente.id", ondelete="RESTRICT"))
    total: Mapped[Decimal] = mapped_column(Money)
    concepto: Mapped[str] = mapped_column(String(200), default="", server_default="")
    fecha: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"), index=True)
