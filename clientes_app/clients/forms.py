"""The forms of a client, and the field of an amount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext, lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from ..fields.inputs import OwnField, inputs_of
from ..models import Campo
from ..values.amounts import parse_amount
from ..values.text import clean_line
from ..web.forms import EditForm, FlagField, Form, line_field, numbered_field
from ..web.front_door import cut
from ..web.phone_field import PhoneField
from .services import ClientFields


class ClientForm(EditForm):
    """A client."""

    nombre = line_field(lazy_gettext("Name"), 150, required=True)
    telefono = PhoneField(lazy_gettext("Mobile number"), 20)
    documento = numbered_field(lazy_gettext("Document"), 20)
    activo = FlagField(lazy_gettext("Active"), default=True)

    @classmethod
    def with_own(cls, fields: Sequence[Campo]) -> type[ClientForm]:
        """Return the form with an account's own fields after the others."""
        return type(cls.__name__, (cls,), inputs_of(fields))

    @property
    def own_inputs(self) -> list[OwnField]:
        """Return the inputs of the account's own fields."""
        return [field for field in self if isinstance(field, OwnField)]

    def given_values(self) -> dict[int, str]:
        """Return the same as `given` of the account's own fields, by their ids."""
        changed = self._changed()
        return {each.own.id: each.value for each in self.own_inputs if each.name in changed}

    def given(self) -> ClientFields:
        """Return the fields that the request gives, but for those that are as the page showed them."""
        own = {each.name for each in self.own_inputs}
        given = {name: value for name, value in self._changed().items() if name not in own}
        if "telefono" in given:
            given["telefono"] = self.telefono.stored
        return cast(ClientFields, given)


class ActiveForm(Form):
    """Whether a client is active."""

    activo = FlagField(lazy_gettext("Active"), validators=[InputRequired()])


class AmountField(StringField):
    """An amount of money; `amount` is what `data`, the text as typed, says."""

    amount: Decimal | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text and keep it, so that a wrong one can be mended."""
        super().process_formdata(valuelist)
        self.amount = parse_amount(clean_line(self.data))

    def read_json(self, value: object) -> str:
        """Read an amount of JSON: a number, or a text such as people write.

        Raises ValidationError where it is neither, or a number of more than two decimals.
        """
        if isinstance(value, str):
            return cut(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError(gettext("Send a number, or text."))
        exact = Decimal(str(value))
        if exact != round(exact, 2):
            raise ValidationError(gettext("Send at most two decimals."))
        return f"{exact:.2f}"
