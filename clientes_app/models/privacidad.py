"""What the installation keeps for itself so that it can erase: the key of pseudonyms, and when it last tidied up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Base
from .types import UtcDateTime


class Privacidad(Base):
    """The one row of an installation; made when it is first needed.

    The key stands in the database and not in a file or in SECRET_KEY: machines that share nothing but the database
    must write the same pseudonym, and who changes SECRET_KEY must not lose an opt-out. So a pseudonym hides a number
    from whoever sees pages, exports and logs, not from who holds a copy of the whole database.
    """

    __tablename__ = "privacidad"
    __table_args__ = (CheckConstraint("id = 1", name="unico"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    clave: Mapped[bytes] = mapped_column(LargeBinary)
    """The key by which numbers become pseudonyms; random, never changed."""
    limpieza: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the daily task last began."""
