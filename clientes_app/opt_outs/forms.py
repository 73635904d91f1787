"""The form of a number for the list."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import StringField
from wtforms.validators import ValidationError

from ..settings import current_settings
from ..values import phone
from ..values.phone_lines import PhoneProblem
from ..web.forms import Form, line_field


class NumberForm(Form):
    """A number that can receive SMS."""

    telefono = line_field(lazy_gettext("Mobile number"), 40, required=True)

    def validate_telefono(self, field: StringField) -> None:
        """Refuse what no SMS goes to anyway."""
        problem = phone.problem(field.data or "", _region())
        if problem is PhoneProblem.LANDLINE:
            raise ValidationError(gettext("A landline gets no SMS."))
        if problem is not None:
            raise ValidationError(gettext("Write a mobile number, such as 300 123 4567."))

    @property
    def number(self) -> str:
        """Return the E.164 number of a valid form."""
        return phone.to_e164(self.telefono.data or "", _region()) or ""


def _region() -> str:
    return current_settings().default_region
