"""What can be asked of clients by an account's own fields, and how a URL says it: `campo_12_contiene=gato`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from ..models import TipoDeCampo
from ..values.days import read_day
from ..values.ids import read_id
from ..values.spelling import searchable
from ..values.text import clean_line
from ..web.filters import Given, Reader, once
from .canonical import BadValue, read_value
from .showing import typed_value

MOST_QUESTIONS = 60
"""How many may be asked at once."""
MOST_DAYS = 366
MONTHS = 12
_MOST_OPTIONS = 50


def _text(text: str) -> str | None:
    cleaned = clean_line(text)
    return cleaned if searchable(cleaned).strip() else None


def _number(text: str) -> str | None:
    try:
        return read_value(TipoDeCampo.NUMERO, (), text) or None
    except BadValue:
        return None


def _day(text: str) -> str | None:
    day = read_day(text.strip())
    return day.isoformat() if day else None


def _days(text: str) -> str | None:
    days = read_id(text.strip())
    return str(days) if days is not None and days <= MOST_DAYS else None


def _month(text: str) -> str | None:
    month = read_id(text.strip())
    return str(month) if month is not None and month <= MONTHS else None


def _options(given: Given) -> tuple[str, ...] | None:
    read = tuple(dict.fromkeys(map(clean_line, given[: _MOST_OPTIONS + 1])))
    return read if all(read) and len(read) <= _MOST_OPTIONS else None


def _of_one(read: Callable[[str], str | None]) -> Reader:
    def read_one(text: str) -> tuple[str, ...] | None:
        value = read(text)
        return None if value is None else (value,)

    return once(read_one)


class Operator(NamedTuple):
    """A way to ask: of which kind of fields, and how what is asked is read."""

    kind: TipoDeCampo
    read: Reader


OPERATORS: Mapping[str, Operator] = {
    "es": Operator(TipoDeCampo.TEXTO, _of_one(_text)),
    "dias": Operator(TipoDeCampo.FECHA, _of_one(_days)),
    "mes": Operator(TipoDeCampo.FECHA, _of_one(_month)),
    "opcion": Operator(TipoDeCampo.OPCION, _options),
    "min": Operator(TipoDeCampo.NUMERO, _of_one(_number)),
    "max": Operator(TipoDeCampo.NUMERO, _of_one(_number)),
    "desde": Operator(TipoDeCampo.FECHA, _of_one(_day)),
    "hasta": Operator(TipoDeCampo.FECHA, _of_one(_day)),
    "contiene": Operator(TipoDeCampo.TEXTO, _of_one(_text)),
}
"""By their names in a URL; `no_` before all of it asks for whom it does not hold. Those that leave few come first."""

_PLACES = {name: place for place, name in enumerate(OPERATORS)}

_NAME = re.compile(rf"(no_)?campo_([1-9][0-9]{{0,18}})_({'|'.join(OPERATORS)})")


class Question(NamedTuple):
    """One thing that is asked of a field; all that are asked of one are one question, and so are those with `no_`."""

    field_id: int
    negated: bool
    operator: str
    values: tuple[str, ...]
    """What is asked for: one value, or some options of which any will do."""

    @property
    def kind(self) -> TipoDeCampo:
        """Return what the field must hold."""
        return OPERATORS[self.operator].kind

    @property
    def name(self) -> str:
        """Return how a URL calls it."""
        return f"{'no_' if self.negated else ''}campo_{self.field_id}_{self.operator}"

    @property
    def written(self) -> str | list[str]:
        """Return the value of the URL."""
        if self.kind is TipoDeCampo.NUMERO:
            return typed_value(self.kind, self.values[0])
        return self.values[0] if len(self.values) == 1 else list(self.values)


def is_question(name: str) -> bool:
    """Return whether a name in a URL asks something of a field."""
    return _NAME.fullmatch(name) is not None


def field_asked(name: str) -> int | None:
    """Return the id of the field of which a name in a URL asks something."""
    found = _NAME.fullmatch(name)
    return read_id(found[2]) if found else None


def reader_of(name: str) -> Reader:
    """Return what reads the values that are given by such a name as a Question."""
    found = _NAME.fullmatch(name)
    assert found is not None
    negated, field_id, operator = bool(found[1]), read_id(found[2]), found[3]

    def read(given: Given) -> Question | None:
        values = OPERATORS[operator].read(given)
        return None if values is None or field_id is None else Question(field_id, negated, operator, values)

    return read


def reads_all(group: Iterable[Question]) -> bool:
    """Return whether all values of a field are read to find those that are asked for."""
    return all(each.operator == "contiene" for each in group)


def by_field(questions: Iterable[Question], *, negated: bool) -> list[list[Question]]:
    """Return the questions without `no_`, or those with it, by field; those that are likely to leave few come first."""
    some = sorted(each for each in questions if each.negated is negated)
    groups = [list(group) for _, group in groupby(some, key=lambda each: each.field_id)]
    return sorted(groups, key=lambda group: min(_PLACES[each.operator] for each in group))
