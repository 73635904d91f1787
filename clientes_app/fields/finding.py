"""What a question asks of a client's values, as conditions of SQL that read a range of their table's key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..models import Campo, ValorDeCampo
from ..tenancy import owned
from ..values.spelling import searchable
from .canonical import sort_key
from .questions import Question, by_field

Conditions = list[ColumnElement[bool]]

_FIRST_OF_A_YEAR = "0001"
"""Days of every year are before it: no range of days has them."""


def has_values(questions: Iterable[Question], client_id: ColumnElement[int], today: date) -> list[Exists]:
    """Return whether a client has what is asked for without `no_`; the id may be of another table than the clients'."""
    return [_has(group, client_id, today) for group in by_field(questions, negated=False)]


def lacks_values(questions: Iterable[Question], client_id: ColumnElement[int], today: date) -> Conditions:
    """Return whether a client has nothing of what is asked for with `no_`."""
    return [~_has(group, client_id, today) for group in by_field(questions, negated=True)]


def fields_are_there(account_id: int, questions: Iterable[Question]) -> Conditions:
    """Return whether the account has the fields that are asked: where one is gone nobody is found, not everybody."""
    asked = {(question.field_id, question.kind) for question in questions}
    if not asked:
        return []
    any_of_them = or_(*(and_(Campo.id == field_id, Campo.tipo == kind) for field_id, kind in sorted(asked)))
    present = owned(Campo, account_id).where(any_of_them).with_only_columns(func.count())
    return [present.scalar_subquery() == len(asked)]


def who_has(group: Sequence[Question], today: date) -> Select[int]:
    """Select the ids of those who have what is asked of one field, from the table of values alone."""
    return select(ValorDeCampo.cliente_id).where(*_of_row(ValorDeCampo, group, today))


def _has(group: Sequence[Question], client_id: ColumnElement[int], today: date) -> Exists:
    row = aliased(ValorDeCampo)
    return exists().where(*_of_row(row, group, today), row.cliente_id == client_id)


def _of_row(row: Any, group: Sequence[Question], today: date) -> Conditions:
    conditions = (condition for question in group for condition in _asked(row, question, today))
    return [row.campo_id == group[0].field_id, *conditions]


def _asked(row: Any, question: Question, today: date) -> Conditions:
    if question.operator in _OF_DAYS:
        runs = _OF_DAYS[question.operator](today, int(question.values[0]))
        return [or_(*(row.dia.between(*run) for run in runs))]
    keys = [sort_key(question.kind, value) for value in question.values]
    match question.operator:
        case "contiene":
            return [row.orden.contains(searchable(question.values[0]), autoescape=True)]
        case "min" | "desde":
            return [row.orden >= keys[0]]
        case "max":
            return [row.orden <= keys[0]]
        case "hasta":
            return [row.orden >= _FIRST_OF_A_YEAR, row.orden <= keys[0]]
        case _:
            return [row.orden.in_(keys)]


def days_ahead(today: date, days: int) -> list[tuple[int, int]]:
    """Return the days from today on as runs of months and days, 1231 the last of a year.

    Who was born on the 29th of February has the 28th in other years.
    """
    if days >= 365:
        return [(101, 1231)]
    first, last = _code(today), _code(today + timedelta(days=days))
    if (today + timedelta(days=days + 1)).strftime("%m%d") == "0301":
        last = 229
    return [(first, last)] if first <= last else [(first, 1231), (101, last)]


def days_of_month(_today: date, month: int) -> list[tuple[int, int]]:
    """Return the days of a month, whatever the year, as a run of months and days."""
    return [(month * 100 + 1, month * 100 + 31)]


def _code(day: date) -> int:
    return day.month * 100 + day.day


_OF_DAYS = {"dias": days_ahead, "mes": days_of_month}
"""What asks for days of every year, and which these are."""
