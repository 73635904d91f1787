"""What a person says of rows that have the number of somebody of another name: who they are."""

from __future__ import annotations

import sqlite3

from .store import Staging
from .verdicts import Answer, Verdict

AT_ONCE = 10_000
"""Rows answered in one transaction."""

Asked = tuple[int, int | None, int | None]
"""A row's number, with the client and the row of the file that it is asked about."""


def answer(staging: Staging, number: int, said: Answer) -> None:
    """Take what is said of one row, in place of what was said before; Answer.NONE asks again."""
    with staging.writing() as database:
        row = database.execute("SELECT numero, cliente, otra FROM fila WHERE numero = ?", (number,)).fetchone()
        _ask_again(database, row)
        _settle(database, [row], said)


def answer_next(staging: Staging, said: Answer) -> bool:
    """Take what is said of all that are asked about, for the next of them; return whether there were any."""
    with staging.writing() as database:
        found = database.execute(
            "SELECT numero, cliente, otra FROM fila WHERE veredicto = ? ORDER BY numero LIMIT ?",
            (Verdict.ASKED.value, AT_ONCE),
        ).fetchall()
        _settle(database, found, said)
    return bool(found)


def _ask_again(database: sqlite3.Connection, row: Asked) -> None:
    number, client, other = row
    database.execute(
        "UPDATE fila SET veredicto = ?, respuesta = '', otra = ? WHERE numero = ?",
        (Verdict.ASKED.value, None if client else other, number),
    )
    database.execute("DELETE FROM cliente WHERE clave = ? AND numero = ?", (client, number))


def _settle(database: sqlite3.Connection, rows: list[Asked], said: Answer) -> None:
    if said is Answer.NONE:
        return
    settled = [(*_became(database, row, said), said.value, row[0]) for row in rows]
    database.executemany("UPDATE fila SET veredicto = ?, otra = ?, respuesta = ? WHERE numero = ?", settled)


def _became(database: sqlite3.Connection, row: Asked, said: Answer) -> tuple[str, int | None]:
    """Return a row's verdict, and the row of the file that it is the same as or was asked about."""
    number, client, other = row
    if said is Answer.ANOTHER:
        return Verdict.NEW.value, other
    if said is Answer.LEAVE_OUT:
        return Verdict.LEFT_OUT.value, other
    if client is None:
        return Verdict.DOUBLE.value, other
    # One row of a file is a client, the first that is; what else is the same client is a double.
    database.execute("INSERT OR IGNORE INTO cliente VALUES (?, ?)", (client, number))
    first = database.execute("SELECT numero FROM cliente WHERE clave = ?", (client,)).fetchone()[0]
    return (Verdict.UPDATE.value, None) if first == number else (Verdict.DOUBLE.value, int(first))
