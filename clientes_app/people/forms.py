"""The forms of a person, and of a password that somebody chooses."""

from __future__ import annotations

from flask_babel import lazy_gettext

from ..auth.forms import password_field
from ..models import Usuario
from ..values.log_in_names import LONGEST_NAME
from ..web.forms import FlagField, Form, line_field
from .services import PersonFields


class PersonForm(Form):
    """How a vendedor is called, and what they may do beyond looking."""

    usuario = line_field(lazy_gettext("User"), LONGEST_NAME, required=True)
    nombre = line_field(lazy_gettext("Shown name"), LONGEST_NAME)
    puede_enviar = FlagField(lazy_gettext("Send campaigns"), default=True)
    puede_vender = FlagField(lazy_gettext("Record sales"), default=True)
    puede_editar_clientes = FlagField(lazy_gettext("Create and edit clients"), default=False)

    @classmethod
    def of(cls, person: Usuario) -> PersonForm:
        """Return the form that shows a person as they are."""
        return cls(formdata=None, obj=person)

    @property
    def fields(self) -> PersonFields:
        """Return what a valid form says."""
        return PersonFields(
            usuario=self.usuario.data or "",
            nombre=self.nombre.data or "",
            puede_enviar=self.puede_enviar.data,
            puede_vender=self.puede_vender.data,
            puede_editar_clientes=self.puede_editar_clientes.data,
        )


class PasswordForm(Form):
    """A password that somebody chooses for themselves."""

    clave = password_field(lazy_gettext("New password"))
