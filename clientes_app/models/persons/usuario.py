"""The people who log in: admins, each with an account, and their vendedores."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ...extensions import Base
from ...values.log_in_names import key_of
from ..types import PrimaryKey, UtcDateTime, state_column, utc_now

if TYPE_CHECKING:
    from ..cuenta import Cuenta


class Rol(StrEnum):
    """What a person is in the shop."""

    ADMIN = "admin"
    VENDEDOR = "vendedor"


class Usuario(UserMixin, Base):
    """A person with a log-in; an admin's id is the id of the account."""

    __tablename__ = "usuario"
    __table_args__ = (
        CheckConstraint("(rol = 'admin') = (creado_por_id IS NULL)", name="creado_por"),
        CheckConstraint("length(usuario) BETWEEN 1 AND 150", name="usuario"),
    )

    id: Mapped[PrimaryKey]
    usuario: Mapped[str] = mapped_column(String(150), unique=True)
    usuario_clave: Mapped[str] = mapped_column(String(150), unique=True, index=True, server_default="")
    """What all spellings of the name have in common, so that no two people's names look alike."""
    clave_hash: Mapped[str] = mapped_column(String(255))
    rol: Mapped[Rol] = mapped_column(state_column(Rol))
    creado_por_id: Mapped[int | None] = mapped_column(ForeignKey("usuario.id", ondelete="RESTRICT"), index=True)
    negocio: Mapped[str] = mapped_column(String(150), default="")
    nombre: Mapped[str] = mapped_column(String(150), default="", server_default="")
    """What others read; empty: the name of the log-in."""
    idioma: Mapped[str | None] = mapped_column(String(8))
    tema: Mapped[str | None] = mapped_column(String(8))
    activo: Mapped[bool] = mapped_column(default=True, server_default="1")
    """Whether this person may log in."""
    puede_enviar: Mapped[bool] = mapped_column(default=True, server_default="1")
    puede_vender: Mapped[bool] = mapped_column(default=True, server_default="1")
    puede_editar_clientes: Mapped[bool] = mapped_column(default=False, server_default="0")
    visto: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When this person last did something."""
    de_muestra: Mapped[bool] = mapped_column(default=False)
    creado: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    creado_por: Mapped[Usuario | None] = relationship(remote_side="Usuario.id")
    cuenta: Mapped[Cuenta | None] = relationship(
        primaryjoin="foreign(Cuenta.usuario_id) == func.coalesce(Usuario.creado_por_id, Usuario.id)",
        uselist=False,
        viewonly=True,
    )
    """What the account has settled; None where it never changed anything."""

    @validates("usuario")
    def _note_key(self, _column: str, name: str) -> str:
        self.usuario_clave = key_of(name)
        return name

    @property
    def is_admin(self) -> bool:
        """Return whether this person owns the account."""
        return self.rol is Rol.ADMIN

    @property
    def may_send(self) -> bool:
        """Return whether this person may send campaigns."""
        return self.is_admin or self.puede_enviar

    @property
    def may_sell(self) -> bool:
        """Return whether this person may record sales."""
        return self.is_admin or self.puede_vender

    @property
    def may_edit_clients(self) -> bool:
        """Return whether this person may create and edit clients."""
        return self.is_admin or self.puede_editar_clientes

    @property
    def display_name(self) -> str:
        """Return what others read."""
        return self.nombre or self.usuario

    @property
    def account_id(self) -> int:
        """Return the id of the admin whose data this person sees."""
        return self.id if self.creado_por_id is None else self.creado_por_id

    @property
    def shop(self) -> str:
        """Return the shop's name, or the admin's where it has none."""
        owner = self.creado_por or self
        return owner.negocio or owner.usuario
