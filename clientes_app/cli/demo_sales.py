"""What the sample shop has sold: to some every week, to some now and then or after a message, to some long ago."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..clients.sales.services import carry_over
from ..models import CampanaSMS, Cliente, EstadoSMS, SMSLog, TipoDeCampana, Venta
from .demo_hours import ShopHours
from .demo_names import ENTERED_AGAIN

TRADERS = 3
_DAYS = 180
_GRACE = timedelta(hours=1)
"""A client who was entered at the till has bought soon after."""
_ANSWERING = 0.17
"""The share of those who buy within days of an advertisement."""
_SOON = (1, 1, 2, 2, 3, 4, 6)
"""After so many days they do."""


class Goods(NamedTuple):
    """What is sold, and between how many thousand pesos."""

    name: str
    least: int
    most: int


_FASHION = (
    Goods("Camisa", 49, 95), Goods("Zapatos", 109, 219), Goods("Bolso", 79, 159), Goods("Vestido", 89, 179),
    Goods("Chaqueta", 119, 239), Goods("Accesorios", 18, 49), Goods("Pantalón", 69, 129), Goods("Perfume", 89, 199),
)  # fmt: skip
_SMALL = Goods("Accesorios", 18, 49), Goods("Medias", 18, 29), Goods("Camiseta", 29, 59)
_BY_THE_DOZEN = (Goods("Docena de camisas", 480, 690),)


@dataclass(frozen=True)
class _Habit:
    """How some clients buy: what, and on average every how many days, until so many days ago."""

    people: int
    goods: Sequence[Goods]
    every: int
    until: int = 1
    answers: bool = True
    """Whether advertisements bring them."""


_HABITS = (
    _Habit(TRADERS, _BY_THE_DOZEN, every=30, answers=False),
    _Habit(4, _SMALL, every=7),
    _Habit(15, _FASHION, every=38),
    _Habit(14, _FASHION, every=95),
    _Habit(9, _FASHION, every=40, until=95, answers=False),
)
"""The first of them trade, the last have slept for three months; all others have never bought."""


def add_sales(session: Session, account_id: int, hours: ShopHours, clients: Sequence[Cliente]) -> dict[int, Decimal]:
    """Add what was bought in half a year, and return for how much, by the client's id; who trades comes first."""
    may_buy = [client for place, client in enumerate(clients) if client.activo and place not in ENTERED_AGAIN]
    buyers = hours.dice.sample(may_buy, sum(habit.people for habit in _HABITS))
    spent: dict[int, Decimal] = {}
    sent = _advertisements(session, account_id)
    for habit, client in zip(_habits(), buyers, strict=True):
        moments = [*_by_habit(hours, habit)]
        if habit.answers:
            moments += _after(hours, sent.get(client.id, ()))
        sales = [
            _sale(account_id, hours, client.id, habit.goods, moment)
            for moment in sorted(moments)
            if moment > client.creado + _GRACE
        ]
        session.add_all(sales)
        spent[client.id] = sum((sale.total for sale in sales), Decimal())
    session.flush()
    carry_over(session.connection(), Cliente.usuario_id == account_id)
    return spent


def _habits() -> Iterator[_Habit]:
    for habit in _HABITS:
        yield from [habit] * habit.people


def _by_habit(hours: ShopHours, habit: _Habit) -> Iterator[datetime]:
    days_ago = habit.until + hours.dice.randrange(habit.every)
    while days_ago <= _DAYS:
        yield hours.of_a_purchase(days_ago)
        days_ago += max(1, round(hours.dice.gauss(habit.every, habit.every / 5)))


def _after(hours: ShopHours, advertisements: Iterable[datetime]) -> Iterator[datetime]:
    for moment in advertisements:
        days_ago = hours.days_since(moment) - hours.dice.choice(_SOON)
        if hours.dice.random() < _ANSWERING and days_ago > 0:
            yield hours.of_a_purchase(days_ago)


def _advertisements(session: Session, account_id: int) -> dict[int, list[datetime]]:
    """Return when each client got advertisements."""
    got = (
        select(SMSLog.cliente_id, SMSLog.actualizado)
        .join(CampanaSMS, CampanaSMS.id == SMSLog.campana_id)
        .where(
            CampanaSMS.usuario_id == account_id,
            CampanaSMS.tipo == TipoDeCampana.PUBLICIDAD,
            SMSLog.estado == EstadoSMS.ENVIADO,
            func.coalesce(SMSLog.recibo_codigo, 0) == 0,
        )
        .order_by(SMSLog.id)
    )
    moments: dict[int, list[datetime]] = {}
    for client_id, moment in session.execute(got):
        if client_id is not None:
            moments.setdefault(client_id, []).append(moment)
    return moments


def _sale(account_id: int, hours: ShopHours, client_id: int, goods: Sequence[Goods], moment: datetime) -> Venta:
    bought = hours.dice.choice(goods)
    return Venta(
        cliente_id=client_id,
        total=Decimal(hours.dice.randrange(bought.least, bought.most + 1) * 1_000 + 900),
        concepto=bought.name,
        fecha=moment,
        registrada=moment,
        usuario_id=account_id,
    )
