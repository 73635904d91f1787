"""Many rows as parameters of one statement, which is built once: as one text of JSON for SQLite, else as arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Select, String, bindparam, func, literal, select
from sqlalchemy.types import TypeEngine


def columns_listed(types: Mapping[str, TypeEngine[Any]], dialect: str) -> dict[str, ColumnElement[Any]]:
    """Return columns of these names and types, of rows that are given when the statement runs, by `rows_given`."""
    if dialect == "sqlite":
        row = func.json_each(bindparam("rows", type_=String)).table_valued("value", name="listed").c.value
        return {name: func.json_extract(row, f"$.{name}", type_=type_) for name, type_ in types.items()}
    lists = (bindparam(f"{name}_list", type_=ARRAY(type_)) for name, type_ in types.items())
    listed = func.unnest(*lists).table_valued(*types, name="listed").render_derived()
    return {name: listed.c[name] for name in types}


def rows_given(rows: Sequence[Mapping[str, Any]], dialect: str) -> dict[str, object]:
    """Return rows, each with the same names, as the parameters of a statement with such columns."""
    if dialect == "sqlite":
        return {"rows": json.dumps(rows, default=_as_stored)}
    return {f"{name}_list": [row[name] for row in rows] for name in rows[0]}


def listed_texts(texts: Iterable[str], connection: Connection) -> Select[str]:
    """Return many texts as one parameter."""
    listed: Sequence[str] = sorted(texts)
    if connection.dialect.name == "sqlite":
        return select(func.json_each(json.dumps(listed)).table_valued("value", name="listed").c.value)
    return select(func.unnest(literal(listed, ARRAY(String))))


def _as_stored(value: date) -> str:
    """Write a moment, or a day, as SQLAlchemy stores it in SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat()
