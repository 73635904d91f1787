"""What an account's limits let it claim: so many messages a day, and pesos a month, by the clock of its own zone.

Messages are counted as they are claimed, and counted back in the transaction in which they come back. All of it is
done behind the lock on the account, which is taken before any lock on a campaign or a message.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from ..database.transactions import zone_of
from ..models import CampanaSMS, Consumo, Cuenta, EstadoSMS, Precio, SMSLog, Usuario
from ..models.types import Money, utc_now
from ..values.days import LocalDay, day_of
from ..values.phone import country
from .carrier import Charge, Message, Result

HAS_LIMITS = or_(Cuenta.mensajes_por_dia.is_not(None), Cuenta.pesos_por_mes.is_not(None))

NOTHING = Decimal(0)

COUNTED = (EstadoSMS.ENVIANDO, EstadoSMS.ENVIADO, EstadoSMS.INCIERTO)

# Statements that run with every batch are built once: building one costs more than running it.
_RULES = select(Cuenta.zona_horaria, Cuenta.mensajes_por_dia, Cuenta.pesos_por_mes).where(
    Cuenta.usuario_id == bindparam("account_id"), HAS_LIMITS
)
_MONTH = select(Consumo.dia, Consumo.mensajes, Consumo.pesos).where(
    Consumo.usuario_id == bindparam("account_id"), Consumo.termina_mes == bindparam("month_ends")
)
_COUNT = (
    update(Consumo)
    .where(
        Consumo.usuario_id == bindparam("account_id"),
        Consumo.dia == bindparam("day"),
        Consumo.mensajes == bindparam("before"),
    )
    .values(
        mensajes=Consumo.mensajes + bindparam("messages"),
        pesos=func.round(Consumo.pesos + bindparam("pesos_more", type_=Money), 2, type_=Money),
    )
)


@dataclass(frozen=True)
class Use:
    """What an account used up."""

    messages: int
    """Today."""
    pesos: Decimal
    """This month."""


class Allowance:
    """What an account without limits may claim: anything."""

    def room(self, most: int) -> int:
        """Return how many of `most` messages may be claimed, as far as their number goes."""
        return most

    def charged(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Return the first of the messages, as many as their cost lets through, each with its charge."""
        return messages

    def count(self, connection: Connection, messages: Sequence[Message]) -> None:
        """Count messages that are claimed in this transaction.

        Raises RuntimeError where others were counted since the allowance was read.
        """


UNLIMITED = Allowance()


