"""The log-in form."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from ..forms import Form, line_field


class LogInForm(Form):
    """Name and password."""

    usuario = line_field(lazy_gettext("User"), 150, required=True)
    clave = PasswordField(
        lazy_gettext("Password"),
        validators=[DataRequired(message=lazy_gettext("This field is required.")), Length(max=1000)],
    )
