"""What became of the rows that were imported: beside the verdicts, without anything of the people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .store import PAGE_SIZE, Staging, listed
from .verdicts import APPLIED, Verdict


class Outcome(NamedTuple):
    """What became of a row."""

    number: int
    verdict: Verdict
    client_id: int | None = None
    without_mobile: bool = False


def record(staging: Staging, outcomes: Iterable[Outcome]) -> None:
    """Store what becomes of rows, before the transaction that does it is committed: another may do it anew."""
    with staging.writing() as database:
        database.executemany("REPLACE INTO destino VALUES (?, ?, ?, ?)", outcomes)


def page_of(staging: Staging, verdict: Verdict, after: int) -> list[Outcome]:
    """Return the next rows of which this became."""
    return _page(staging, "veredicto = ?", verdict.value, after)


def client_of(staging: Staging, number: int) -> int | None:
    """Return the client that a row is or became, where it was imported."""
    found = staging.database.execute("SELECT cliente FROM destino WHERE numero = ?", (number,)).fetchone()
    return found[0] if found else None


def page_without_mobile(staging: Staging, after: int) -> list[Outcome]:
    """Return the next rows that were imported and get no SMS."""
    return _page(staging, "sin_celular = ?", 1, after)


def keep_rejected(staging: Staging, done_to: int) -> None:
    """Forget all rows but the rejected ones, when the import has ended, at the row `done_to`.

    Of the others stays what became of them; of what was begun beyond that row, nothing came to be.
    """
    applied = f"veredicto IN ({listed(APPLIED)})"
    with staging.writing() as database:
        database.execute(
            "DELETE FROM destino WHERE numero > ? AND numero IN (SELECT numero FROM fila)",
            (done_to,),
        )
        asked = "(SELECT destino.cliente FROM destino WHERE destino.numero = fila.numero AND veredicto = 'pregunta')"
        database.execute(
            f"UPDATE fila SET veredicto = 'pregunta', cliente = {asked}"  # noqa: S608
            " WHERE numero IN (SELECT numero FROM destino WHERE veredicto = 'pregunta')"
        )
        database.execute("DELETE FROM destino WHERE veredicto = 'pregunta'")
        database.execute(
            f"INSERT OR IGNORE INTO destino SELECT numero, '{Verdict.NOT_REACHED}', NULL, 0 FROM fila"  # noqa: S608
            f" WHERE {applied} AND numero > ?",
            (done_to,),
        )
        database.execute(f"DELETE FROM fila WHERE {applied}")  # noqa: S608
        for table in ("documento", "persona", "cliente"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608
    staging.database.execute("VACUUM")


def _page(staging: Staging, which: str, value: object, after: int) -> list[Outcome]:
    found = staging.database.execute(
        f"SELECT numero, veredicto, cliente, sin_celular FROM destino WHERE {which}"  # noqa: S608
        " AND numero > ? ORDER BY numero LIMIT ?",
        (value, after, PAGE_SIZE),
    )
    return [Outcome(number, Verdict(verdict), client, bool(without)) for number, verdict, client, without in found]
