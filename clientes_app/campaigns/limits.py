"""What campaigns cost an account, and what it may still send today and spend this month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy import Select, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from ..errors import Conflict
from ..messaging.personalization import recipient_of, shared_of, template_of
from ..messaging.totals import Totals, measure_all
from ..messaging.way_out import ending
from ..models import CampanaSMS, Cuenta, EstadoCampana, EstadoSMS, SMSLog
from ..models.types import Money, utc_now
from ..sending.allowance import use_of
from ..shop.services import lock_account, prices_of, rules_of
from ..values.days import LocalDay, day_of
from ..values.phone import country
from ..web.formatting import money, number
from ..web.i18n import zone_of

Pending = Callable[[int, LocalDay], Select[int, Decimal]]
"""Selects what of an account counts for a day, and what it costs of that month's."""

# Of what a campaign still sends, each message costs as much as the next.
_PENDING_COST = type_coerce(CampanaSMS.costo * CampanaSMS.pendientes / CampanaSMS.destinatarios, Money)


@dataclass(frozen=True)
class Expense:
    """What messages take: their SMS parts, and what these cost in pesos."""

    parts: int
    cost: Decimal
    unpriced: tuple[str, ...]
    """The countries among theirs for which the account has no price."""


@dataclass(frozen=True)
class Room:
    """What an account may still send today and spend this month; None: as much as it likes.

    What was claimed is used up, and what is pending of a campaign that was given to the sender today, or this month.
    """

    most_messages: int | None
    most_pesos: Decimal | None
    sent: int
    spent: Decimal

    @property
    def messages(self) -> int | None:
        """Return how many messages are left today."""
        return None if self.most_messages is None else max(self.most_messages - self.sent, 0)

    @property
    def pesos(self) -> Decimal | None:
        """Return how many pesos are left this month."""
        return None if self.most_pesos is None else max(self.most_pesos - self.spent, Decimal(0))

    def refusal(self, messages: int, cost: Decimal) -> str | None:
        """Say why so many messages at this cost are too many or too dear; None where they are not."""
        if self.messages is not None and messages > self.messages:
            return _too_many(self.most_messages or 0, self.messages, messages)
        if self.pesos is not None and cost > self.pesos:
            return _too_dear(self.most_pesos or Decimal(0), self.pesos, cost)
        return None


def room_of(session: Session, account_id: int) -> Room:
    """Count what an account uses up today and spends this month, by the clock of its own zone."""
    return _room_on(session, account_id, utc_now(), _pending)


def room_for(session: Session, account_id: int, moment: datetime | None) -> Room:
    """Return what the limits leave for what is sent at a moment; None: now."""
    return room_of(session, account_id) if moment is None else room_at(session, account_id, moment)


def room_at(session: Session, account_id: int, moment: datetime) -> Room:
    """Count the same for a moment to come, as far as it is known: with what is scheduled for that day and month."""
    return _room_on(session, account_id, moment, _pending, _scheduled)


def expense_of(totals: Totals, prices: Mapping[str, Decimal]) -> Expense:
    """Add up what messages cost that take so many parts."""
    parts = totals.parts_by_country
    cost = sum((count * prices.get(place, Decimal(0)) for place, count in parts.items()), Decimal(0))
    return Expense(parts.total(), cost, tuple(sorted(place for place in parts if place not in prices)))


def note_expense(session: Session, campaign: CampanaSMS) -> None:
    """Note at a campaign just stored what it is meant to send, and what that costs where the account has prices."""
    campaign.destinatarios = campaign.pendientes
    prices = prices_of(session, campaign.usuario_id)
    if not prices:
        return
    waiting = select(SMSLog.nombre, SMSLog.valores, SMSLog.telefono_e164)
    waiting = waiting.where(SMSLog.campana_id == campaign.id, SMSLog.estado == EstadoSMS.PENDIENTE)
    rows = session.execute(waiting.execution_options(yield_per=2_000))
    template = template_of(campaign.mensaje, shared_of(campaign.compartido), ending(campaign.pie))
    recipients = ((recipient_of(nombre, valores), to or "") for nombre, valores, to in rows)
    expense = expense_of(measure_all(template, recipients), prices)
    campaign.partes, campaign.costo = expense.parts, expense.cost


