"""What became of the rows that were imported: beside the verdicts, without anything of the people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...values.text import translatable
from .store import PAGE_SIZE, Staging, listed
from .verdicts import APPLIED, Verdict

NO_CLIENT = translatable("Its client was deleted or changed while the file was imported.")
_BECAME_WRONG = "numero IN (SELECT numero FROM destino WHERE veredicto = 'mala')"


class Outcome(NamedTuple):
    """What became of a row."""

    number: int
    verdict: Verdict
    client_id: int | None = None
    without_mobile: bool = False


def record(staging: Staging, outcomes: Iterable[Outcome]) -> None:
    """Store what becomes of rows, before the transaction that does it is committed: another may do it anew."""
    with staging.tables.writing():
        # The driver takes what is exactly a text or a number many times as quickly.
        rows = ((number, verdict._value_, client, int(without)) for number, verdict, client, without in outcomes)
        staging.tables.replace("destino", rows)


def page_of(staging: Staging, verdict: Verdict, after: int) -> list[Outcome]:
    """Return the next rows of which this became."""
    return _page(staging, after, "veredicto = ?", verdict.value)


def client_of(staging: Staging, number: int) -> int | None:
    """Return the client that a row is or became, where it was imported."""
    found = staging.tables.select("SELECT cliente FROM destino WHERE numero = ?", number)
    return found[0][0] if found else None


def page_without_mobile(staging: Staging, after: int) -> list[Outcome]:
    """Return the next rows that were imported and get no SMS."""
    return _page(staging, after, "sin_celular")


def keep_rejected(staging: Staging, done_to: int) -> None:
    """Forget all rows but the rejected ones, when the import has ended, at the row `done_to`.

    Of the others stays what became of them; of what was begun beyond that row, nothing came to be.
    """
    applied, tables = f"veredicto IN ({listed(APPLIED)})", staging.tables
    with tables.writing():
        tables.delete("destino", "numero > ? AND numero IN (SELECT numero FROM fila)", done_to)
        asked = "SELECT destino.cliente FROM destino WHERE destino.numero = fila.numero AND veredicto = 'pregunta'"
        those_asked = "numero IN (SELECT numero FROM destino WHERE veredicto = 'pregunta')"
        tables.update("fila", f"veredicto = 'pregunta', cliente = ({asked})", those_asked)
        tables.delete("destino", "veredicto = 'pregunta'")
        # The client of a sale was deleted since it was looked at.
        tables.update("fila", "veredicto = 'mala', motivo = ?", f"{applied} AND {_BECAME_WRONG}", NO_CLIENT)
        tables.delete("destino", "veredicto = 'mala'")
        not_reached = f"SELECT numero, '{Verdict.NOT_REACHED}', CAST(NULL AS BIGINT), FALSE FROM fila"  # noqa: S608
        tables.insert_missing_found("destino", f"{not_reached} WHERE {applied} AND numero > ?", done_to)
        tables.keep("fila", f"NOT ({applied})")
        for table in ("documento", "persona", "cliente"):
            tables.keep(table, "FALSE")
    tables.compact()


def _page(staging: Staging, after: int, which: str, *values: object) -> list[Outcome]:
    found = staging.tables.select(
        f"SELECT numero, veredicto, cliente, sin_celular FROM destino WHERE {which}"  # noqa: S608
        " AND numero > ? ORDER BY numero LIMIT ?",
        *values,
        after,
        PAGE_SIZE,
    )
    return [Outcome(number, Verdict(verdict), client, bool(without)) for number, verdict, client, without in found]
