"""The forms of a sale: as people type it, and as programs send it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import DataRequired, Optional, ValidationError

from ...models import Venta
from ...models.types import utc_now
from ...values.amounts import BadTotal, read_total
from ...values.days import read_hour, read_moment, settle
from ...values.ids import read_id
from ...values.text import clean_line
from ...web.forms import Form, line_field
from ...web.i18n import account_zone
from ..forms import AmountField
from .services import NewSale

OLDEST = timedelta(days=7305)
"""How long ago a sale may be: twenty years."""
_MOST_EDITIONS = 2**31 - 1
"""As many as their column holds."""
_NOON = time(12)


def today() -> date:
    """Return the present day by the account's clock."""
    return utc_now().astimezone(account_zone()).date()


def read_edition(text: str) -> int:
    """Read the edition of a sale that a page showed; -1, which none has, where it said none."""
    edition = read_id(text)
    return -1 if edition is None or edition > _MOST_EDITIONS else edition


class DayField(DateField):
    """A day, written year-month-day."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Write the day as year-month-day: 2026-11-22.")) from error


class _WhatForm(Form):
    """How much, and for what."""

    total = AmountField(
        lazy_gettext("Total"), validators=[DataRequired(message=lazy_gettext("This field is required."))]
    )
    concepto = line_field(lazy_gettext("What for"), 200)

    def validate_total(self, field: AmountField) -> None:
        """Refuse what is no amount, and what no sale amounts to."""
        try:
            field.amount = read_total(clean_line(field.data))
        except BadTotal as bad:
            raise ValidationError(gettext(bad.sentence)) from bad

    def sale_at(self, moment: datetime | None) -> NewSale:
        """Return the sale of a valid form."""
        return NewSale(self.total.amount or Decimal(0), self.concepto.data or "", moment)


class SaleForm(_WhatForm):
    """A sale as it is typed: how much, for what, on which day and at which hour of the account's clock."""

    fecha = DayField(lazy_gettext("Day"), validators=[Optional()], default=today)
    hora = StringField(lazy_gettext("Hour"), filters=[clean_line])

    @property
    def moment(self) -> datetime | None:
        """Return when it was made; None: now. Where nobody says the hour of an earlier day, it is noon."""
        day, hour = self.fecha.data, read_hour(self.hora.data or "")
        if hour is None and day in (None, today()):
            return None
        return settle(day or today(), hour or _NOON, account_zone()).moment

    def validate_fecha(self, field: DayField) -> None:
        """Refuse a day to come, and a year mistyped."""
        if field.data is None:
            return  # it is no day, and has been refused as such
        if field.data > today():
            raise ValidationError(gettext("That day is in the future."))
        if field.data < today() - OLDEST:
            raise ValidationError(gettext("That day is more than twenty years ago."))

    def validate_hora(self, field: StringField) -> None:
        """Refuse what is no hour, and one to come."""
        if not field.data:
            return
        if read_hour(field.data) is None:
            raise ValidationError(gettext("Write the hour as 14:30."))
        if self.fecha.data in (None, today()) and self.moment and self.moment > utc_now():
            raise ValidationError(gettext("That hour is still to come."))

    def sale(self) -> NewSale:
        """Return the sale of a valid form."""
        return self.sale_at(self.moment)


class EditSaleForm(SaleForm):
    """A sale that is edited: what it is now, and as of which edition."""

    ediciones = HiddenField(filters=[clean_line])

    @classmethod
    def of(cls, sale: Venta) -> EditSaleForm:
        """Return the form with what a sale is."""
        local = sale.fecha.astimezone(account_zone())
        amount = f"{sale.total:.2f}".removesuffix(".00").replace(".", ",")
        return cls(
            None,
            total=amount,
            concepto=sale.concepto,
            fecha=local.date(),
            hora=f"{local:%H:%M}",
            ediciones=str(sale.ediciones),
        )

    @property
    def edition(self) -> int:
        """Return the edition that the page showed."""
        return read_edition(self.ediciones.data or "")

    def changes(self, sale: Venta) -> NewSale:
        """Return what a valid form makes of a sale: where day and hour are as shown, it keeps its very moment."""
        local = sale.fecha.astimezone(account_zone())
        is_as_shown = (self.fecha.data, self.hora.data) == (local.date(), f"{local:%H:%M}")
        return self.sale_at(None if is_as_shown else self.moment or utc_now())


class SaleRequestForm(_WhatForm):
    """A sale as a program sends it."""

    fecha = line_field(lazy_gettext("Moment"), 40)

    @property
    def moment(self) -> datetime | None:
        """Return when it was made; None: now."""
        return read_moment(self.fecha.data or "")

    def validate_fecha(self, field: StringField) -> None:
        """Refuse what is no moment, one to come, and one too long ago."""
        if not field.raw_data:
            return
        if self.moment is None:
            raise ValidationError(gettext("Write a moment with its offset, like 2026-12-04T10:00:00-05:00."))
        if self.moment > utc_now():
            raise ValidationError(gettext("That moment is in the future."))
        if self.moment < utc_now() - OLDEST:
            raise ValidationError(gettext("That day is more than twenty years ago."))

    def sale(self) -> NewSale:
        """Return the sale of a valid form."""
        return self.sale_at(self.moment)
