"""Lists sorted by id: a page at a time, where each tells where the next one begins, or all of it batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, TypeVarTuple

from sqlalchemy import Engine, Row, Select
from sqlalchemy.orm import InstrumentedAttribute, Session

Shown = TypeVar("Shown")
ShownWithId = TypeVar("ShownWithId", bound=Any)
Columns = TypeVarTuple("Columns")

BATCH = 1_000


@dataclass(frozen=True)
class Page(Generic[Shown]):
    """Some rows of a list, and the id after which the next page begins; None on the last one."""

    rows: Sequence[Shown]
    next: int | None


def newest_first(
    found: Select[*Columns], key: InstrumentedAttribute[int], before: int | None, size: int
) -> Select[*Columns]:
    """Select a page of what a query finds, and one row more: those older than the id `before`, the newest first."""
    newest = found.order_by(key.desc()).limit(size + 1)
    return newest if before is None else newest.where(key < before)


def page_of(rows: Sequence[ShownWithId], size: int) -> Page[ShownWithId]:
    """Make a page of rows with ids, of which one more was asked for than it shows."""
    shown = rows[:size]
    return Page(shown, shown[-1].id if len(rows) > size else None)


def read_in_batches(
    engine: Engine, found: Select[int, *Columns], size: int = BATCH
) -> Iterator[Sequence[Row[int, *Columns]]]:
    """Read all that a query finds, a batch at a time, in the order of its first column, which is an id.

    Each batch is read in a session of its own: what is sent while it is read outlives its request.
    """
    key = found.selected_columns[0]
    batch = found.order_by(key).limit(size)
    rows = _read(engine, batch)
    while rows:
        yield rows
        rows = _read(engine, batch.where(key > rows[-1][0]))


def _read(engine: Engine, batch: Select[int, *Columns]) -> Sequence[Row[int, *Columns]]:
    with Session(engine) as session:
        return session.execute(batch).all()
