"""The leases under which processes send, and the pace that they share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Identity, Integer, String, UniqueConstraint, literal, or_
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import UtcDateTime, utc_now


class TurnoDeEnvio(Base):
    """A process that may claim messages now, and when it last gave a sign of life.

    The embedded sender has the one lease that is `unico`; each worker has one of its own, also one that does not send.
    """

    __tablename__ = "turno_de_envio"
    __table_args__ = (
        CheckConstraint("unico = 1", name="unico"),
        UniqueConstraint("unico"),
        UniqueConstraint("titular"),
    )

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), Identity(start=1000), primary_key=True
    )
    """Never given twice: what was claimed under a lease that is gone is nobody's."""
    titular: Mapped[str] = mapped_column(String(120))
    latido: Mapped[datetime] = mapped_column(UtcDateTime)
    unico: Mapped[int | None] = mapped_column(default=1, server_default="1")
    colas: Mapped[str] = mapped_column(String(100), default="", server_default="")
    """What a worker does: the names of its queues."""
    velocidades: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """How fast a worker sends, in messages a second by the id of the campaign."""
    desde: Mapped[datetime | None] = mapped_column(UtcDateTime, default=utc_now)


SENDS = or_(TurnoDeEnvio.unico == 1, (literal(",") + TurnoDeEnvio.colas + ",").contains(",send,"))
"""Whether the holder of a lease is one of those who send."""


class RitmoDeEnvio(Base):
    """The one row that says when the next message may go, whichever worker sends it, by the database's clock."""

    __tablename__ = "ritmo_de_envio"
    __table_args__ = (CheckConstraint("id = 1", name="unico"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    siguiente: Mapped[datetime] = mapped_column(UtcDateTime)
    """Up to here the time is given to messages."""
    partes_por_segundo: Mapped[float | None]
    """While it is lower than the settings say, because Twilio refused; else null."""
    meta: Mapped[float | None]
    medido: Mapped[datetime] = mapped_column(UtcDateTime)
    pausa_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rechazos: Mapped[int] = mapped_column(default=0, server_default="0")
