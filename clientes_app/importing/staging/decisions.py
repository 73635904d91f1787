"""What a person says of rows that have the number of somebody of another name: who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .store import Staging
from .tables.interface import Tables
from .verdicts import Answer, Verdict

AT_ONCE = 10_000
"""Rows answered in one transaction."""

Asked = tuple[Any, ...]
"""A row's number, with the client and the row of the file that it is asked about."""


def answer(staging: Staging, number: int, said: Answer) -> None:
    """Take what is said of one row, in place of what was said before; Answer.NONE asks again."""
    with staging.tables.writing():
        (row,) = staging.tables.select("SELECT numero, cliente, otra FROM fila WHERE numero = ?", number)
        _ask_again(staging.tables, row)
        _settle(staging.tables, [row], said)


def answer_next(staging: Staging, said: Answer) -> bool:
    """Take what is said of all that are asked about, for the next of them; return whether there were any."""
    with staging.tables.writing():
        found = staging.tables.select(
            "SELECT numero, cliente, otra FROM fila WHERE veredicto = ? ORDER BY numero LIMIT ?",
            Verdict.ASKED.value,
            AT_ONCE,
        )
        _settle(staging.tables, found, said)
    return bool(found)


def _ask_again(tables: Tables, row: Asked) -> None:
    number, client, other = row
    asked = (Verdict.ASKED.value, None if client else other, number)
    tables.update("fila", "veredicto = ?, respuesta = '', otra = ?", "numero = ?", *asked)
    tables.delete("cliente", "clave = ? AND numero = ?", client, number)


def _settle(tables: Tables, rows: Sequence[Asked], said: Answer) -> None:
    if said is Answer.NONE:
        return
    firsts = _firsts(tables, rows) if said is Answer.SAME else {}
    settled = [(*_became(row, said, firsts), said.value, row[0]) for row in rows]
    tables.update_each("fila", "veredicto = ?, otra = ?, respuesta = ?", "numero = ?", settled)


def _firsts(tables: Tables, rows: Sequence[Asked]) -> dict[int, int]:
    """Return which row of the file is each client: one is, the first; what else is the same client is a double."""
    asked = {client: number for number, client, _ in reversed(rows) if client}
    tables.insert_missing("cliente", asked.items())
    return dict(tables.with_keys("SELECT clave, numero FROM cliente", list(asked)))


def _became(row: Asked, said: Answer, firsts: Mapping[int, int]) -> tuple[str, int | None]:
    """Return a row's verdict, and the row of the file that it is the same as or was asked about."""
    number, client, other = row
    if said is Answer.ANOTHER:
        return Verdict.NEW.value, other
    if said is Answer.LEAVE_OUT:
        return Verdict.LEFT_OUT.value, other
    if client is None:
        return Verdict.DOUBLE.value, other
    first = firsts[client]
    return (Verdict.UPDATE.value, None) if first == number else (Verdict.DOUBLE.value, first)
