"""When people buy: their sales of a year by weekday and hour of the account's clock.

Triggers note each sale as it comes, goes or changes; whoever looks adds the notes to the counts, account by account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ..database.transactions import id_list, write_transaction
from ..extensions import db, engine_apart
from ..models import VentaAnotada, VentasContadas
from ..models.types import utc_now
from ..tenancy import Account
from ..values.days import day_after, day_of, start_of
from .counted.quarters import Span, days_between, hours_of

LOOKED_AT = timedelta(days=364)
"""So long back: whole weeks, so that each weekday is there as often as the others."""
FEWEST_SALES = 30
"""Of fewer nobody can say when people buy."""
_TIMES_THE_AVERAGE = 2
"""So many times as much as in an hour on the average is bought in one that stands out."""
_ALIKE = 0.75
"""An hour with such a part of the purchases of the best is much like it."""
MOST_ALIKE = 3
_WEEK_AHEAD = timedelta(days=28)
"""Long enough for each weekday to come once without a holiday."""
_NOTES_AT_ONCE = 10_000
_NOON = 12


class Slot(NamedTuple):
    """An hour of a weekday; Monday is 0."""

    weekday: int
    hour: int


@dataclass(frozen=True)
class HoursReport:
    """How many sales an account made in each hour of a week."""

    first: date
    last: date
    sales: Sequence[Sequence[int]]
    """By weekday, and then by hour."""
    without_hour: int
    """How many say no hour: those that were recorded for an earlier day."""

    @property
    def total(self) -> int:
        """Return how many sales say their hour."""
        return sum(map(sum, self.sales))

    @property
    def best(self) -> Slot | None:
        """Return the hour in which most is bought, the earliest of several; None where it is too early to tell."""
        return self.best_of([Slot(weekday, hour) for weekday in range(7) for hour in range(24)])

    def best_of(self, slots: Collection[Slot]) -> Slot | None:
        """Return in which of some hours most is bought, the earliest of several; None where none of them stands out."""
        best = max(sorted(slots), key=self.sales_in, default=None)
        if best is None or self.total < FEWEST_SALES:
            return None
        average = self.total / (7 * len(self.hours))
        return best if self.sales_in(best) >= _TIMES_THE_AVERAGE * average else None

    def sales_in(self, slot: Slot) -> int:
        """Return how many sales were made in an hour of the week."""
        return self.sales[slot.weekday][slot.hour]

    @property
    def alike(self) -> list[Slot]:
        """Return the hours that are much like the best one, those with most sales first."""
        if self.best is None:
            return []
        slots = [Slot(weekday, hour) for weekday in range(7) for hour in range(24)]
        least = _ALIKE * self.sales_in(self.best)
        found = [slot for slot in slots if slot != self.best and self.sales_in(slot) >= least]
        return sorted(found, key=lambda slot: (-self.sales_in(slot), slot))

    @property
    def hours(self) -> range:
        """Return the hours from the first in which anything was bought to the last."""
        used = [hour for hour in range(24) if any(day[hour] for day in self.sales)]
        return range(used[0], used[-1] + 1) if used else range(0)


def hours_report(account: Account) -> HoursReport:
    """Return when an account's clients bought in the last 52 weeks."""
    fold_sales(engine_apart(), account.id)
    end = day_after(day_of(utc_now(), account.zone).date)
    first = end - LOOKED_AT
    span = Span(start_of(first, account.zone), start_of(end, account.zone))
    counts = _counts(account.id, span)
    table = [[0] * 24 for _ in range(7)]
    without_hour = 0
    for day in days_between(first, end):
        hours = table[day.weekday()]
        last_hour = -1
        for quarter, hour in hours_of(day, account.zone):
            sales, on_the_quarter = counts.get(quarter, (0, 0))
            if hour == _NOON and last_hour != _NOON:
                without_hour += on_the_quarter
                sales -= on_the_quarter
            hours[hour] += sales
            last_hour = hour
    return HoursReport(first, end - timedelta(days=1), table, without_hour)


def fold_sales(engine: Engine, account_id: int) -> None:
    """Add to an account's counts what was noted since."""
    noted = select(VentaAnotada.id).where(VentaAnotada.usuario_id == account_id).limit(1)
    while True:
        with engine.connect() as connection:
            if connection.scalar(noted) is None:
                return
        with write_transaction(engine) as connection:
            _fold(connection, account_id)


def fold_all_sales(engine: Engine) -> None:
    """Add to the counts of all accounts what was noted since."""
    with engine.connect() as connection:
        accounts = connection.scalars(select(VentaAnotada.usuario_id).distinct()).all()
    for account_id in sorted(accounts):
        fold_sales(engine, account_id)


def _fold(connection: Connection, account_id: int) -> None:
    # Who folds at the same time waits for these notes, and then finds them gone.
    mine = select(VentaAnotada.id, VentaAnotada.cuarto, VentaAnotada.ventas, VentaAnotada.en_punto)
    first = mine.where(VentaAnotada.usuario_id == account_id).order_by(VentaAnotada.id).limit(_NOTES_AT_ONCE)
    notes = connection.execute(first.with_for_update()).all()
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for note in notes:
        sums[note.cuarto][0] += note.ventas
        sums[note.cuarto][1] += note.en_punto
    if sums:
        _add(connection, account_id, sums)
    listed = id_list([note.id for note in notes], connection.dialect.name)
    connection.execute(delete(VentaAnotada).where(VentaAnotada.id.in_(select(listed.c.value))))


def _add(connection: Connection, account_id: int, sums: Mapping[int, Sequence[int]]) -> None:
    quarters = [
        {"usuario_id": account_id, "cuarto": quarter, "ventas": sales, "en_punto": on_the_quarter}
        for quarter, (sales, on_the_quarter) in sorted(sums.items())
    ]
    given = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(VentasContadas)
    added = {name: getattr(VentasContadas, name) + getattr(given.excluded, name) for name in ("ventas", "en_punto")}
    keys = [VentasContadas.usuario_id, VentasContadas.cuarto]
    connection.execute(given.on_conflict_do_update(index_elements=keys, set_=added), quarters)


def _counts(account_id: int, span: Span) -> Mapping[int, tuple[int, int]]:
    found = select(VentasContadas.cuarto, VentasContadas.ventas, VentasContadas.en_punto).where(
        VentasContadas.usuario_id == account_id,
        VentasContadas.cuarto >= span.first,
        VentasContadas.cuarto < span.end,
    )
    return {quarter: (sales, on_the_quarter) for quarter, sales, on_the_quarter in db.session.execute(found)}
