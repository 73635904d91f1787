"""The form of a shop's settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

import phonenumbers
from flask_babel import get_locale, gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, SelectField, StringField
from wtforms.validators import ValidationError

from ..clients.forms import AmountField
from ..messaging.way_out import LONGEST_WORDING, USUAL_WORDING, is_wording
from ..values.text import clean_line
from ..web.formatting import number
from ..web.forms import FlagField, Form, line_field
from . import zones
from .services import USUAL_DAYS, ShopSettings
from .ways_out import WayOut

LARGEST_AMOUNT = Decimal("999999999999.99")
LARGEST_PRICE = Decimal("10000")
MOST_MESSAGES = 1_000_000_000
MOST_MONTHS = 600
MOST_DAYS = 60
MOST_COUNTRIES = 250
FIRST_COUNTRY = "CO"

_PRICES = "precios"
"""Begins the names of the prices; alone, it says that the page shows them, though there may be none."""


def countries() -> list[tuple[str, str]]:
    """List the countries that have telephone numbers, in the reader's language and order."""
    names = get_locale().territories
    named = [(code, str(names.get(code, code))) for code in phonenumbers.SUPPORTED_REGIONS]
    return sorted(named, key=lambda country: country[1])


class LimitField(AmountField):
    """An amount that may be left empty: no limit."""

    not_understood = lazy_gettext("Write an amount with at most two decimals, such as 59.900 or 59.900,50.")

    def __init__(self, label: str, largest: Decimal, **options: Any) -> None:
        super().__init__(label, filters=[clean_line], **options)
        self.largest = largest

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no amount, and one that is too large."""
        if not self.data:
            return
        if self.amount is None:
            raise ValidationError(self.not_understood)
        if self.amount > self.largest:
            raise ValidationError(gettext("Write at most %(most)s.", most=number(self.largest)))


class WholeLimitField(LimitField):
    """A whole number that may be left empty: no limit."""

    def __init__(self, label: str, least: int, largest: int, **options: Any) -> None:
        super().__init__(label, Decimal(largest), **options)
        self.least = least
        self.not_understood = gettext("Write a whole number, %(least)s or more.", least=number(least))

    @property
    def whole(self) -> int | None:
        """Return the number of a valid field."""
        return None if self.amount is None else int(self.amount)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no whole number, and one that is too small or too large."""
        super().pre_validate(form)
        if self.amount is not None and (self.amount != self.amount.to_integral_value() or self.amount < self.least):
            raise ValidationError(self.not_understood)


class PriceForm(Form):
    """What an SMS part to a country costs."""

    pais = SelectField(lazy_gettext("Country"), choices=countries, validate_choice=False)
    precio = LimitField(lazy_gettext("Pesos an SMS"), LARGEST_PRICE)

    def validate_pais(self, field: SelectField) -> None:
        """Refuse what is no country."""
        if field.data not in phonenumbers.SUPPORTED_REGIONS:
            raise ValidationError(gettext("Choose one of the list."))

    def validate_precio(self, field: LimitField) -> None:
        """Refuse a country without a price."""
        if not field.data:
            raise ValidationError(gettext("This field is required."))


