"""Many rows in one statement: the rows travel as one JSON parameter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    Table,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], same: Mapping[str, Any]
) -> list[int]:
    """Insert rows that all have these names, and the values of `same`; answer their ids in the rows' order."""
    listed, order = _listed(connection, table, rows)
    fixed = [literal(value, table.c[name].type) for name, value in same.items()]
    source = select(*listed.values(), *fixed).order_by(order)
    statement = insert(table).from_select([*listed, *same], source).returning(table.c.id)
    # Ids are given in the order of the rows that come in, though not always answered in it.
    return sorted(connection.execute(statement).scalars())


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their `id`; each brings the same names."""
    listed, _ = _listed(connection, table, rows)
    changes = {name: value for name, value in listed.items() if name != "id"}
    connection.execute(update(table).where(table.c.id == listed["id"]).values(changes))


def _listed(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, ColumnElement[Any]], ColumnElement[Any]]:
    columns = {name: table.c[name] for name in rows[0]}
    if connection.dialect.name == "sqlite":
        listed = func.json_each(json.dumps(rows)).table_valued("key", "value", name="listed")
        values: dict[str, ColumnElement[Any]] = {
            name: func.json_extract(listed.c.value, f"$.{name}", type_=each.type) for name, each in columns.items()
        }
        return values, listed.c.key
    numbered = [{**row, "listed_key": number} for number, row in enumerate(rows)]
    parameter = cast(literal(json.dumps(numbered), String), JSONB)
    fields = [column(name, each.type) for name, each in columns.items()]
    record = func.jsonb_to_recordset(parameter).table_valued(*fields, column("listed_key", BigInteger), name="listed")
    typed = record.render_derived(with_types=True)
    return {name: typed.c[name] for name in columns}, typed.c.listed_key
