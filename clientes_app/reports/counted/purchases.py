"""What clients bought within so many days after a message; that it came after does not say that it came of it.

Each sale counts once, for the campaign of the last message before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from ...models import CompraDespues
from ...models.types import Money
from ...shop.services import rules_of
from . import tallies
from .quarters import A_DAY, Span, moment_of

_SECONDS_A_DAY = 86_400
# SQLite sums doubles: rounded to cents, the sum is exact again.
_PESOS = type_coerce(func.round(func.coalesce(func.sum(CompraDespues.total), 0), 2), Money)


@dataclass(frozen=True)
class Purchases:
    """How many sales, to how many clients, for how many pesos."""

    sales: int = 0
    buyers: int = 0
    pesos: Decimal = Decimal(0)

    def per_peso(self, cost: Decimal | None) -> Decimal | None:
        """Return the pesos for each peso that the messages cost; None where they cost nothing that is known."""
        return (self.pesos / cost).quantize(Decimal("0.01")) if cost else None


@dataclass(frozen=True)
class Takings:
    """How many sales for how many pesos, whoever bought."""

    sales: int
    pesos: Decimal


NOTHING = Purchases()


def days_of(session: Session, account_id: int) -> int:
    """Return how many days after a message a purchase counts for an account."""
    return rules_of(session, account_id).dias_de_compra


def counted(account_id: int, days: int) -> list[ColumnElement[bool]]:
    """Return what a linked sale must meet to count."""
    return [CompraDespues.usuario_id == account_id, CompraDespues.segundos <= days * _SECONDS_A_DAY]


def made_in(span: Span) -> list[ColumnElement[bool]]:
    """Return what a sale must meet that was made in some time."""
    return [CompraDespues.fecha >= span.begins, CompraDespues.fecha < span.ends]


def purchases_of(session: Session, account_id: int, campaign_id: int) -> Purchases:
    """Sum up what came after the messages of a campaign, whenever it was bought."""
    return sum_of(
        session, [*counted(account_id, days_of(session, account_id)), CompraDespues.campana_id == campaign_id]
    )


def purchases_in(session: Session, account_id: int, span: Span) -> Purchases:
    """Sum up what was bought in some time, after messages of that time or before."""
    return sum_of(session, [*counted(account_id, days_of(session, account_id)), *made_in(span)])


def sum_of(session: Session, which: list[ColumnElement[bool]]) -> Purchases:
    """Sum up the linked sales that meet some conditions."""
    return _sum(session.execute(_sums(which)).one())


def takings_in(session: Session, account_id: int, span: Span, days: int) -> Takings:
    """Sum up the same without asking who bought: what is kept by the day, and its ends by an index."""
    first, end = -(-span.first // A_DAY) * A_DAY, span.end // A_DAY * A_DAY
    if first >= end:
        return _takings(session, account_id, days, span)
    sales, cents = tallies.sums_between(session, account_id, tallies.purchases_within(days), first, end)
    ends = Span(span.begins, moment_of(first)), Span(moment_of(end), span.ends)
    found = [_takings(session, account_id, days, each) for each in ends]
    pesos = Decimal(cents).scaleb(-2) + sum(each.pesos for each in found)
    return Takings(sales + sum(each.sales for each in found), pesos)


def by_campaign(session: Session, account_id: int, span: Span) -> Mapping[int, Purchases]:
    """Sum up the same by campaign, the one first after which most pesos were paid."""
    which = [*counted(account_id, days_of(session, account_id)), *made_in(span)]
    grouped = _sums(which).add_columns(CompraDespues.campana_id).group_by(CompraDespues.campana_id)
    found = {row.campana_id: _sum(row) for row in session.execute(grouped)}
    return dict(sorted(found.items(), key=lambda each: (-each[1].pesos, -each[0])))


def _takings(session: Session, account_id: int, days: int, span: Span) -> Takings:
    found = session.execute(select(func.count(), _PESOS).where(*counted(account_id, days), *made_in(span))).one()
    return Takings(*found)


def _sums(which: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    buyers = func.count(CompraDespues.cliente_id.distinct())
    sums: Select[*tuple[Any, ...]] = select(func.count().label("sales"), buyers.label("buyers"), _PESOS.label("pesos"))
    return sums.where(*which)


def _sum(row: Any) -> Purchases:
    return Purchases(row.sales, row.buyers, row.pesos)
