"""How transactions begin: readers deferred, writers immediate and one at a time on SQLite.

SQLite fails a transaction that reads and then writes while another writes ("database is locked"), so a unit
of work that will write says so before its first statement. PostgreSQL needs this only to end a writer that is frozen
in the midst of its transaction: the locks that it holds would keep everybody waiting until it wakes up.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Select,
    String,
    TableValuedAlias,
    bindparam,
    column,
    event,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import TypeEngine

from ..serving.garbage import look_seldom
from . import wal

FROZEN_SECONDS = 20
"""So long may a writer do nothing in the midst of its transaction, unless its engine has another option."""
FROZEN_OPTION = "frozen_seconds"

_WILL_WRITE = {"will_write": True}
_sqlite_write_lock = threading.Lock()

MAPPED_BYTES = 2**30
"""So much of SQLite's file is read in place; what is beyond is copied."""

WRITER_WAIT_SECONDS = 10.0
"""How long one of this process's SQLite writers waits for the others, and then for those of other processes."""


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection and a transaction that may write; commit at the end, roll back on an error."""
    with one_writer(engine), engine.connect() as connection, begun_to_write(connection):
        yield connection


@contextmanager
def begun_to_write(connection: Connection) -> Iterator[None]:
    """Open a transaction that may write on a connection that has none; the caller keeps writers in line."""
    with connection.execution_options(**_WILL_WRITE).begin():
        yield


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose reads all see the database as it was at one moment."""
    with engine.connect() as plain:
        # Every transaction of SQLite's does.
        yield plain if engine.dialect.name == "sqlite" else plain.execution_options(isolation_level="REPEATABLE READ")


@contextmanager
def connected(on: Engine | Connection) -> Iterator[Connection]:
    """Read in the transaction that a connection has open, or in one of its own."""
    if isinstance(on, Connection):
        yield on
        return
    with on.connect() as connection:
        yield connection


@contextmanager
def joined(on: Engine | Connection) -> Iterator[Connection]:
    """Write in the transaction that a connection has open, or in one of its own."""
    if isinstance(on, Connection):
        yield on
        return
    with write_transaction(on) as connection:
        yield connection


