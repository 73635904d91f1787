"""Second factors: a code from an app, recovery codes, passkeys; and how often somebody gave a wrong code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...extensions import Base
from ..types import Id, PrimaryKey, UtcDateTime, utc_now


class Totp(Base):
    """The secret that a person's app makes codes from (RFC 6238)."""

    __tablename__ = "totp"

    persona_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True)
    secreto: Mapped[str] = mapped_column(Text)
    """Encrypted."""
    confirmado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person proved that the app has it; null: it does not count yet."""
    ultimo_paso: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The time step of the last code taken: no code is taken twice."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class CodigoDeRecuperacion(Base):
    """A code that stands in for the second factor once."""

    __tablename__ = "codigo_de_recuperacion"

    id: Mapped[PrimaryKey]
    codigo_hash: Mapped[str] = mapped_column(String(255))
    usado: Mapped[datetime | None] = mapped_column(UtcDateTime)
    persona_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)


class LlaveDeAcceso(Base):
    """A passkey (WebAuthn)."""

    __tablename__ = "llave_de_acceso"

    id: Mapped[PrimaryKey]
    nombre: Mapped[str] = mapped_column(String(60))
    credencial_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    clave_publica: Mapped[bytes] = mapped_column(LargeBinary)
    contador: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How often the authenticator says that it signed."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    usada: Mapped[datetime | None] = mapped_column(UtcDateTime)
    persona_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)


class SegundoPasoFallido(Base):
    """The wrong codes that somebody gave who knows a person's password, since the person chose it."""

    __tablename__ = "segundo_paso_fallido"
    __table_args__ = (CheckConstraint("seguidos >= 0 AND sospechosos >= 0", name="cuenta"),)

    persona_id: Mapped[int] = mapped_column(Id, ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True)
    seguidos: Mapped[int] = mapped_column(Integer)
    """Since the last right code."""
    sospechosos: Mapped[int] = mapped_column(Integer)
    """Those before it that came one after another, as they do where somebody guesses."""
    ultimo: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    espera_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Before that not even the right code is compared."""
