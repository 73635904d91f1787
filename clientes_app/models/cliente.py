"""A shop's clients."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import Derived, Money, PrimaryKey, UtcDateTime, binary_text, only_where, utc_now

OUTSIDE_NAMES = "\n 0123456789+().-/"
"""What numbers and documents hold but for letters; `busqueda` holds them line by line, after the name."""


class Cliente(Base):
    """A client of an account; `telefono` is as typed, `telefono_e164` is what can be sent to."""

    __tablename__ = "cliente"
    __table_args__ = (
        CheckConstraint("length(nombre) BETWEEN 1 AND 150", name="nombre"),
        CheckConstraint("length(telefono) <= 20", name="telefono"),
        CheckConstraint("length(documento) <= 20", name="documento"),
        Index("ix_cliente_usuario_id_id", "usuario_id", "id"),
        Index("ix_cliente_usuario_id_activo_id", "usuario_id", "activo", "id"),
        Index("ix_cliente_usuario_id_telefono_e164", "usuario_id", "telefono_e164"),
        Index("ix_cliente_usuario_id_nombre_orden_id_letras", "usuario_id", "nombre_orden", "id", "letras"),
        Index("ix_cliente_usuario_id_nombre_clave", "usuario_id", "nombre_clave"),
        Index("ix_cliente_usuario_id_creado", "usuario_id", "creado"),
        Index(
            "ix_cliente_usuario_id_documento_clave",
            "usuario_id",
            "documento_clave",
            **only_where("documento_clave <> ''"),
        ),
        Index(
            "ix_cliente_usuario_id_ultima_compra_id",
            "usuario_id",
            "ultima_compra",
            "id",
            **only_where("ultima_compra IS NOT NULL"),
        ),
        Index("ix_cliente_usuario_id_total_compras", "usuario_id", "total_compras", **only_where("total_compras > 0")),
        Index(
            "ix_cliente_usuario_id_compras",
            "usuario_id",
            "activo",
            "numero_compras",
            "ultima_compra",
            **only_where("numero_compras > 0"),
        ),
        Index("ix_cliente_importacion_id_id", "importacion_id", "id", **only_where("importacion_id IS NOT NULL")),
        # A deleted client's id is never given to another: old links must not lead to somebody else.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(150))
    telefono: Mapped[str] = mapped_column(String(20), default="", server_default="")
    telefono_e164: Mapped[str | None] = mapped_column(String(16))
    documento: Mapped[str] = mapped_column(String(20), default="", server_default="")
    busqueda: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What a search looks in: name, number and document, folded. A trigram index follows it by itself."""
    nombre_orden: Mapped[str] = mapped_column(binary_text(150), default="", server_default="")
    """The name as lists sort it: folded."""
    letras: Mapped[bool] = mapped_column(
        Derived(
            "substr(busqueda || '\n', 1, length(nombre_orden) + 1) <> nombre_orden || '\n'"
            f" OR ltrim(substr(busqueda, length(nombre_orden) + 1), '{OUTSIDE_NAMES}') <> ''"
        ),
        nullable=True,
        deferred=True,
    )
    """Whether `busqueda` may hold letters outside `nombre_orden`: else the name alone says who holds a word."""
    nombre_clave: Mapped[str] = mapped_column(String(150), default="", server_default="")
    """What near-same names have in common."""
    documento_clave: Mapped[str] = mapped_column(binary_text(20), default="", server_default="")
    """The document's letters and digits."""
    ultima_compra: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total_compras: Mapped[Decimal] = mapped_column(Money, default=0, server_default="0")
    numero_compras: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many sales were made to it; a trigger on `venta` counts."""
    escrito: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a message went out to it: counting the message's campaign says so."""
    fallo_dejado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody said to go on writing to its number, though it does not work."""
    activo: Mapped[bool] = mapped_column(default=True)
    borrado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When everything about this person was erased; the row stays for its sales."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    importacion_id: Mapped[int | None] = mapped_column(ForeignKey("importacion.id", ondelete="SET NULL"))
    """The import that created the client."""