class ShopForm(Form):
    """All that a shop settles for itself."""

    negocio = line_field(lazy_gettext("Name of the shop"), 150)
    zona_horaria = SelectField(lazy_gettext("Time zone"), choices=zones.choices, validate_choice=False)
    exige_segundo_factor = FlagField(lazy_gettext("Everybody needs two-step verification to log in"), default=False)
    exige_aprobacion = FlagField(
        lazy_gettext("A campaign of a vendedor waits until an administrator approves it"), default=False
    )
    mensajes_por_dia = WholeLimitField(lazy_gettext("Most messages a day"), 0, MOST_MESSAGES)
    pesos_por_mes = LimitField(lazy_gettext("Most pesos a month"), LARGEST_AMOUNT)
    meses_de_retencion = WholeLimitField(lazy_gettext("Months that texts and numbers are kept"), 1, MOST_MONTHS)
    dias_de_compra = WholeLimitField(lazy_gettext("Days after a message"), 1, MOST_DAYS)
    precios = FieldList(FormField(PriceForm), max_entries=MOST_COUNTRIES)

    def validate_zona_horaria(self, field: SelectField) -> None:
        """Refuse what is no zone."""
        if field.data and field.data not in zones.ZONES:
            raise ValidationError(gettext("Choose one of the list."))

    @classmethod
    def of(cls, settings: ShopSettings, formdata: MultiDict[str, str] | None = None) -> Self:
        """Return the form that shows these settings, or changes those of them that a request names."""
        prices = [{"pais": country, "precio": _typed(price)} for country, price in settings.precios.items()]
        form = cls(
            formdata=formdata,
            negocio=settings.negocio,
            zona_horaria=zones.one_name(settings.zona_horaria or ""),
            exige_segundo_factor=settings.exige_segundo_factor,
            exige_aprobacion=settings.exige_aprobacion,
            mensajes_por_dia=_typed(settings.mensajes_por_dia),
            pesos_por_mes=_typed(settings.pesos_por_mes),
            meses_de_retencion=_typed(settings.meses_de_retencion),
            dias_de_compra=_typed(settings.dias_de_compra),
            precios=prices,
        )
        if formdata and not any(name.partition("-")[0] == _PRICES for name in formdata):
            form._keep(prices)
        return form

    @property
    def prices(self) -> list[PriceForm]:
        """List the rows of the prices."""
        return [entry.form for entry in self.precios]

    def change_rows(self, pressed: MultiDict[str, str]) -> bool:
        """Add or take out a country where that button was pressed; return whether one was."""
        if "agregar" in pressed and len(self.precios) < MOST_COUNTRIES:
            self.precios.append_entry({"pais": self._next_country(), "precio": ""})
        if "quitar" in pressed:
            kept = [entry for entry in self.precios.entries if entry.name != pressed["quitar"]]
            self.precios.entries = kept
        return "agregar" in pressed or "quitar" in pressed

    def settings(self) -> ShopSettings:
        """Return the settings of a valid form."""
        return ShopSettings(
            negocio=self.negocio.data or "",
            zona_horaria=self.zona_horaria.data or None,
            exige_segundo_factor=bool(self.exige_segundo_factor.data),
            exige_aprobacion=bool(self.exige_aprobacion.data),
            mensajes_por_dia=self.mensajes_por_dia.whole,
            pesos_por_mes=self.pesos_por_mes.amount,
            meses_de_retencion=self.meses_de_retencion.whole,
            dias_de_compra=self.dias_de_compra.whole or USUAL_DAYS,
            precios={row.pais.data: row.precio.amount or Decimal(0) for row in self.prices},
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that no country is there twice."""
        valid = super().validate(extra_validators)
        for row in self._repeated():
            row.pais.errors = [gettext("This country is there twice.")]
            valid = False
        return bool(valid)

    def _keep(self, prices: Iterable[Mapping[str, str]]) -> None:
        # A list of WTForms' is empty where a request names none of its rows.
        for price in prices:
            self.precios.append_entry(price)

    def _repeated(self) -> Iterator[PriceForm]:
        seen = set()
        for row in self.prices:
            if row.pais.data in seen:
                yield row
            seen.add(row.pais.data)

    def _next_country(self) -> str:
        return "" if any(row.pais.data == FIRST_COUNTRY for row in self.prices) else FIRST_COUNTRY


class WayOutForm(Form):
    """How advertisements offer a way out."""

    con_salida = FlagField(lazy_gettext("Each advertisement ends with a link for opting out"), default=False)
    texto_salida = line_field(lazy_gettext("How it is worded"), LONGEST_WORDING)

    @classmethod
    def of(cls, settled: WayOut, formdata: MultiDict[str, str] | None = None) -> Self:
        """Return the form that shows what is settled, or what a request makes of it."""
        return cls(formdata=formdata, con_salida=settled.con_salida, texto_salida=settled.wording)

    def validate_texto_salida(self, field: StringField) -> None:
        """Refuse a wording in which the link has no place, or more than one."""
        if field.data and not is_wording(field.data):
            raise ValidationError(
                gettext("Write {enlace} once, with a space or nothing before and after it, and no other braces.")
            )

    @property
    def wanted(self) -> WayOut:
        """Return what a valid form settles."""
        given = self.texto_salida.data or USUAL_WORDING
        return WayOut(bool(self.con_salida.data), None if given == USUAL_WORDING else given)


def _typed(value: Decimal | int | None) -> str:
    return "" if value is None else number(value)
