"""Pages of a list that is sorted by id: each tells where the next one begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
RowWithId = TypeVar("RowWithId", bound=Any)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list, and the id after which the next page begins; None on the last one."""

    rows: Sequence[Row]
    next: int | None


def page_of(rows: Sequence[RowWithId], size: int) -> Page[RowWithId]:
    """Make a page of rows with ids, of which one more was asked for than it shows."""
    shown = rows[:size]
    return Page(shown, shown[-1].id if len(rows) > size else None)
