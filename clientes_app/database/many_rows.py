"""Many rows in one statement: they are listed in a temporary table first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, literal, select, update
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


def reserve_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Return ids for this many rows, in rising order, which nobody else gets; the transaction may write."""
    if connection.dialect.name == "sqlite":
        # There is one writer; the table says that it never gives an id again.
        last = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        first = (connection.exec_driver_sql(last, (table.name,)).scalar() or 0) + 1
        return list(range(first, first + count))
    following = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    series = func.generate_series(1, count).table_valued("value")
    return sorted(connection.scalars(select(following).select_from(series)))


def add_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Values],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows that bring their own keys, with values for these names, and for those of `same`."""
    add_listed(connection, table, _listed(connection, table, names, rows), names, same or {})


def add_listed(
    connection: Connection, table: Table, listed: Table, names: Sequence[str], same: Mapping[str, Any]
) -> None:
    """Insert rows that are listed and bring their own keys."""
    fixed = [literal(value, table.c[name].type) for name, value in same.items()]
    source = select(*(listed.c[name] for name in names), *fixed).order_by(listed.c.listed_key)
    connection.execute(insert(table).from_select([*names, *same], source))


def update_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their `id`; each brings the same names."""
    names = list(rows[0])
    listed = _listed(connection, table, names, [tuple(row[name] for name in names) for row in rows])
    changes = {name: listed.c[name] for name in names if name != "id"}
    connection.execute(update(table).where(table.c.id == listed.c.id).values(changes))


def list_like(table: Table, names: Sequence[str], called: str) -> Table:
    """Describe a list of rows that only one connection sees: these columns of a table, and their order `listed_key`."""
    columns = [Column(name, table.c[name].type) for name in names]
    key = Column("listed_key", Integer, primary_key=True)
    return Table(called, MetaData(), key, *columns, prefixes=["TEMPORARY"])


def fill_list(connection: Connection, listed: Table, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Make a list anew, with these rows."""
    connection.execute(DropTable(listed, if_exists=True))
    connection.execute(CreateTable(listed))
    _fill(connection, listed.name, names, rows)


def _listed(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Values]) -> Table:
    listed = list_like(table, names, "listed")
    fill_list(connection, listed, names, rows)
    return listed


def _fill(connection: Connection, called: str, names: Sequence[str], rows: Iterable[Values]) -> None:
    """Hand the rows straight to the driver: there is nothing to translate in numbers and texts."""
    columns, driver = ", ".join(names), connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {called} ({columns}) VALUES ({marks})", rows)  # noqa: S608
        return
    with (
        cast("psycopg.Connection[Any]", driver).cursor() as cursor,
        cursor.copy(f"COPY {called} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
