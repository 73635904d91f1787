"""The forms of a person's own account."""

from __future__ import annotations

from flask_babel import lazy_gettext

from ...auth.forms import password_field
from ...web.forms import Form, line_field


class NameForm(Form):
    """What others read."""

    nombre = line_field(lazy_gettext("Your name"), 150)


class PasswordForm(Form):
    """The present password and the new one."""

    clave_actual = password_field(lazy_gettext("Present password"))
    clave_nueva = password_field(lazy_gettext("New password"))
