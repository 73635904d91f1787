"""The report of the clients: who buys and who sleeps, who never gets a message and why, how many come and opt out.

Everybody who is counted is found by the filters that go with the count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session

from ..clients.search.criteria import Search, Status, YesNo
from ..extensions import db
from ..models import Baja, Cliente, EstadoSMS, SMSLog
from ..models.types import utc_now
from ..tenancy import Account, owned
from ..values.days import day_of, first_of_next_month, start_of
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
class Unreached:
    """Why some clients never get a message; one client may be in several."""

    inactive: int
    without_number: int
    opted_out: int
    never_written_to: int
    """They could get one, and never did."""


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


def clients_report(account: Account) -> ClientsReport:
    """Return the report of an account's clients as they are now."""
    session = db.session()
    today = day_of(utc_now(), account.zone).date
    active = _count(session, account.id, Cliente.activo)
    tiles = _tiles(session, account, today)
    buyers = sum(tile.clients for row in tiles for tile in row)
    unreached = _unreached(session, account.id)
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


def _tiles(session: Session, account: Account, today: date) -> list[list[Tile]]:
    starts = [start_of(today - timedelta(days=days), account.zone) for days in RECENCY]
    bought_since = ((Cliente.ultima_compra >= start, literal(place)) for place, start in enumerate(starts))
    band = case(*bought_since, else_=len(starts))
    often = case(
        *((Cliente.numero_compras <= most, literal(place)) for place, (_, most) in enumerate(FREQUENCY) if most),
        else_=len(FREQUENCY) - 1,
    )
    bands = (
        select(band.label("band"), often.label("often"))
        .where(Cliente.usuario_id == account.id, Cliente.activo, Cliente.numero_compras > 0)
        .subquery()
    )
    found = session.execute(select(bands.c.band, bands.c.often, func.count()).group_by(bands.c.band, bands.c.often))
    counts = {(row[0], row[1]): row[2] for row in found}
    return [
        [Tile(counts.get((row, column), 0), _search_of(row, column, today)) for column in range(len(FREQUENCY))]
        for row in range(len(RECENCY) + 1)
    ]


def _search_of(row: int, column: int, today: date) -> Search:
    days = [today - timedelta(days=days) for days in RECENCY]
    least, most = FREQUENCY[column]
    return Search(
        bought_since=days[row] if row < len(days) else None,
        not_bought_since=days[row - 1] if row else None,
        least_purchases=least,
        most_purchases=most,
    )


def _unreached(session: Session, account_id: int) -> Unreached:
    active = Cliente.activo
    listed = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Cliente.telefono_e164)
    able = and_(active, Cliente.telefono_e164.is_not(None), ~listed)
    got_one = exists().where(SMSLog.cliente_id == Cliente.id, SMSLog.estado == EstadoSMS.ENVIADO)
    numbers = owned(Baja, account_id).with_only_columns(Baja.telefono_e164)
    return Unreached(
        _count(session, account_id, ~active),
        _count(session, account_id, and_(active, Cliente.telefono_e164.is_(None))),
        _count(session, account_id, and_(active, Cliente.telefono_e164.in_(numbers))),
        _count(session, account_id, and_(able, ~got_one)),
    )


def _months(session: Session, account: Account, today: date) -> list[Month]:
    months = []
    first = today.replace(day=1)
    for _ in range(MONTHS_SHOWN):
        span = span_of(first, account)
        months.append(
            Month(
                first,
                first_of_next_month(first) - timedelta(days=1),
                _count(session, account.id, and_(Cliente.creado >= span.begins, Cliente.creado < span.ends)),
                _count_opt_outs(session, account.id, Baja.creado >= span.begins, Baja.creado < span.ends),
            )
        )
        first = month_before(first)
    return months


def _count(session: Session, account_id: int, which: ColumnElement[bool] | Any) -> int:
    return session.scalar(owned(Cliente, account_id).where(which).with_only_columns(func.count())) or 0


def _count_opt_outs(session: Session, account_id: int, *which: ColumnElement[bool]) -> int:
    return session.scalar(owned(Baja, account_id).where(*which).with_only_columns(func.count())) or 0
