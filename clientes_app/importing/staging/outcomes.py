"""What became of the rows that were imported: beside the verdicts, without anything of the people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...values.text import translatable
from .store import PAGE_SIZE, Staging, listed
from .stretches import PLAIN, Stretch, not_reached, turns_of
from .verdicts import APPLIED, Verdict

NO_CLIENT = translatable("Its client was deleted or changed while the file was imported.")
_BECAME_WRONG = "numero IN (SELECT numero FROM destino WHERE veredicto = 'mala')"


class Outcome(NamedTuple):
    """What became of a row."""

    number: int
    verdict: Verdict
    client_id: int | None = None
    without_mobile: bool = False


class Tally(NamedTuple):
    """How many rows became what, and how many of them get no SMS."""

    counts: Counter[Verdict]
    without_mobile: int

    def with_others(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(self.counts + other.counts, self.without_mobile + other.without_mobile)


def tally(outcomes: Sequence[Outcome]) -> Tally:
    """Count what became of rows."""
    return Tally(Counter(each.verdict for each in outcomes), sum(each.without_mobile for each in outcomes))


def record(staging: Staging, outcomes: Iterable[Outcome]) -> None:
    """Store what becomes of rows, before the transaction that does it is committed: another may do it anew."""
    with staging.tables.writing():
        # The driver takes what is exactly a text or a number many times as quickly.
        rows = ((number, verdict._value_, client, int(without)) for number, verdict, client, without in outcomes)
        staging.tables.replace("destino", rows)


def record_stretch(staging: Staging, stretch: Stretch, shift: int) -> None:
    """Note that all plain rows of a stretch that are recorded nowhere are new clients: their ids are turns and a shift.

    Row by row it is told when the import has ended: many are told in order in a fraction of the time.
    """
    with staging.tables.writing():
        staging.tables.replace("tramo", [(stretch.after, stretch.last, shift)])


def forget_begun(staging: Staging, done_to: int) -> None:
    """Forget what was recorded beyond a turn by somebody who did not come to the end of a batch."""
    tables = staging.tables
    with tables.writing():
        if tables.notes_stretches:
            tables.delete("tramo", "desde >= ?", done_to)
        if tables.select("SELECT numero FROM destino LIMIT 1"):
            tables.delete("destino", not_reached(staging), done_to)


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
    """Forget all rows but the rejected ones, when the import has ended, at the turn `done_to`.

    Of the others stays what became of them; of what was begun beyond that turn, nothing came to be.
    """
    applied, tables, beyond = f"veredicto IN ({listed(APPLIED)})", staging.tables, not_reached(staging)
    with tables.writing():
        tables.delete("destino", f"{beyond} AND numero IN (SELECT numero FROM fila)", done_to)  # noqa: S608
        if tables.notes_stretches:
            _tell_stretches(staging, done_to)
        asked = "SELECT destino.cliente FROM destino WHERE destino.numero = fila.numero AND veredicto = 'pregunta'"
        those_asked = "numero IN (SELECT numero FROM destino WHERE veredicto = 'pregunta')"
        tables.update("fila", f"veredicto = 'pregunta', cliente = ({asked})", those_asked)
        tables.delete("destino", "veredicto = 'pregunta'")
        # The client of a sale was deleted since it was looked at.
        tables.update("fila", "veredicto = 'mala', motivo = ?", f"{applied} AND {_BECAME_WRONG}", NO_CLIENT)
        tables.delete("destino", "veredicto = 'mala'")
        pending = f"SELECT numero, '{Verdict.NOT_REACHED}', CAST(NULL AS BIGINT), FALSE FROM fila"  # noqa: S608
        tables.insert_missing_found("destino", f"{pending} WHERE {applied} AND {beyond}", done_to)
        tables.keep("fila", f"NOT ({applied})")
        for table in ("documento", "persona", "cliente"):
            tables.keep(table, "FALSE")
    tables.arrange(None)
    tables.compact()


def _tell_stretches(staging: Staging, done_to: int) -> None:
    new = f"SELECT numero, '{Verdict.NEW}', turno + suma, telefono_e164 IS NULL FROM tramo"  # noqa: S608
    rows = f"CROSS JOIN {turns_of(staging)} ON turno > desde AND turno <= hasta"
    which = f"desde < ? AND turno <= ? AND {PLAIN} ORDER BY numero"
    staging.tables.insert_missing_found("destino", f"{new} {rows} WHERE {which}", done_to, done_to)
    staging.tables.keep("tramo", "FALSE")


def _page(staging: Staging, after: int, which: str, *values: object) -> list[Outcome]:
    found = staging.tables.select(
        f"SELECT numero, veredicto, cliente, sin_celular FROM destino WHERE {which}"  # noqa: S608
        " AND numero > ? ORDER BY numero LIMIT ?",
        *values,
        after,
        PAGE_SIZE,
    )
    return [Outcome(number, Verdict(verdict), client, bool(without)) for number, verdict, client, without in found]
