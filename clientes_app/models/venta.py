"""Sales, which protect their client from deletion."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Money, PrimaryKey, UtcDateTime, only_where, utc_now


class Venta(Base):
    """A sale to a client, in pesos."""

    __tablename__ = "venta"
    __table_args__ = (
        CheckConstraint("total > 0", name="total"),
        CheckConstraint("length(concepto) <= 200", name="concepto"),
        CheckConstraint("length(recibo) <= 40", name="recibo"),
        Index("ix_venta_cliente_id_fecha", "cliente_id", "fecha"),
        Index(
            "ix_venta_usuario_id_clave_idempotencia",
            "usuario_id",
            "clave_idempotencia",
            unique=True,
            **only_where("clave_idempotencia IS NOT NULL"),
        ),
        Index("ix_venta_usuario_id_recibo", "usuario_id", "recibo", unique=True, **only_where("recibo <> ''")),
        Index(
            "ix_venta_usuario_id_huella_importada",
            "usuario_id",
            "huella_importada",
            **only_where("huella_importada IS NOT NULL"),
        ),
        Index("ix_venta_importacion_id_id", "importacion_id", "id", **only_where("importacion_id IS NOT NULL")),
    )

    id: Mapped[PrimaryKey]
    cliente_id: Mapped[int] = mapped_column(ForeignKey("cliente.id", ondelete="RESTRICT"))
    total: Mapped[Decimal] = mapped_column(Money)
    concepto: Mapped[str] = mapped_column(String(200), default="", server_default="")
    fecha: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"), index=True)
    registrada: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)
    """When it was stored; null of one of a time when that was not kept."""
    ediciones: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was edited: whoever edits or deletes it says as of which edition."""
    recibo: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The till's own number of it; empty where it has none."""
    clave_idempotencia: Mapped[str | None] = mapped_column(String(200))
    """The `Idempotency-Key` that a program sent with it."""
    huella: Mapped[str | None] = mapped_column(String(64))
    """What the key came with: the SHA-256 of the person, the client and the body."""
    importacion_id: Mapped[int | None] = mapped_column(ForeignKey("importacion.id", ondelete="SET NULL"))
    """The import that brought it."""
    huella_importada: Mapped[str | None] = mapped_column(String(64))
    """What the import's file said of it, by which the same line is known after an edit: the SHA-256 of moment, total
    and concept; null of one that no import brought."""
