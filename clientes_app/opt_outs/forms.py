"""The form of a number for the list."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms.validators import ValidationError

from ..settings import current_settings
from ..values import phone
from ..values.phone_lines import PhoneProblem
from ..web.formatting import no_sms_reason
from ..web.forms import Form, TextField, line_field

LONGEST_SPELLING = 100
_NO_NUMBER = (PhoneProblem.EMPTY, PhoneProblem.UNREADABLE, PhoneProblem.SHORT_CODE)


class NumberForm(Form):
    """A number that can receive SMS."""

    telefono = line_field(lazy_gettext("Mobile number"), LONGEST_SPELLING, required=True)

    def validate_telefono(self, field: TextField) -> None:
        """Refuse what no SMS goes to anyway."""
        problem = phone.problem(field.data or "", _region())
        if problem in _NO_NUMBER:
            raise ValidationError(gettext("Write a mobile number, such as 300 123 4567."))
        if problem is not None:
            raise ValidationError(f"{no_sms_reason(problem)}.")

    @property
    def number(self) -> str:
        """Return the E.164 number of a valid form."""
        return phone.to_e164(self.telefono.data or "", _region()) or ""


def _region() -> str:
    return current_settings().default_region
