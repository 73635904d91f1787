"""The field of a telephone number: one that can be read is taken however it is spelled."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from ..settings import current_settings
from ..values import phone
from ..values.phone_lines import PhoneProblem
from ..values.text import clean_line
from .formatting import no_sms_reason
from .forms import NumberedField, too_long


class PhoneField(NumberedField):
    """A telephone number; `longest` characters are stored, and a longer spelling in a shorter one."""

    def __init__(self, label: str, longest: int, **options: Any) -> None:
        super().__init__(label, longest, clean_line, validators=[_check_length], **options)

    @property
    def stored(self) -> str:
        """Return the number as it is stored: as typed, where it is not too long."""
        return phone.shortened(self.data or "", current_settings().default_region, self.longest)


def _check_length(_form: object, field: PhoneField) -> None:
    if len(field.stored) <= field.longest:
        return
    problem = phone.problem(field.data or "", current_settings().default_region)
    # That of two numbers one is too many says more than that they are too long.
    if problem in (PhoneProblem.SEVERAL, PhoneProblem.EXTENSION):
        raise ValidationError(f"{no_sms_reason(problem)}.")
    raise ValidationError(too_long(field.longest))
