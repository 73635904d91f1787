"""Many rows in one statement: on SQLite they are listed in a temporary table first, on PostgreSQL in a parameter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
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
from sqlalchemy.schema import CreateTable, DropTable

Values = tuple[str | int | None, ...]


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values], same: Mapping[str, Any]
) -> list[int]:
    """Insert rows with values for these names, and for those of `same`; answer their ids in the rows' order."""
    listed, order = _listed(connection, table, names, rows)
    fixed = [literal(value, table.c[name].type) for name, value in same.items()]
    source = select(*listed.values(), *fixed).order_by(order)
    statement = insert(table).from_select([*listed, *same], source).returning(table.c.id)
    # Ids are given in the order of the rows that come in, though not always answered in it.
    return sorted(connection.execute(statement).scalars())


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their `id`; each brings the same names."""
    names = list(rows[0])
    listed, _ = _listed(connection, table, names, [tuple(row[name] for name in names) for row in rows])
    changes = {name: value for name, value in listed.items() if name != "id"}
    connection.execute(update(table).where(table.c.id == listed["id"]).values(changes))


def _listed(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values]
) -> tuple[Mapping[str, ColumnElement[Any]], ColumnElement[Any]]:
    columns = {name: table.c[name] for name in names}
    if connection.dialect.name == "sqlite":
        listed = _temporary(connection, columns)
        # Straight to the driver: there is nothing to translate in numbers and texts.
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO listed ({', '.join(names)}) VALUES ({marks})", list(rows))  # noqa: S608
        return {name: listed.c[name] for name in columns}, listed.c.listed_key
    numbered = [dict(zip(("listed_key", *names), (number, *row), strict=True)) for number, row in enumerate(rows)]
    parameter = cast(literal(json.dumps(numbered), String), JSONB)
    fields = [column(name, each.type) for name, each in columns.items()]
    record = func.jsonb_to_recordset(parameter).table_valued(*fields, column("listed_key", BigInteger), name="listed")
    typed = record.render_derived(with_types=True)
    return {name: typed.c[name] for name in columns}, typed.c.listed_key


def _temporary(connection: Connection, columns: Mapping[str, Column[Any]]) -> Table:
    """Make an empty table that only this connection sees, with columns of these names and types."""
    fields = [Column(name, each.type) for name, each in columns.items()]
    listed = Table(
        "listed", MetaData(), Column("listed_key", Integer, primary_key=True), *fields, prefixes=["TEMPORARY"]
    )
    connection.execute(DropTable(listed, if_exists=True))
    connection.execute(CreateTable(listed))
    return listed
