"""Rows of a file that have a document or a number in common: what becomes of one depends on those before it.

All others are what the clients that there are make of them, or new, and are not looked at once more. The tables of keys
tell of those rows only; a key that one row has stands with the row.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from ...client_files.rows import Row
from .matching import key_number
from .store import Holder, Person, Seen, Staged, Staging, listed, staged_of
from .tables.interface import COLUMNS
from .verdicts import Verdict

_TELLING = (Verdict.NEW, Verdict.UPDATE, Verdict.SAME, Verdict.ASKED)
"""Their rows tell of somebody, whom later ones may be."""


def sharing(staging: Staging) -> array[int]:
    """Return which rows have a key that others have too, in the file's order; nothing is noted of them any more.

    Raises Taken.
    """
    with staging.storing():
        for table in ("documento", "persona"):
            staging.tables.delete(table, "TRUE")
    both = f"{_sharing('documento_clave')} UNION {_sharing('telefono_e164')} ORDER BY numero"
    return array("q", (number for (number,) in staging.tables.stream(both)))


def rows_with(staging: Staging, numbers: Iterable[int]) -> list[Staged]:
    """Return the rows that have these numbers, in the file's order."""
    rows = f"SELECT {COLUMNS['fila']} FROM (SELECT numero AS clave, fila.* FROM fila) AS filas"  # noqa: S608
    found = map(staged_of, staging.tables.with_keys(rows, list(numbers)))
    return sorted(found, key=lambda staged: staged.number)


def correct(staging: Staging, before: Sequence[Staged], judged: Sequence[Staged], firsts: Seen) -> None:
    """Store what became of rows, and the keys that they are the first to have.

    Raises Taken.
    """
    with staging.storing():
        staging.tables.correct(sorted(set(map(_became, judged)) - set(map(_became, before))))
        staging.store_keys(firsts)


def seen_by(staging: Staging, row: Row, client_ids: Iterable[int]) -> Seen:
    """Return which of a row's keys, and which clients, rows of the file have, when all are judged."""
    seen = staging.seen([row], client_ids)
    document, phone = row.documento_clave, key_number(row)
    if document not in seen.documents:
        found = _telling(staging, "numero, nombre, telefono, telefono_e164", "documento_clave", document)
        seen.documents.update((document, Holder(*holder)) for holder in found)
    if phone not in seen.phones:
        found = _telling(staging, "numero, documento_clave, nombre", "telefono_e164", phone)
        seen.phones.update((phone, [Person(*person)]) for person in found)
    return seen


def _sharing(key: str) -> str:
    """Return the query for the rows without a fault whose key others have too: no join, whose plan would be a guess."""
    those = f"FROM fila WHERE {key} <> '' AND {key} IS NOT NULL AND motivo = ''"
    counted = f"SELECT numero, count(*) OVER (PARTITION BY {key}) AS veces {those}"
    return f"SELECT numero FROM ({counted}) AS contadas WHERE veces > 1"  # noqa: S608


def _became(staged: Staged) -> tuple[int, str, int | None, int | None]:
    return staged.number, staged.verdict.value, staged.other, staged.client_id


def _telling(staging: Staging, columns: str, key: str, value: str) -> list[tuple[Any, ...]]:
    """Return the first row that told of somebody with a key."""
    tells = f"motivo = '' AND (respuesta <> '' OR veredicto IN ({listed(_TELLING)}))"
    query = f"SELECT {columns} FROM fila WHERE {key} = ? AND {key} <> '' AND {tells} ORDER BY numero LIMIT 1"  # noqa: S608
    return staging.tables.select(query, value)
