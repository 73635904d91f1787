"""The forms of logging in, and of the first admin."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from ..values.log_in_names import LONGEST_NAME, RULE, is_usable
from ..web.forms import Form, line_field
from .passwords import LONGEST


def password_field(label: str) -> PasswordField:
    """Return a field for a password; whether it will do is said by `passwords.check`."""
    filled = DataRequired(message=lazy_gettext("This field is required."))
    short_enough = Length(max=LONGEST, message=lazy_gettext("Use at most %(longest)d characters.", longest=LONGEST))
    return PasswordField(label, validators=[filled, short_enough])


class LogInForm(Form):
    """Name and password."""

    usuario = line_field(lazy_gettext("User"), 150, required=True)
    clave = password_field(lazy_gettext("Password"))


class FirstRunForm(Form):
    """The code in the server's log, and who the first admin is."""

    codigo = line_field(lazy_gettext("Code"), 40, required=True)
    usuario = line_field(lazy_gettext("User"), LONGEST_NAME, required=True)
    clave = password_field(lazy_gettext("Password"))

    def validate_usuario(self, field: StringField) -> None:
        """Refuse a name that nobody may have."""
        if not is_usable(field.data or ""):
            raise ValidationError(gettext(RULE))