def require_room(session: Session, account_id: int, messages: int, cost: Decimal) -> None:
    """Refuse what would pass a limit; nobody else of the account gets past here until the transaction ends.

    Raises Conflict that says how much is left.
    """
    if not _has_limits(rules_of(session, account_id)):
        return
    lock_account(session, account_id)
    if messages and (refusal := room_of(session, account_id).refusal(messages, cost)):
        raise Conflict(refusal)


def require_room_again(session: Session, campaign: CampanaSMS, message: SMSLog) -> None:
    """Refuse to send a message a second time where that would pass a limit; before the campaign is locked.

    Raises Conflict.
    """
    require_room(session, campaign.usuario_id, 1, message.partes * _price(session, campaign, message))


def count_again(session: Session, campaign: CampanaSMS, message: SMSLog) -> None:
    """Note that a message is sent a second time, and costs again."""
    price = _price(session, campaign, message)
    session.refresh(campaign)
    campaign.destinatarios += 1
    campaign.partes += message.partes if price else 0
    campaign.costo += message.partes * price


def _room_on(session: Session, account_id: int, moment: datetime, *queries: Pending) -> Room:
    rules = rules_of(session, account_id)
    if not _has_limits(rules):
        return Room(None, None, 0, Decimal(0))
    day = day_of(moment, zone_of(rules))
    used = use_of(session.connection(), account_id, day)
    rows = [session.execute(query(account_id, day)).one() for query in queries]
    return Room(
        rules.mensajes_por_dia,
        rules.pesos_por_mes,
        used.messages + sum(messages or 0 for messages, _ in rows),
        used.pesos + sum((cost or Decimal(0) for _, cost in rows), Decimal(0)),
    )


def _has_limits(rules: Cuenta) -> bool:
    return rules.mensajes_por_dia is not None or rules.pesos_por_mes is not None


def _price(session: Session, campaign: CampanaSMS, message: SMSLog) -> Decimal:
    return prices_of(session, campaign.usuario_id).get(country(message.telefono_e164 or ""), Decimal(0))


def _pending(account_id: int, today: LocalDay) -> Select[int, Decimal]:
    """Select what is pending of the campaigns that the sender was given today, and what it costs of this month's."""
    pending = case((CampanaSMS.encolada >= today.begins, CampanaSMS.pendientes), else_=0)
    return select(func.sum(pending), func.sum(_PENDING_COST)).where(
        CampanaSMS.usuario_id == account_id,
        CampanaSMS.encolada >= today.month_begins,
        CampanaSMS.destinatarios > 0,
        CampanaSMS.pendientes > 0,
    )


def _scheduled(account_id: int, day: LocalDay) -> Select[int, Decimal]:
    """Select what is scheduled for a day, and what it costs of its month's."""
    that_day = and_(CampanaSMS.programada_para >= day.begins, CampanaSMS.programada_para < day.ends)
    pending = case((that_day, CampanaSMS.pendientes), else_=0)
    return select(func.sum(pending), func.sum(_PENDING_COST)).where(
        CampanaSMS.usuario_id == account_id,
        CampanaSMS.estado == EstadoCampana.PROGRAMADO,
        CampanaSMS.programada_para >= day.month_begins,
        CampanaSMS.programada_para < day.month_ends,
        CampanaSMS.destinatarios > 0,
        CampanaSMS.pendientes > 0,
    )


def _too_many(most: int, left: int, count: int) -> str:
    sentence = gettext(
        "The shop sends at most %(most)s messages a day. Left for today: %(left)s. This would send: %(count)s. "
        "Send fewer, wait until tomorrow, or have an administrator raise the limit.",
        most=number(most),
        left=number(left),
        count=number(count),
    )
    return str(sentence)


def _too_dear(most: Decimal, left: Decimal, cost: Decimal) -> str:
    sentence = gettext(
        "The shop spends at most %(most)s a month on SMS. Left for this month: %(left)s. This would cost: %(cost)s. "
        "Send fewer, wait until next month, or have an administrator raise the limit.",
        most=money(most),
        left=money(left),
        cost=money(cost),
    )
    return str(sentence)
