"""The figures that the database's triggers keep in `contado`, and what they come to.

On PostgreSQL triggers leave notes, which are added to the counts before anybody reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from sqlalchemy import ColumnElement, Connection, Engine, ScalarSelect, delete, func, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from ...database.transactions import write_transaction
from ...models import Anotado, Contado
from .quarters import Span

SALES = "venta"
SALES_ON_THE_QUARTER = "venta_en_punto"
"""Those at its very beginning: noon, to the microsecond, is the hour of those that say none."""
NEW_CLIENTS = "cliente_nuevo"

BANDS = 4
"""Clients are counted by how often they bought: once, two or three times, four to nine times, or more often."""

_NOTES_AT_ONCE = 50_000


def clients(
    *, active: bool | None = None, with_number: bool | None = None, written_to: bool | None = None
) -> list[str]:
    """Return the figures of the clients that are so; None: whether they are or not."""
    marks = product(*(("0", "1") if mark is None else (str(int(mark)),) for mark in (active, with_number, written_to)))
    return [f"cliente_{''.join(each)}" for each in marks]


def last_purchases(band: int) -> str:
    """Return the figure of the active clients of a band of frequency, by when they last bought; the first is 1."""
    return f"compra_{band}"


def buyers(band: int) -> str:
    """Return the figure of the same, whenever they bought."""
    return f"compraron_{band}"


def purchases_within(days: int) -> list[str]:
    """Return the figures of purchases that came so many days after a message or sooner, by the day in UTC."""
    return [f"despues_{day:02d}" for day in range(1, days + 1)]


def totals_of(session: Session, account_id: int) -> Counter[str]:
    """Return the figures of clients and of buyers, which ask for no time."""
    asked = [*clients(active=True), *clients(active=False), *map(buyers, range(1, BANDS + 1))]
    found = select(Contado.cifra, Contado.cuantos).where(*_of(account_id, asked), Contado.cuarto == 0)
    return Counter(dict(session.execute(found).all()))


def numbers_since(session: Session, account_id: int, figure: str, quarters: Sequence[int]) -> list[int]:
    """Sum up a figure from each quarter of an hour to the one before it; they are given from the latest back."""
    ends = [None, *quarters[:-1]]
    # Each a stretch of the key: told apart row by row it would take several times as long.
    sums = [_sum_from(account_id, figure, first, end) for first, end in zip(quarters, ends, strict=True)]
    # PostgreSQL adds whole numbers up to decimal ones.
    return [int(number) for number in session.execute(select(*sums)).one()]


def quarters_in(session: Session, account_id: int, figure: str, span: Span) -> Mapping[int, int]:
    """Return a figure of some time by the quarter of an hour."""
    found = select(Contado.cuarto, Contado.cuantos).where(*_of(account_id, [figure]), *_within(span.first, span.end))
    return dict(session.execute(found).all())


def sums_between(session: Session, account_id: int, figures: Iterable[str], first: int, end: int) -> tuple[int, int]:
    """Return how many there were from a quarter of an hour to another, and their cents."""
    summed = select(_ALL, func.coalesce(func.sum(Contado.centavos), 0))
    number, cents = session.execute(summed.where(*_of(account_id, figures), *_within(first, end))).one()
    return int(number), int(cents)


def fold(engine: Engine, account_id: int) -> None:
    """Add to an account's counts what was noted since."""
    noted = select(Anotado.id).where(Anotado.usuario_id == account_id).limit(1)
    while True:
        with engine.connect() as connection:
            if connection.scalar(noted) is None:
                return
        with write_transaction(engine) as connection:
            _fold(connection, account_id)


def fold_everything(engine: Engine) -> None:
    """Add to the counts of all accounts what was noted since."""
    with engine.connect() as connection:
        accounts = connection.scalars(select(Anotado.usuario_id).distinct()).all()
    for account_id in sorted(accounts):
        fold(engine, account_id)


def _fold(connection: Connection, account_id: int) -> None:
    # Who folds at the same time waits for these notes, and then finds them gone.
    oldest = select(Anotado.id).where(Anotado.usuario_id == account_id).order_by(Anotado.id).limit(_NOTES_AT_ONCE)
    mine = oldest.with_for_update().cte("mine")
    keys = Anotado.cifra, Anotado.cuarto
    sums = Anotado.cuantos, Anotado.centavos
    gone = delete(Anotado).where(Anotado.id == mine.c.id).returning(*keys, *sums).cte("gone")
    summed = (
        select(literal(account_id), gone.c.cifra, gone.c.cuarto, func.sum(gone.c.cuantos), func.sum(gone.c.centavos))
        .group_by(gone.c.cifra, gone.c.cuarto)
        .order_by(gone.c.cifra, gone.c.cuarto)
    )
    names = [Contado.usuario_id, Contado.cifra, Contado.cuarto, Contado.cuantos, Contado.centavos]
    given = postgresql.insert(Contado).from_select(names, summed)
    added = {column.key: getattr(Contado, column.key) + given.excluded[column.key] for column in sums}
    connection.execute(given.on_conflict_do_update(index_elements=names[:3], set_=added))


_ALL: ColumnElement[int] = func.coalesce(func.sum(Contado.cuantos), 0)


def _of(account_id: int, figures: Iterable[str]) -> list[ColumnElement[bool]]:
    return [Contado.usuario_id == account_id, Contado.cifra.in_(list(figures))]


def _within(first: int, end: int) -> list[ColumnElement[bool]]:
    return [Contado.cuarto >= first, Contado.cuarto < end]


def _sum_from(account_id: int, figure: str, first: int, end: int | None) -> ScalarSelect[int]:
    within = [Contado.cuarto >= first] if end is None else _within(first, end)
    return select(_ALL).where(*_of(account_id, [figure]), *within).scalar_subquery()