@dataclass(frozen=True)
class Limited(Allowance):
    """What an account with limits may claim; nobody else claims for it until the transaction ends."""

    account_id: int
    today: date
    use: Use
    most_messages: int | None
    most_pesos: Decimal | None
    prices: Mapping[str, Decimal]

    def room(self, most: int) -> int:
        """Return how many of `most` messages the limit a day lets through."""
        return most if self.most_messages is None else max(min(most, self.most_messages - self.use.messages), 0)

    def charged(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Return the first of the messages, as many as the limit a month lets through, each with its charge."""
        charged, spent = [], self.use.pesos
        for message in messages:
            pesos = cost_of(message.parts, message.to, self.prices)
            spent += pesos
            if pesos and self.most_pesos is not None and spent > self.most_pesos:
                break
            charged.append(dataclasses.replace(message, charge=Charge(self.account_id, self.today, pesos)))
        return charged

    def count(self, connection: Connection, messages: Sequence[Message]) -> None:
        """Count messages that are claimed in this transaction.

        Raises RuntimeError where others were counted since the allowance was read.
        """
        values = {
            "account_id": self.account_id,
            "day": self.today,
            "before": self.use.messages,
            "messages": len(messages),
            "pesos_more": sum((message.charge.pesos for message in messages if message.charge), NOTHING),
        }
        if connection.execute(_COUNT, values).rowcount != 1:
            raise RuntimeError("messages were claimed for an account without its lock")


def lock_accounts(connection: Connection, account_ids: Iterable[int]) -> None:
    """Let nobody else change or use up these accounts' limits until the transaction ends.

    Rows that refer to an account may still be added. SQLite has one writer and needs no lock.
    """
    accounts = select(Usuario.id).where(Usuario.id.in_(list(account_ids))).order_by(Usuario.id)
    connection.execute(accounts.with_for_update(key_share=True))


def allowance_of(connection: Connection, account_id: int) -> Allowance:
    """Return what an account that has limits may claim now, and take its lock."""
    lock_accounts(connection, [account_id])
    rules = connection.execute(_RULES, {"account_id": account_id}).one_or_none()
    if rules is None:
        return UNLIMITED  # since a moment ago
    today = day_of(utc_now(), ZoneInfo(rules.zona_horaria) if rules.zona_horaria else zone_of(connection))
    use = _begin_day(connection, account_id, today)
    prices = {} if rules.pesos_por_mes is None else prices_of(connection, account_id)
    return Limited(account_id, today.date, use, rules.mensajes_por_dia, rules.pesos_por_mes, prices)


def lock_where_counted(connection: Connection, results: Iterable[Result]) -> None:
    """Take the locks of the accounts for which some of these results may be counted back."""
    charges = [result.message.charge for result in results if result.outcome.comes_back]
    if accounts := {charge.account_id for charge in charges if charge}:
        lock_accounts(connection, accounts)


def count_back(connection: Connection, results: Iterable[Result]) -> None:
    """Count back those of the results, each of which was just recorded, whose message is not out."""
    back: defaultdict[tuple[int, object], list[Decimal]] = defaultdict(list)
    for result in results:
        charge = result.message.charge
        if charge and result.outcome.comes_back:
            back[charge.account_id, charge.day].append(charge.pesos)
    for (account_id, day), pesos in back.items():
        less, cheaper = Consumo.mensajes - len(pesos), Consumo.pesos - sum(pesos, NOTHING)
        # Not below nothing: an account whose settings changed meanwhile was counted anew.
        connection.execute(
            update(Consumo)
            .where(Consumo.usuario_id == account_id, Consumo.dia == day)
            .values(
                mensajes=case((less > 0, less), else_=0),
                pesos=case((cheaper > 0, func.round(cheaper, 2, type_=Money)), else_=NOTHING),
            )
        )


def count_anew(connection: Connection, account_id: int) -> None:
    """Let the next claim count what an account used up from its messages: what was counted before no longer tells."""
    connection.execute(delete(Consumo).where(Consumo.usuario_id == account_id))


def use_of(connection: Connection, account_id: int, today: LocalDay) -> Use:
    """Return what an account with limits used up so far."""
    month = _month(connection, account_id, today)
    spent = _spent(month)
    for row in month:
        if row.dia == today.date:
            return Use(row.mensajes, spent)
    if _is_counted_until(connection, account_id, today.begins):
        return Use(0, spent)
    return _use_by_messages(connection, account_id, today)


def prices_of(connection: Connection, account_id: int) -> dict[str, Decimal]:
    """Return what an SMS part costs an account in pesos, by the two letters of the country."""
    prices = select(Precio.pais, Precio.precio).where(Precio.usuario_id == account_id).order_by(Precio.pais)
    return {price.pais: price.precio for price in connection.execute(prices)}


def cost_of(parts: int, to: str, prices: Mapping[str, Decimal]) -> Decimal:
    """Return what a message costs in pesos; nothing where its number's country has no price."""
    return parts * prices.get(country(to), NOTHING) if prices else NOTHING


def _month(connection: Connection, account_id: int, today: LocalDay) -> Sequence[Row[object, int, Decimal]]:
    return connection.execute(_MONTH, {"account_id": account_id, "month_ends": today.month_ends}).all()


def _spent(month: Sequence[Row[object, int, Decimal]]) -> Decimal:
    return sum((row.pesos for row in month), NOTHING)


def _begin_day(connection: Connection, account_id: int, today: LocalDay) -> Use:
    """Return what the account used up so far, with a row for today from now on; the caller has the account's lock."""
    use = use_of(connection, account_id, today)
    month = _month(connection, account_id, today)
    if all(row.dia != today.date for row in month):
        connection.execute(
            insert(Consumo).values(
                usuario_id=account_id,
                dia=today.date,
                termina=today.ends,
                termina_mes=today.month_ends,
                mensajes=use.messages,
                pesos=use.pesos - _spent(month),
            )
        )
    return use


def _is_counted_until(connection: Connection, account_id: int, begins: datetime) -> bool:
    """Return whether all that was claimed before a day began is counted, and nothing that was claimed since."""
    last = connection.scalar(select(func.max(Consumo.termina)).where(Consumo.usuario_id == account_id))
    return last is not None and last <= begins


def _use_by_messages(connection: Connection, account_id: int, today: LocalDay) -> Use:
    """Count from the messages themselves, with the prices of when their campaigns were stored."""
    used = connection.execute(_used_since(account_id, today)).one()
    return Use(int(used.messages or 0), used.pesos or NOTHING)


def _used_since(account_id: int, today: LocalDay) -> Select[int, Decimal]:
    per_message = CampanaSMS.costo / func.nullif(CampanaSMS.destinatarios, 0)
    spent = type_coerce(func.sum(per_message * _went_out_since(today.month_begins)), Money)
    return select(func.sum(_went_out_since(today.begins)).label("messages"), spent.label("pesos")).where(
        CampanaSMS.usuario_id == account_id, CampanaSMS.actualizado >= today.month_begins
    )


def _went_out_since(moment: datetime) -> ColumnElement[int]:
    """Count a campaign's messages that went out since a moment; only where it began earlier are they looked at."""
    rows = select(func.count()).where(
        SMSLog.campana_id == CampanaSMS.id, SMSLog.estado.in_(COUNTED), SMSLog.actualizado >= moment
    )
    all_of_them = CampanaSMS.enviando + CampanaSMS.enviados_exitosos + CampanaSMS.inciertos
    return case((CampanaSMS.iniciado >= moment, all_of_them), else_=rows.scalar_subquery())
