"""Campaigns while they are written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import PrimaryKey, UtcDateTime, utc_now


class Borrador(Base):
    """A campaign while it is written, as it was typed, right or wrong; no campaign, list or report knows it."""

    __tablename__ = "borrador"
    __table_args__ = (
        UniqueConstraint("usuario_id", "clave"),
        Index("ix_borrador_creado_por_id_cambiado", "creado_por_id", "cambiado"),
        Index("ix_borrador_cambiado", "cambiado"),
    )

    id: Mapped[PrimaryKey]
    clave: Mapped[str] = mapped_column(String(36))
    """A UUID, known before anything is stored: it stands in the page's address, and the campaign keeps it."""
    campos: Mapped[dict[str, Any]] = mapped_column(JSON)
    resumen: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What lists call it: its name, else how its text begins; empty: nothing is typed yet."""
    huella: Mapped[str] = mapped_column(String(64))
    """Tells whether it still is what somebody looked at."""
    pagina: Mapped[str] = mapped_column(String(36), default="", server_default="")
    """The open page that wrote it last, by a name of its own."""
    orden: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """When that page was typed into, by its own clock: of requests that overtake one another the last one counts."""
    continua_id: Mapped[int | None] = mapped_column(ForeignKey("campana_sms.id", ondelete="RESTRICT"))
    """The campaign to whose missing ones it goes."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    cambiado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    creado_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
