"""Plain new clients whose rows the database reads where they are staged: none of them comes through the app."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Table,
    TableClause,
    and_,
    column,
    func,
    insert,
    literal,
    select,
    table,
)
from sqlalchemy import text as sql

from ...client_files.rows import CLIENT_COLUMNS
from ...database.many_rows import reserve_ids
from ...models import Cliente, ClienteEtiqueta
from ..changing import of_import
from ..jobs import Job
from ..staging import outcomes
from ..staging.outcomes import Tally
from ..staging.store import Staged, Staging, staged_of
from ..staging.stretches import PLAIN, Batch, turns_of
from ..staging.verdicts import Verdict
from .plain_clients import is_known, number_in

_CLIENTS = cast(Table, Cliente.__table__)


class ClientsInReach:
    """Those of a batch that the connection has within reach: an id is a row's turn and a shift."""

    def __init__(self, connection: Connection, job: Job, batch: Batch) -> None:
        self._connection = connection
        self._job = job
        self._batch = batch
        self._rows = _rows_in(str(batch.schema), turns_of(batch.staging))
        (first,) = reserve_ids(connection, _CLIENTS, 1)
        self._shift = first - batch.stretch.first
        self._stored = 0

    def numbers(self) -> Iterator[str]:
        """Return the numbers of the rows."""
        yield from filter(None, map(number_in, self._batch.rows()))

    def store(self) -> None:
        """Store those for whom there can't be a client by now."""
        same = of_import(self._job)
        fixed = [literal(value, _CLIENTS.c[name].type) for name, value in same.items()]
        new = select(self._rows.c.turno + self._shift, *(self._rows.c[name] for name in CLIENT_COLUMNS), *fixed).where(
            self._within_stretch(), sql(PLAIN), ~is_known(self._job.account_id, self._rows.c)
        )
        names = ["id", *CLIENT_COLUMNS, *same]
        stored = self._connection.execute(insert(_CLIENTS).from_select(names, new.order_by(self._rows.c.turno)))
        self._stored = stored.rowcount

    def give_tags(self, tag_ids: Iterable[int]) -> None:
        """Give them tags."""
        for tag_id in tag_ids:
            tagged = select(literal(tag_id), Cliente.id).where(self._are_stored())
            self._connection.execute(insert(ClienteEtiqueta).from_select(["etiqueta_id", "cliente_id"], tagged))

    def others(self) -> dict[int, Staged]:
        """Return all other rows."""
        if self._stored == self._batch.stretch.rows:
            return {}
        client = select(Cliente.id).where(Cliente.id == self._rows.c.turno + self._shift)
        left = select(self._rows.c.turno).where(self._within_stretch(), ~client.exists())
        turns = json.dumps([*self._connection.scalars(left)])
        rows = self._batch.turns("turno IN (SELECT value FROM json_each(?))", turns)
        return {row[0] + self._shift: staged_of(row[1:]) for row in rows}

    def tally(self) -> Tally:
        """Count them."""
        counted = select(func.count()).where(self._are_stored(), Cliente.telefono_e164.is_(None))
        return Tally(Counter({Verdict.NEW: self._stored}), self._connection.execute(counted).scalar_one())

    def record(self, staging: Staging) -> None:
        """Note what became of their rows."""
        outcomes.record_stretch(staging, self._batch.stretch, self._shift)

    def _within_stretch(self) -> ColumnElement[bool]:
        turn, stretch = self._rows.c.turno, self._batch.stretch
        return and_(turn > stretch.after, turn <= stretch.last)

    def _are_stored(self) -> ColumnElement[bool]:
        stretch = self._batch.stretch
        return Cliente.id.between(stretch.first + self._shift, stretch.last + self._shift)


@cache
def _rows_in(schema: str, name: str) -> TableClause:
    """Describe the staged rows, each with its turn, as a connection sees them."""
    like_clients: list[Any] = [column(each, _CLIENTS.c[each].type) for each in CLIENT_COLUMNS]
    return table(name, column("turno", Integer), column("numero", Integer), *like_clients, schema=schema)
