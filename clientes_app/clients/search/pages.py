"""Pages of clients in an order: each begins where another ended, so that the last is as fast as the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, true, tuple_

from ...extensions import db
from ...models import Cliente
from ...tenancy import owned
from ...values.ids import read_id
from ...web.filters import chosen_of

PAGE_SIZE = 50


class Order(StrEnum):
    """How a list is sorted."""

    NEWEST = "recientes"
    NAME = "nombre"
    LAST_PURCHASE = "compra"
    """Those who bought last come first, those who never bought last."""

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Order:
        """Read `orden`.

        Raises DomainError where it cannot be read.
        """
        return cls(chosen_of(values, "orden", list(cls), cls.NEWEST))

    def values(self) -> dict[str, str]:
        """Return the values of a URL that `from_values` reads as this order."""
        return {} if self is Order.NEWEST else {"orden": self.value}


@dataclass(frozen=True)
class Cursor:
    """The client that a page begins after, or the one that it ends before."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Cursor:
        """Read `antes`, as every list calls its next page, and `despues`; what is no id counts as left out."""
        return cls(after=read_id(values.get("antes", "")), before=read_id(values.get("despues", "")))


@dataclass(frozen=True)
class Ids:
    """The clients of a page, and those that lead to the pages beside it."""

    shown: list[int]
    before: int | None
    """The page before this one ends before this client."""
    after: int | None
    """The page after this one begins after this client."""


@dataclass(frozen=True)
class _Place:
    """Where a client stands in any order."""

    id: int
    nombre_orden: str = ""
    ultima_compra: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Part of an order: the clients that a condition holds for, sorted by one key and then by id."""

    condition: ColumnElement[bool]
    key: str | None = None
    descending: bool = True

    def has(self, place: _Place) -> bool:
        """Return whether the place lies in this run."""
        return self.key is None or getattr(place, self.key) is not None


class Sorting(NamedTuple):
    """The ids of what was found, and what has the columns that they are sorted by."""

    ids: Select[int]
    columns: Any


def sorted_at_once(found: Select[Cliente]) -> Sorting:
    """Sort all that is found: few clients are sorted quicker than they are read in their order."""
    columns = (Cliente.id, Cliente.nombre_orden, Cliente.ultima_compra)
    few = found.with_only_columns(*columns, maintain_column_froms=True).cte("found").prefix_with("MATERIALIZED")
    return Sorting(select(few.c.id), few.c)


class Pages:
    """The pages of what a search found."""

    def __init__(self, account_id: int, order: Order, sorting: Sorting) -> None:
        """Prepare to read."""
        self._account_id = account_id
        self._order = order
        self._rows, self._columns = sorting

    def at(self, cursor: Cursor) -> Ids:
        """Return the page at the cursor, or the first where it leads nowhere."""
        if cursor.before is not None:
            ids = self._read(self._place_of(cursor.before), backwards=True)
            if len(ids) > PAGE_SIZE:
                shown = ids[:PAGE_SIZE][::-1]
                return Ids(shown, shown[0], shown[-1])
        if cursor.after is not None:
            ids = self._read(self._place_of(cursor.after), backwards=False)
            if ids:
                return Ids(ids[:PAGE_SIZE], ids[0], _next(ids))
        ids = self._read(None, backwards=False)
        return Ids(ids[:PAGE_SIZE], None, _next(ids))

    def _place_of(self, client_id: int) -> _Place | None:
        place = (Cliente.id, Cliente.nombre_orden, Cliente.ultima_compra)
        found = owned(Cliente, self._account_id).where(Cliente.id == client_id).with_only_columns(*place)
        row = db.session.execute(found).one_or_none()
        if row is not None:
            return _Place(*row)
        # A client that was deleted still has its place among the ids, but in no other order.
        return _Place(client_id) if self._order is Order.NEWEST else None

    def _read(self, start: _Place | None, *, backwards: bool) -> list[int]:
        """Read the ids of a page, and one more, which tells whether another page follows."""
        ids: list[int] = []
        runs = self._runs()
        for run in reversed(runs) if backwards else runs:
            if start is not None and not run.has(start):
                continue
            rows = self._rows.where(run.condition)
            if start is not None:
                rows = rows.where(self._lies_beyond(run, start, backwards=backwards))
                start = None
            sorting = self._sorting(run, backwards=backwards)
            ids += db.session.scalars(rows.order_by(*sorting).limit(PAGE_SIZE + 1 - len(ids)))
            if len(ids) > PAGE_SIZE:
                break
        return ids

    def _runs(self) -> list[_Run]:
        bought: ColumnElement[bool] = self._columns.ultima_compra.is_not(None)
        return {
            Order.NEWEST: [_Run(condition=true())],
            Order.NAME: [_Run(condition=true(), key="nombre_orden", descending=False)],
            Order.LAST_PURCHASE: [_Run(condition=bought, key="ultima_compra"), _Run(condition=~bought)],
        }[self._order]

    def _lies_beyond(self, run: _Run, start: _Place, *, backwards: bool) -> ColumnElement[bool]:
        here: Any = self._columns.id
        there: Any = start.id
        if run.key is not None:
            key = getattr(self._columns, run.key)
            here, there = tuple_(key, here), tuple_(getattr(start, run.key), start.id, types=[key.type, here.type])
        beyond: ColumnElement[bool] = here < there if run.descending is not backwards else here > there
        return beyond

    def _sorting(self, run: _Run, *, backwards: bool) -> list[ColumnElement[Any]]:
        columns = [self._columns.id] if run.key is None else [getattr(self._columns, run.key), self._columns.id]
        return [column.desc() if run.descending is not backwards else column.asc() for column in columns]


def _next(ids: list[int]) -> int | None:
    return ids[PAGE_SIZE - 1] if len(ids) > PAGE_SIZE else None
