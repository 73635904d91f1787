"""The forms of the second step."""

from __future__ import annotations

from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from ...web.forms import Form, line_field

LONGEST_CODE = 40
LONGEST_CREDENTIAL = 20_000


def _password_field() -> PasswordField:
    filled = DataRequired(message=lazy_gettext("This field is required."))
    return PasswordField(lazy_gettext("Your password"), validators=[filled, Length(max=1000)])


class CodeForm(Form):
    """A code from the app."""

    codigo = line_field(lazy_gettext("Code from the app"), LONGEST_CODE, required=True)


class RecoveryCodeForm(Form):
    """A recovery code."""

    codigo = line_field(lazy_gettext("Recovery code"), LONGEST_CODE, required=True)


class ConfirmAppForm(CodeForm):
    """The first code, and the password of whoever turns codes on."""

    clave = _password_field()


class PasswordForm(Form):
    """The password of whoever changes something."""

    clave = _password_field()


class NewPasskeyForm(PasswordForm):
    """A passkey's name, and the password of whoever adds it."""

    nombre = line_field(lazy_gettext("Name of the passkey"), 60, required=True)


class PasskeyForm(Form):
    """What the browser answers that was asked for a passkey, as JSON."""

    credencial = HiddenField(validators=[DataRequired(), Length(max=LONGEST_CREDENTIAL)])


def password_form(section: str, formdata: MultiDict[str, str] | None = None) -> PasswordForm:
    """Return the form of one section of a page that has several."""
    form = PasswordForm(formdata=formdata)
    form.clave.id = f"clave-{section}"
    return form
