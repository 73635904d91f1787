"""Changing many clients a batch at a time, so that nobody else waits long for a turn to write.

Each batch is a short transaction of its own: a crash leaves whole batches, and doing it all again mends the rest.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select
from sqlalchemy.orm import Session

from ...database.transactions import fetch_ids, id_list
from ...database.turns import taking_turns
from ...extensions import db, unit_of_work
from ...models import Cliente
from ..locks import lock

BATCH = 10_000
"""Rows changed at once: some 50 ms of work."""

SLOW_BATCH = 500
"""Rows deleted at once: each leaves the search index and is looked up in every table that refers to it."""

Action = Callable[[Session, Select[int]], int]
"""Changes a batch, given as a query of its ids; returns how many rows it changed."""


def freeze(session: Session, ids: Select[int]) -> Sequence[int]:
    """Return the ids that a query finds now, lowest first: what is changed on the way cannot change them.

    A million take 8 MB, and five times as much while they come.
    """
    return array("q", fetch_ids(session.connection(), ids.order_by(ids.selected_columns[0])))


def change(ids: Sequence[int], action: Action, size: int = BATCH) -> int:
    """Do an action to all the ids, batch by batch, and return how many rows it changed."""
    rest = 0.5 if db.engine.dialect.name == "sqlite" else 0.0  # beside PostgreSQL's locks others write
    return sum(_change_batch(batch, action) for batch in taking_turns(batches(ids, size), rest))


def in_batch(account_id: int, batch: Select[int]) -> ColumnElement[bool]:
    """Return whether a client is of the batch and the account's."""
    # The sum hides the column from its index: SQLite would read all of the account's clients for each batch.
    return Cliente.id.in_(batch) & (Cliente.usuario_id + 0 == account_id)


def batches(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Cut the ids into batches."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def batch_query(connection: Connection, ids: Sequence[int]) -> Select[Any]:
    """Return a query of exactly these ids."""
    return select(id_list(ids, connection.dialect.name).c.value)


def _change_batch(ids: Sequence[int], action: Action) -> int:
    with unit_of_work() as session:
        connection = session.connection()
        batch = batch_query(connection, ids)
        lock(connection, Cliente.id.in_(batch))
        return action(session, batch)
