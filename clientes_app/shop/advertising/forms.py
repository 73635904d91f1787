"""The forms of how a shop keeps the law of advertising."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import ValidationError

from ...models.types import utc_now
from ...sending.law.hours import USUAL, Hours, Opening
from ...values.days import read_day, read_hour
from ...values.text import clean_line
from ...web.formatting import number
from ...web.forms import FlagField, Form, line_field
from ...web.i18n import account_zone
from ..forms import WholeLimitField
from .services import AdvertisingRules

MOST_ADVERTISEMENTS = 100
LONGEST_NAME = 60

_MIDNIGHT = 24 * 60
SHORTEST = 15
"""Minutes of an opening: the last one of each lets nothing out."""
_OF_THE_LAW = {"semana": Opening(7 * 60, 19 * 60), "sabado": Opening(8 * 60, 15 * 60), "festivo": None}
"""What Ley 2300 de 2023, article 3, lets through at most."""


class HourField(StringField):
    """An hour of a day, as a browser gives it."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, filters=[clean_line], **options)

    @property
    def minutes(self) -> int | None:
        """Return it in minutes after midnight; None where it is no hour."""
        read = read_hour(self.data or "")
        return None if read is None else read.hour * 60 + read.minute


class AdvertisingForm(Form):
    """When advertising goes out, how strictly, and how often to one person."""

    semana_cerrado = FlagField(lazy_gettext("Nothing goes out on these days"), default=False)
    semana_abre = HourField(lazy_gettext("From"))
    semana_cierra = HourField(lazy_gettext("Until"))
    sabado_cerrado = FlagField(lazy_gettext("Nothing goes out on these days"), default=False)
    sabado_abre = HourField(lazy_gettext("From"))
    sabado_cierra = HourField(lazy_gettext("Until"))
    festivo_cerrado = FlagField(lazy_gettext("Nothing goes out on these days"), default=False)
    festivo_abre = HourField(lazy_gettext("From"))
    festivo_cierra = HourField(lazy_gettext("Until"))
    exigir = FlagField(lazy_gettext("Always keep to the law: nobody sends outside the hours"), default=False)
    tope_semana = WholeLimitField(lazy_gettext("Most in 7 days"), 1, MOST_ADVERTISEMENTS)
    tope_mes = WholeLimitField(lazy_gettext("Most in 30 days"), 1, MOST_ADVERTISEMENTS)

    @classmethod
    def of(cls, settled: AdvertisingRules, formdata: MultiDict[str, str] | None = None) -> Self:
        """Return the form that shows what is settled, or changes of it what a request names."""
        hours = settled.hours
        return cls(
            formdata=formdata,
            **_shown("semana", hours.weekdays, USUAL.weekdays),
            **_shown("sabado", hours.saturdays, USUAL.saturdays),
            **_shown("festivo", hours.holidays, USUAL.holidays),
            exigir=settled.exigir,
            tope_semana="" if settled.tope_semana is None else number(settled.tope_semana),
            tope_mes="" if settled.tope_mes is None else number(settled.tope_mes),
        )

    @property
    def rules(self) -> AdvertisingRules:
        """Return what a form settles that is right."""
        hours = Hours(self._opening("semana"), self._opening("sabado"), self._opening("festivo"))
        return AdvertisingRules(hours, bool(self.exigir.data), self.tope_semana.whole, self.tope_mes.whole)

    @property
    def never(self) -> bool:
        """Return whether nothing goes out on any day."""
        return all(self[f"{days}_cerrado"].data for days in _OF_THE_LAW)

    @property
    def warnings(self) -> dict[str, str]:
        """Say by the days' names where the hours are wider than the law's."""
        wider = {
            "semana": gettext(
                "Wider than the law: from Monday to Friday it lets advertising out from 7 a.m. to 7 p.m."
            ),
            "sabado": gettext("Wider than the law: on Saturdays it lets advertising out from 8 a.m. to 3 p.m."),
            "festivo": gettext("Wider than the law: on Sundays and holidays it lets no advertising out."),
        }
        return {days: str(wider[days]) for days, most in _OF_THE_LAW.items() if _is_wider(self._opening(days), most)}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that each pair of hours opens before it closes."""
        valid = bool(super().validate(extra_validators))
        wrong = [days for days in _OF_THE_LAW if not (self._is_pair(days) and self._is_strict_enough(days))]
        return valid and not wrong

    def _is_strict_enough(self, days: str) -> bool:
        """Return whether a pair of hours lies within the law's, where the shop always keeps to the law."""
        if not self.exigir.data or not _is_wider(self._opening(days), _OF_THE_LAW[days]):
            return True
        self[f"{days}_cierra"].errors = [gettext("A shop that always keeps to the law has no wider hours than it.")]
        return False

    def _is_pair(self, days: str) -> bool:
        opens, closes = self[f"{days}_abre"], self[f"{days}_cierra"]
        if self[f"{days}_cerrado"].data:
            return True
        for field in (opens, closes):
            if field.minutes is None:
                field.errors = [gettext("Choose an hour, such as 10:00.")]
        if opens.minutes is not None and closes.minutes is not None and self._opening(days) is None:
            closes.errors = [gettext("It must be at least a quarter of an hour after it begins.")]
        return not opens.errors and not closes.errors

    def _opening(self, days: str) -> Opening | None:
        """Return a pair of hours; None where nothing goes out, or they are not right. It may close at midnight."""
        opens, closes = self[f"{days}_abre"].minutes, self[f"{days}_cierra"].minutes
        if self[f"{days}_cerrado"].data or opens is None or closes is None:
            return None
        closes = closes or _MIDNIGHT
        return Opening(opens, closes) if closes - opens >= SHORTEST else None


class OwnDayForm(Form):
    """A day that the shop keeps free of advertising."""

    dia = StringField(lazy_gettext("Day"), filters=[clean_line])
    nombre = line_field(lazy_gettext("Name"), LONGEST_NAME)

    @property
    def day(self) -> date | None:
        """Return the day; None where it cannot be read."""
        return read_day(self.dia.data or "")

    def validate_dia(self, field: StringField) -> None:
        """Refuse what is no day, and one that is past."""
        if self.day is None:
            raise ValidationError(gettext("Choose a day."))
        if self.day < utc_now().astimezone(account_zone()).date():
            raise ValidationError(gettext("This day is past."))


def _shown(days: str, opening: Opening | None, usual: Opening | None) -> dict[str, object]:
    """Return what the fields of a pair show: closed, they offer the usual hours to who opens them again."""
    offered = opening or usual
    hours = (_typed(offered.opens), _typed(offered.closes)) if offered else ("", "")
    return {f"{days}_cerrado": opening is None, f"{days}_abre": hours[0], f"{days}_cierra": hours[1]}


def _typed(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _is_wider(opening: Opening | None, most: Opening | None) -> bool:
    if opening is None:
        return False
    return most is None or opening.opens < most.opens or opening.closes > most.closes
