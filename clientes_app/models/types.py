"""Column types that both databases store alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from sqlalchemy import BigInteger, Computed, DateTime, Dialect, Enum, Integer, Numeric, String, TypeDecorator, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import mapped_column
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.types import TypeEngine

# SQLite numbers rows by itself only in a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")
PrimaryKey = Annotated[int, mapped_column(Id, primary_key=True)]


read_clock: Callable[[], datetime] = partial(datetime.now, UTC)
"""What tells the time; a test may put another clock in its place."""


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return read_clock()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database stored into an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount with two decimals, up to 14 digits in all.

    SQLite has no decimal type: there the amount is a double, exact to two decimals up to 15 digits.
    """

    impl = Numeric(14, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return a type that SQLite's driver takes without rounding through its own."""
        if dialect.name != "sqlite":
            return dialect.type_descriptor(Numeric(14, 2))
        return dialect.type_descriptor(Numeric(14, 2, asdecimal=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Turn what the database stored into an exact amount."""
        return None if value is None else Decimal(f"{value:.2f}")


class Derived(Computed):
    """What the database derives from a row's other columns: PostgreSQL as it is written, SQLite as it is read.

    SQLite's table needs no rewriting to get such a column; an index on it holds what was derived.
    """

    def __init__(self, expression: str) -> None:
        """Take what it is derived by, in SQL that both databases read alike."""
        super().__init__(expression, persisted=True)


@compiles(Derived, "sqlite")
def _write_derived(derived: Derived, compiler: DDLCompiler, **options: Any) -> str:
    return f"GENERATED ALWAYS AS ({compiler.sql_compiler.process(derived.sqltext, **options)}) VIRTUAL"


def only_where(condition: str) -> dict[str, Any]:
    """Return the options of an index that holds only the rows for which a condition is true."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def binary_text(longest: int) -> String:
    """Return the type of a text that is compared byte by byte on both databases, as pages of a list need it."""
    return String(longest).with_variant(String(longest, collation="C"), "postgresql")


def state_column(states: type[StrEnum], longest: int = 16) -> Enum:
    """Return the type of a column that holds one of `states`, checked by the database."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=True,
        name=states.__name__.lower(),
        length=longest,
        values_callable=lambda members: [member.value for member in members],
    )
