"""A field's value as people read it, and as they would type it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import format_date, get_locale

from ..models import TipoDeCampo
from ..web.formatting import day_and_month


def shown_value(kind: TipoDeCampo, value: str) -> str:
    """Return a canonical value in the words and signs of the reader's language."""
    if not value:
        return ""
    if kind is TipoDeCampo.NUMERO:
        return format_decimal(Decimal(value), format="#,##0.######", locale=get_locale())
    if kind is not TipoDeCampo.FECHA:
        return value
    if value.startswith("--"):
        return day_and_month(date(2000, *_month_and_day(value)))
    return str(format_date(date.fromisoformat(value), "d MMM y"))


def typed_value(kind: TipoDeCampo, value: str) -> str:
    """Return a canonical value as somebody would type it, in whatever language: what reads it finds the same."""
    if not value:
        return ""
    if kind is TipoDeCampo.NUMERO:
        return value.replace(".", ",")
    if kind is not TipoDeCampo.FECHA:
        return value
    month, day = _month_and_day(value)
    year = "" if value.startswith("--") else f"/{value[:4]}"
    return f"{day:02}/{month:02}{year}"


def _month_and_day(value: str) -> tuple[int, int]:
    return int(value[-5:-3]), int(value[-2:])
