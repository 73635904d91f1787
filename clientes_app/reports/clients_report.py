"""The report of the clients: who buys and who sleeps, who never gets a message and why, how many come and opt out.

Everybody who is counted is found by the filters that go with the count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from ..clients.search.criteria import Search, Status, YesNo
from ..extensions import db, engine_apart
from ..models.types import utc_now
from ..tenancy import Account
from ..values.days import day_of, first_of_next_month, start_of
from .counted import tallies
from .counted.counting import count_account
from .counted.quarters import quarter_of
from .counted.unreached import Unreached, unreached
from .month_report import month_before, opt_outs_in, span_of

RECENCY = (30, 90, 180)
"""Who bought in the last so many days, and not more recently, is of one band; who did not at all sleeps."""
FREQUENCY = ((1, 1), (2, 3), (4, 9), (10, None))
"""How many times somebody bought, at least and at most: the bands in which triggers count buyers."""
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
    bands: Sequence[Tile]
    """By recency, however often they bought."""
    unreached: Unreached
    months: Sequence[Month]
    """The latest first."""


def clients_report(account: Account) -> ClientsReport:
    """Return the report of an account's clients as they are now."""
    count_account(engine_apart(), account.id)
    tallies.fold(engine_apart(), account.id)
    session = db.session()
    today = day_of(utc_now(), account.zone).date
    totals = tallies.totals_of(session, account.id)
    active = sum(totals[each] for each in tallies.clients(active=True))
    tiles = _tiles(session, account, today, totals)
    buyers = sum(tile.clients for row in tiles for tile in row)
    months = _months(session, account, today)
    without = unreached(session, account.id, totals)
    return ClientsReport(today, active, active - buyers, tiles, _bands(tiles), without, months)


def searches() -> dict[str, Search]:
    """Return the searches that find those whom the report counts beside the tiles, by their names in it."""
    able = Search(reachable=YesNo.YES, opted_out=YesNo.NO)
    return {
        "never_bought": Search(most_purchases=0),
        "inactive": Search(status=Status.INACTIVE),
        "without_number": Search(reachable=YesNo.NO),
        "opted_out": Search(opted_out=YesNo.YES),
        "lost": Search(lost=YesNo.YES),
        "never_written_to": Search(reachable=able.reachable, opted_out=able.opted_out, written_to=YesNo.NO),
    }


def _tiles(session: Session, account: Account, today: date, totals: Counter[str]) -> list[list[Tile]]:
    starts = [quarter_of(start_of(today - timedelta(days=days), account.zone)) for days in RECENCY]
    columns = []
    for band in range(1, len(FREQUENCY) + 1):
        awake = tallies.numbers_since(session, account.id, tallies.last_purchases(band), starts)
        columns.append([*awake, totals[tallies.buyers(band)] - sum(awake)])
    return [
        [Tile(clients, _search_of(row, column)) for column, clients in enumerate(counts)]
        for row, counts in enumerate(zip(*columns, strict=True))
    ]


def _bands(tiles: Sequence[Sequence[Tile]]) -> list[Tile]:
    return [
        Tile(sum(tile.clients for tile in row), replace(_search_of(place, 0), most_purchases=None))
        for place, row in enumerate(tiles)
    ]


def _search_of(row: int, column: int) -> Search:
    least, most = FREQUENCY[column]
    return Search(
        bought_within=RECENCY[row] if row < len(RECENCY) else None,
        not_bought_within=RECENCY[row - 1] if row else None,
        least_purchases=least,
        most_purchases=most,
    )


def _months(session: Session, account: Account, today: date) -> list[Month]:
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS_SHOWN:
        firsts.append(month_before(firsts[-1]))
    spans = [span_of(first, account) for first in firsts]
    new_clients = tallies.numbers_since(session, account.id, tallies.NEW_CLIENTS, [span.first for span in spans])
    opt_outs = [opt_outs_in(session, account.id, span) for span in spans]
    return [
        Month(first, first_of_next_month(first) - timedelta(days=1), *numbers)
        for first, *numbers in zip(firsts, new_clients, opt_outs, strict=True)
    ]
