"""The lease that makes one process the sender."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import UtcDateTime


class TurnoDeEnvio(Base):
    """The one row that says which process sends, and when it last gave a sign of life."""

    __tablename__ = "turno_de_envio"
    __table_args__ = (CheckConstraint("id = 1", name="unico"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    titular: Mapped[str] = mapped_column(String(120))
    latido: Mapped[datetime] = mapped_column(UtcDateTime)
