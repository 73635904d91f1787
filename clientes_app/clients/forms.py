"""The forms of a client and of a sale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, StringField
from wtforms.validators import DataRequired, InputRequired, Optional, ValidationError

from ..fields.inputs import OwnField, inputs_of
from ..models import Campo
from ..values.amounts import LARGEST, parse_amount
from ..values.text import clean_line
from ..web.forms import EditForm, FlagField, Form, line_field, numbered_field
from ..web.i18n import account_zone
from ..web.phone_field import PhoneField
from .sales import NewSale, today
from .services import ClientFields

EARLIEST_DAY = date(1900, 1, 1)


def _today() -> date:
    return today(account_zone())


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


class DayField(DateField):
    """A day, written year-month-day."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Write the day as year-month-day: 2026-11-22.")) from error


class SaleForm(Form):
    """A sale: how much, for what, on which day."""

    total = AmountField(
        lazy_gettext("Total"), validators=[DataRequired(message=lazy_gettext("This field is required."))]
    )
    concepto = line_field(lazy_gettext("What for"), 200)
    fecha = DayField(lazy_gettext("Day"), validators=[Optional()], default=_today)

    def validate_total(self, field: AmountField) -> None:
        """Refuse what is no amount, and what no sale amounts to."""
        if field.amount is None:
            raise ValidationError(gettext("Write an amount, such as 59.900 or 59.900,50."))
        if not 0 < field.amount <= LARGEST:
            raise ValidationError(gettext("The total must be above zero and below a trillion."))

    def validate_fecha(self, field: DayField) -> None:
        """Refuse a day to come, and a year mistyped."""
        if field.data is None:
            return  # it is no day, and has been refused as such
        if field.data > _today():
            raise ValidationError(gettext("That day is in the future."))
        if field.data < EARLIEST_DAY:
            raise ValidationError(gettext("That day is too long ago."))

    def sale(self) -> NewSale:
        """Return the sale of a valid form."""
        return NewSale(total=self.total.amount or Decimal(0), concept=self.concepto.data or "", day=self.fecha.data)
