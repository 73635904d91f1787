"""Many rows in one statement: they are listed in a temporary table first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, literal, select, update
from sqlalchemy.schema import CreateTable, DropTable

Values = tuple[str | int | None, ...]


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values], same: Mapping[str, Any]
) -> list[int]:
    """Insert rows with values for these names, and for those of `same`; return their ids in the rows' order."""
    listed = _listed(connection, table, names, rows)
    fixed = [literal(value, table.c[name].type) for name, value in same.items()]
    source = select(*(listed.c[name] for name in names), *fixed).order_by(listed.c.listed_key)
    statement = insert(table).from_select([*names, *same], source).returning(table.c.id)
    # Ids are given in the order of the rows that come in, though not always answered in it.
    return sorted(connection.execute(statement).scalars().all())


def add_rows(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values]) -> None:
    """Insert rows that bring their own keys."""
    listed = _listed(connection, table, names, rows)
    connection.execute(insert(table).from_select(names, select(*(listed.c[name] for name in names))))


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their `id`; each brings the same names."""
    names = list(rows[0])
    listed = _listed(connection, table, names, [tuple(row[name] for name in names) for row in rows])
    changes = {name: listed.c[name] for name in names if name != "id"}
    connection.execute(update(table).where(table.c.id == listed.c.id).values(changes))


def _listed(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values]) -> Table:
    """Make a table that only this connection sees, with the rows in their order as `listed_key`."""
    columns = [Column(name, table.c[name].type) for name in names]
    key = Column("listed_key", Integer, primary_key=True)
    listed = Table("listed", MetaData(), key, *columns, prefixes=["TEMPORARY"])
    connection.execute(DropTable(listed, if_exists=True))
    connection.execute(CreateTable(listed))
    _fill(connection, ", ".join(names), rows)
    return listed


def _fill(connection: Connection, names: str, rows: Sequence[Values]) -> None:
    """Hand the rows straight to the driver: there is nothing to translate in numbers and texts."""
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(rows[0]))
        connection.exec_driver_sql(f"INSERT INTO listed ({names}) VALUES ({marks})", list(rows))  # noqa: S608
        return
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(f"COPY listed ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
