"""The report of the clients: who buys and who sleeps, who never gets a message and why, how many come and opt out.

Everybody who is counted is found by the filters that go with the count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from ..clients.search.criteria import Search, Status, YesNo
from ..extensions import db
from ..models import Baja, Cliente
from ..models.types import utc_now
from ..tenancy import Account, owned
from ..values.days import day_of, first_of_next_month, start_of
from .counted.unreached import Unreached, count_unreached
from .month_report import month_before, span_of

RECENCY = (30, 90, 180)
"""Who bought in the last so many days, and not more recently, is of one band; who did not at all sleeps."""
FREQUENCY = ((1, 1), (2, 3), (4, 9), (10, None))
"""How many times somebody bought, at least and at most."""
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Tile:
    """Clients who bought about as recently and about as often."""

    clients: int
    search: Search


@dataclass(frozen=True)
class Month:
    """Who became a client in a month, and which numbers opted out in it; both as far as they are still there."""

    first: date
    last: date
    new_clients: int
    opt_outs: int


@dataclass(frozen=True)
class ClientsReport:
    """An account's clients."""

    today: date
    active: int
    never_bought: int
    tiles: Sequence[Sequence[Tile]]
    """By recency, and then by frequency."""
    unreached: Unreached
    months: Sequence[Month]
    """The latest first."""
    counted: datetime | None = None
    """When that was; None: at this moment."""


def count_clients(account: Account) -> ClientsReport:
    """Count the report of an account's clients as they are now."""
    session = db.session()
    today = day_of(utc_now(), account.zone).date
    active = _count(session, account.id, Cliente.activo)
    tiles = _tiles(session, account, today)
    buyers = sum(tile.clients for row in tiles for tile in row)
    unreached = count_unreached(session.connection(), account.id)
    return ClientsReport(today, active, active - buyers, tiles, unreached, _months(session, account, today))


def searches() -> dict[str, Search]:
    """Return the searches that find those whom the report counts beside the tiles, by their names in it."""
    able = Search(reachable=YesNo.YES, opted_out=YesNo.NO)
    return {
        "never_bought": Search(most_purchases=0),
        "inactive": Search(status=Status.INACTIVE),
        "without_number": Search(reachable=YesNo.NO),
        "opted_out": Search(opted_out=YesNo.YES),
        "never_written_to": Search(reachable=able.reachable, opted_out=able.opted_out, written_to=YesNo.NO),
    }


def tiles_of(counts: Sequence[Sequence[int]], today: date) -> list[list[Tile]]:
    """Return the tiles with so many clients as on a day, each with the search that finds them."""
    return [
        [Tile(clients, _search_of(row, column, today)) for column, clients in enumerate(columns)]
        for row, columns in enumerate(counts)
    ]


def months_of(counts: Sequence[Sequence[int]], today: date) -> list[Month]:
    """Return the months up to that of a day, with who came and who opted out in each."""
    months, first = [], today.replace(day=1)
    for new_clients, opt_outs in counts:
        months.append(Month(first, first_of_next_month(first) - timedelta(days=1), new_clients, opt_outs))
        first = month_before(first)
    return months


def _tiles(session: Session, account: Account, today: date) -> list[list[Tile]]:
    starts = [start_of(today - timedelta(days=days), account.zone) for days in RECENCY]
    bands = [(first, end) for first, end in zip([*starts, None], [None, *starts], strict=True)]
    asked = [
        (row, column, number)
        for row in range(len(bands))
        for column in range(len(FREQUENCY))
        for number in _exact(column)
    ]
    # Each a stretch of an index: in one pass by groups it would take ten times as long.
    counts = [_buyers(account.id, number, *bands[row]).scalar_subquery() for row, _, number in asked]
    sums: Counter[tuple[int, int]] = Counter()
    for (row, column, _), clients in zip(asked, session.execute(select(*counts)).one(), strict=True):
        sums[row, column] += clients
    return tiles_of([[sums[row, column] for column in range(len(FREQUENCY))] for row in range(len(bands))], today)


def _exact(column: int) -> list[ColumnElement[bool]]:
    """Return the numbers of purchases of a band, each for itself; of the last one those that are as many or more."""
    least, most = FREQUENCY[column]
    if most is None:
        return [Cliente.numero_compras >= least]
    return [Cliente.numero_compras == number for number in range(least, most + 1)]


def _buyers(account_id: int, number: ColumnElement[bool], first: datetime | None, end: datetime | None) -> Select[int]:
    within = [
        *([] if first is None else [Cliente.ultima_compra >= first]),
        *([] if end is None else [Cliente.ultima_compra < end]),
    ]
    # Said twice, because only those who bought are in the index.
    mine = owned(Cliente, account_id).where(Cliente.activo, Cliente.numero_compras > 0, number, *within)
    return mine.with_only_columns(func.count())


def _search_of(row: int, column: int, today: date) -> Search:
    days = [today - timedelta(days=days) for days in RECENCY]
    least, most = FREQUENCY[column]
    return Search(
        bought_since=days[row] if row < len(days) else None,
        not_bought_since=days[row - 1] if row else None,
        least_purchases=least,
        most_purchases=most,
    )


def _months(session: Session, account: Account, today: date) -> list[Month]:
    counts, first = [], today.replace(day=1)
    for _ in range(MONTHS_SHOWN):
        span = span_of(first, account)
        new_clients = and_(Cliente.creado >= span.begins, Cliente.creado < span.ends)
        opt_outs = Baja.creado >= span.begins, Baja.creado < span.ends
        counts.append([_count(session, account.id, new_clients), _count_opt_outs(session, account.id, *opt_outs)])
        first = month_before(first)
    return months_of(counts, today)


def _count(session: Session, account_id: int, which: ColumnElement[bool] | Any) -> int:
    return session.scalar(owned(Cliente, account_id).where(which).with_only_columns(func.count())) or 0


def _count_opt_outs(session: Session, account_id: int, *which: ColumnElement[bool]) -> int:
    return session.scalar(owned(Baja, account_id).where(*which).with_only_columns(func.count())) or 0
