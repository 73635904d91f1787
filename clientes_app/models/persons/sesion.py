"""Sessions that are open, so that they can be listed and ended; forms that came when theirs was over; tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ...extensions import Base
from ..types import PrimaryKey, UtcDateTime, utc_now


class Sesion(Base):
    """A log-in on a device; the row goes when the session ends."""

    __tablename__ = "sesion"

    id: Mapped[PrimaryKey]
    clave_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The SHA-256 of the secret that the browser's cookie carries."""
    dispositivo: Mapped[str] = mapped_column(String(300), default="")
    """What the browser calls itself."""
    direccion: Mapped[str] = mapped_column(String(45), default="")
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    visto: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    """When its person last did something; streams and polling do not count."""
    persona_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)


class FormularioGuardado(Base):
    """The fields of a form that was refused for want of a log-in; only the browser that sent it can read them."""

    __tablename__ = "formulario_guardado"
    __table_args__ = (Index("ix_formulario_guardado_creado", "creado"),)

    id: Mapped[PrimaryKey]
    contenido: Mapped[str] = mapped_column(Text)
    """Encrypted with a key that stands in that browser's cookie and nowhere else."""
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    """Whose page sent it; null in rows of an earlier version, which nobody is shown."""
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Intento(Base):
    """How often something was tried in a window of time, such as a password of one name; for nobody after its end."""

    __tablename__ = "intento"
    __table_args__ = (CheckConstraint("cuenta >= 0", name="cuenta"), Index("ix_intento_vence", "vence"))

    clave: Mapped[str] = mapped_column(String(64), primary_key=True)
    """What is counted, by its HMAC: from the table alone nobody learns an address or what somebody typed."""
    cuenta: Mapped[int]
    vence: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the window ends, by the database's clock."""
