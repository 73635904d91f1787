"""Tokens with which programs call the JSON endpoints."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...extensions import Base
from ..types import PrimaryKey, UtcDateTime, utc_now
from .usuario import Usuario


class Alcance(StrEnum):
    """What a token may be used for."""

    READ = "read"
    CLIENTS = "clients"
    SALES = "sales"
    SEND = "send"


class TokenDeApi(Base):
    """A token of an account; the program that has it acts for the admin who made it."""

    __tablename__ = "token_de_api"
    __table_args__ = (Index("ix_token_de_api_usuario_id_id", "usuario_id", "id"),)

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(60))
    clave_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the token."""
    inicio: Mapped[str] = mapped_column(String(12))
    """The token's first characters, by which a person knows it again."""
    alcances: Mapped[str] = mapped_column(String(60))
    """What it may be used for: the scopes, with a space between."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revocado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    creado_por_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"))

    creado_por: Mapped[Usuario] = relationship(foreign_keys=[creado_por_id])
