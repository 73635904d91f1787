"""What rows say of the account's own fields: their texts read, and what is wrong with them.

A field that the import is to make can be whatever the file says, as far as a field has room for choices.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...client_files.columns import Layout
from ...client_files.meaning.own_columns import OwnColumn
from ...client_files.rows import Row
from ...fields.canonical import LONGEST_OPTION, MOST_OPTIONS, BadValue, read_value
from ...models import TipoDeCampo
from ...values.placeholders import is_no_document
from ...values.spelling import searchable
from ...values.text import translatable

UNREADABLE = translatable("A value does not fit its field.")

_MANY_CHOICES = translatable("The field would have more than 50 options: make it a text.")
_LONG_CHOICE = translatable("An option is longer than 60 characters: make it a text.")

_COUNTS = re.compile("[1-9]")

_MOST_REMEMBERED = 50_000
"""Texts of a column whose meaning is kept: files say the same again and again."""


class OwnText(NamedTuple):
    """What a row says of a field."""

    column: OwnColumn
    text: str
    value: str
    """What it means, canonical; empty where it says nothing, or cannot be read."""
    problem: str = ""
    """Why it cannot be read, as a sentence to be translated."""


class OwnFields:
    """The columns of a file that hold own fields."""

    def __init__(self, columns: Iterable[OwnColumn], field_ids: Collection[int] | None = None) -> None:
        """Look at the columns, or only at those of some fields."""
        self._columns = [_Column(each) for each in columns]
        meant = (field_ids is None or each.column.field_id in field_ids for each in self._columns)
        self._used = [place for place, is_meant in enumerate(meant) if is_meant]

    def __bool__(self) -> bool:
        return bool(self._used)

    @property
    def columns(self) -> tuple[OwnColumn, ...]:
        """The columns as they are by now: what new fields can be grows with the rows that are read."""
        return tuple(each.column for each in self._columns)

    def told(self, row: Row) -> list[OwnText]:
        """Return what a row says of each field, empty texts included."""
        texts = row.own_texts or ("",) * len(self._columns)
        return [self._columns[place].told(texts[place]) for place in self._used]

    def values(self, row: Row) -> dict[int, str]:
        """Return what a row says, by the keys of the columns, as far as it says something that can be read."""
        if not row.campos:
            return {}
        return {told.column.key: told.value for told in self.told(row) if told.value}

    def checked(self, row: Row) -> Row:
        """Return a row; a wrong one where something that it says cannot be read."""
        if not row.campos or row.fault or not any(told.problem for told in self.told(row)):
            return row
        return row._replace(fault=UNREADABLE)


def with_columns(layout: Layout, own: OwnFields) -> Layout:
    """Return a layout whose own columns are as they are by now."""
    return replace(layout, own=own.columns)


def reading_of(column: OwnColumn, text: str) -> OwnText:
    """Return what a text means as a value of a column's field: nothing, where it says that there is none."""
    try:
        return OwnText(column, text, read_value(TipoDeCampo(column.kind), column.choices, text))
    except BadValue as bad:
        return OwnText(column, text, "", "" if says_nothing(text) else bad.sentence)


def says_nothing(text: str) -> bool:
    """Return whether a text that is no value says that there is none: "N/A", "-", "00/00/0000"."""
    return is_no_document(text) and _COUNTS.search(text) is None


class _Column:
    """A column, and what its texts were found to mean."""

    def __init__(self, column: OwnColumn) -> None:
        self.column = column
        self._grows = column.field_id is None and column.kind == TipoDeCampo.OPCION
        self._known: dict[str, OwnText] = {}

    def told(self, text: str) -> OwnText:
        """Return what a text says."""
        if (known := self._known.get(text)) is not None:
            return known
        told = self._as_new_choice(text) if self._grows else reading_of(self.column, text)
        if len(self._known) < _MOST_REMEMBERED:
            self._known[text] = told
        return told

    def _as_new_choice(self, text: str) -> OwnText:
        told = reading_of(self.column, text)
        if not told.problem:
            return told
        if problem := _why_no_choice(self.column.choices, text):
            return told._replace(problem=problem)
        self.column = self.column._replace(choices=(*self.column.choices, text))
        return OwnText(self.column, text, text)


def _why_no_choice(choices: Sequence[str], text: str) -> str:
    if len(text) > LONGEST_OPTION:
        return _LONG_CHOICE
    if not searchable(text):
        return UNREADABLE
    return _MANY_CHOICES if len(choices) >= MOST_OPTIONS else ""
