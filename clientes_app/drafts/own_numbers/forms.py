"""The forms of a person's own number."""

from __future__ import annotations

from flask_babel import lazy_gettext

from ...values.text import clean_line
from ...web.forms import Form, NumberedField


class NumberForm(Form):
    """Which number it is."""

    telefono_propio = NumberedField(lazy_gettext("Your mobile number"), 40, clean_line, required=True)


class CodeForm(Form):
    """The code that was sent to it."""

    codigo = NumberedField(lazy_gettext("Code"), 12, clean_line, required=True)

    @property
    def digits(self) -> str:
        """Return the code without what people put between its digits."""
        return (self.codigo.data or "").replace(" ", "").replace("-", "")