@contextmanager
def one_writer(engine: Engine) -> Iterator[None]:
    """Keep this process's SQLite writers in line; PostgreSQL's need none.

    Raises OperationalError as SQLite does, where the line does not move: of many who wait for a file that another
    process has locked, each would else wait for all before it, and hold a thread of the server for so long.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    if not _sqlite_write_lock.acquire(timeout=WRITER_WAIT_SECONDS):
        raise _locked()
    try:
        yield
        wal.keep_short(engine)
    finally:
        _sqlite_write_lock.release()


def _locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked by a writer of this process")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", None, cause)


def will_write() -> dict[str, bool]:
    """Return the execution options of a connection whose transaction will write."""
    return dict(_WILL_WRITE)


def zone_of(connection: Connection) -> tzinfo:
    """Return the zone of accounts that have settled none."""
    return cast(tzinfo, connection.get_execution_options()["zone"])


def id_list(ids: Sequence[int], dialect: str) -> TableValuedAlias:
    """Return many ids as a table of `key`, their order, and `value`: one parameter, however many there are."""
    return _listed(literal(listed_ids(ids, dialect), _list_type(dialect)), dialect)


def id_list_named(name: str, dialect: str) -> TableValuedAlias:
    """Return the same for a statement that is built once; what `listed_ids` answers is given when it runs."""
    return _listed(bindparam(name, type_=_list_type(dialect)), dialect)


def listed_ids(ids: Sequence[int], dialect: str) -> str | list[int]:
    """Return ids as the one parameter that holds them."""
    return json.dumps(list(ids)) if dialect == "sqlite" else list(ids)


def _list_type(dialect: str) -> TypeEngine[Any]:
    return String() if dialect == "sqlite" else ARRAY(BigInteger)


def _listed(parameter: ColumnElement[Any], dialect: str) -> TableValuedAlias:
    value = column("value", BigInteger)
    if dialect == "sqlite":
        return func.json_each(parameter).table_valued(column("key", BigInteger), value, name="listed")
    return func.unnest(parameter).table_valued(value, with_ordinality="key", name="listed").render_derived()


def fetch_together(connection: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> list[Any]:
    """Fetch all rows of a statement that is built once, as tuples of numbers, texts and nulls.

    SQLite's driver hands the interpreter to another thread before each row, and then waits for it: there they come
    as one text of JSON.
    """
    if connection.dialect.name != "sqlite":
        return list(connection.execute(statement, values))
    return list(json.loads(connection.execute(_as_json(statement), values).scalar_one()))


def fetch_ids(connection: Connection, statement: Select[int]) -> list[int]:
    """Fetch the ids that a statement finds: as one value, for row by row they take ten times as long."""
    ids = statement.subquery().c[0]
    if connection.dialect.name == "sqlite":
        return list(json.loads(connection.scalars(select(func.json_group_array(ids, type_=String))).one()))
    return list(connection.scalars(select(func.array_agg(ids, type_=ARRAY(BigInteger)))).one() or ())


@cache
def _as_json(statement: Select[*tuple[Any, ...]]) -> Select[str]:
    rows = statement.subquery()
    return select(func.json_group_array(func.json_array(*rows.c), type_=String))


def insert_missing(model: type[Any], dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that leaves out the rows that stand there already."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(model).on_conflict_do_nothing()


def expect_many_rows(engine: Engine) -> None:
    """Set a process up for writing many rows that can be written again.

    SQLite's batches are still whole or not there at all; when the power fails, the last ones may be not there. Indexes
    of a million rows are kept in memory, 32 MB of them: more would hardly be faster.
    """
    look_seldom()
    _at_each_connection(engine, "synchronous=NORMAL", "cache_size=-32768")


@contextmanager
def many_writes(engine: Engine) -> Iterator[Connection]:
    """Open one connection for batch after batch, whose commits do not copy SQLite's log: `wal.copy_log` does then."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            yield connection
            return
        (before,) = driver.execute("PRAGMA wal_autocheckpoint").fetchone()
        driver.execute("PRAGMA wal_autocheckpoint = 0")
        try:
            yield connection
        finally:
            driver.execute(f"PRAGMA wal_autocheckpoint = {before}")


def expect_many_reads(engine: Engine) -> None:
    """Set a process up for reading SQLite's pages where the system keeps them, instead of copying each.

    A disk that fails, or somebody who shortens the file, then ends the process instead of a request: so only the one
    that serves pages reads like this, which is started anew and repeats nothing that it was sending. 32 bits address
    too little for it. https://www.sqlite.org/mmap.html
    """
    if sys.maxsize > 2**32:
        _at_each_connection(engine, f"mmap_size={MAPPED_BYTES}")


def _at_each_connection(engine: Engine, *pragmas: str) -> None:
    """Set SQLite's connections up from now on."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def set_up(dbapi_connection: DBAPIConnection, _record: object) -> None:
        for pragma in pragmas:
            cast(sqlite3.Connection, dbapi_connection).execute(f"PRAGMA {pragma}")

    engine.dispose()


@event.listens_for(Engine, "connect")
def _set_up(dbapi_connection: DBAPIConnection, _record: object) -> None:
    if isinstance(dbapi_connection, sqlite3.Connection):
        _set_up_sqlite(dbapi_connection)
    else:
        _set_up_postgresql(dbapi_connection)


def _set_up_sqlite(dbapi_connection: sqlite3.Connection) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE: ours is sent by _begin.
    dbapi_connection.isolation_level = None
    wait = round(WRITER_WAIT_SECONDS * 1000)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={wait}"):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(dbapi_connection: Any) -> None:
    # Compiling a statement takes 20 ms and more; those that are thought to be worth it take hardly longer without it.
    # https://www.postgresql.org/docs/current/jit-decision.html
    before = dbapi_connection.autocommit
    dbapi_connection.autocommit = True
    dbapi_connection.execute("SET jit = off")
    dbapi_connection.autocommit = before


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("will_write", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        seconds = int(connection.get_execution_options().get(FROZEN_OPTION, FROZEN_SECONDS))
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'")
