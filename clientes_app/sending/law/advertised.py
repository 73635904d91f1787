"""The rows that say which message is a number's advertisement of a day: the statements that read and change them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Delete,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from ...database.listed import columns_listed, listed_texts, rows_given
from ...database.transactions import insert_missing
from ...models import CampanaSMS, EstadoSMS, PublicidadDelDia, SMSLog
from ...models.types import utc_now
from ..carrier import Message
from .hours import COLOMBIA

A_DAY = timedelta(days=1)
KEPT = timedelta(days=31)
"""How long it is known who got an advertisement: the caps look back a month, and no two zones are two days apart."""

_COLUMNS = ("telefono_e164", "dia", "mensaje_id")
_TYPES = {name: PublicidadDelDia.__table__.c[name].type for name in _COLUMNS}
_KEY = (PublicidadDelDia.usuario_id, PublicidadDelDia.telefono_e164, PublicidadDelDia.dia)


@dataclass(frozen=True)
class Span:
    """The days that are looked at for a number."""

    begins: date
    """A month ago."""
    week_begins: date
    today: date
    """By its own clock: the last one."""


def give_back(connection: Connection, messages: Sequence[Message]) -> None:
    """Give back the days of messages that are certainly not out, where they took any at their claim."""
    rows = [
        {
            "campana_id": message.campaign_id,
            "telefono_e164": message.to,
            "dia": message.day,
            "mensaje_id": message.row_id,
        }
        for message in messages
        if message.day is not None
    ]
    if rows:
        dialect = connection.dialect.name
        given = rows_given(rows, dialect)
        connection.execute(_locking(dialect), given)
        connection.execute(_passing_on(dialect), given | {"since": utc_now() - A_DAY})
        connection.execute(_giving_back(dialect), given)


def forget(connection: Connection, before: date, most: int) -> int:
    """Forget up to `most` advertisements of days before one; return how many."""
    # Whoever holds one is erasing somebody: it can wait.
    due = select(*_KEY).where(PublicidadDelDia.dia < before).limit(most).with_for_update(skip_locked=True)
    return connection.execute(_deleting(due)).rowcount


def known_of(connection: Connection, account_id: int, numbers: Iterable[str]) -> set[str]:
    """Return those of the numbers, or pseudonyms, that got an advertisement."""
    listed = (
        PublicidadDelDia.usuario_id == account_id,
        PublicidadDelDia.telefono_e164.in_(listed_texts(numbers, connection)),
    )
    return set(connection.scalars(select(PublicidadDelDia.telefono_e164).where(*listed)))


def rename(connection: Connection, account_id: int, old: str, new: str) -> None:
    """Let a number's advertisements carry another number; where that one has some of the same days, the old ones go."""
    other = aliased(PublicidadDelDia)
    theirs = PublicidadDelDia.usuario_id == account_id, PublicidadDelDia.telefono_e164 == old
    same_day = select(other.dia).where(
        other.usuario_id == account_id, other.telefono_e164 == new, other.dia == PublicidadDelDia.dia
    )
    connection.execute(select(PublicidadDelDia.dia).where(*theirs).order_by(PublicidadDelDia.dia).with_for_update())
    connection.execute(
        update(PublicidadDelDia)
        .where(*theirs, ~same_day.correlate(PublicidadDelDia).exists())
        .values(telefono_e164=new)
    )
    connection.execute(delete(PublicidadDelDia).where(*theirs))


# Statements that run with every batch are built once: building one costs more than running it.


@cache
def taking(dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Insert rows where their numbers have none of the day yet, in the order of the numbers."""
    listed = columns_listed(_TYPES, dialect)
    account_id = bindparam("account_id", type_=PublicidadDelDia.usuario_id.type)
    in_order = select(account_id, *listed.values()).order_by(listed["telefono_e164"])
    taken = insert_missing(PublicidadDelDia, dialect).from_select(["usuario_id", *listed], in_order)
    return taken.execution_options(preserve_rowcount=True)


@cache
def owning(dialect: str) -> Select[int, int]:
    """Select those rows listed whose numbers have an advertisement of the day, each with the row that it is."""
    listed = columns_listed(_TYPES, dialect)
    return select(listed["mensaje_id"].label("row_id"), PublicidadDelDia.mensaje_id.label("owner")).where(
        PublicidadDelDia.usuario_id == bindparam("account_id"),
        PublicidadDelDia.telefono_e164 == listed["telefono_e164"],
        PublicidadDelDia.dia == listed["dia"],
    )


@cache
def capping(dialect: str) -> Select[int]:
    """Select those rows listed whose numbers got as many on the days before as the caps let through."""
    listed = columns_listed({**_TYPES, "week_begins": Date(), "month_begins": Date()}, dialect)
    in_week = func.count().filter(PublicidadDelDia.dia >= listed["week_begins"])
    return (
        select(listed["mensaje_id"].label("row_id"))
        .where(
            PublicidadDelDia.usuario_id == bindparam("account_id"),
            PublicidadDelDia.telefono_e164 == listed["telefono_e164"],
            PublicidadDelDia.dia >= listed["month_begins"],
            PublicidadDelDia.dia < listed["dia"],
            PublicidadDelDia.mensaje_id != listed["mensaje_id"],
        )
        .group_by(listed["mensaje_id"])
        .having(_are_over(in_week, func.count()))
    )


def having_todays(account_id: int, in_colombia: date, elsewhere: date) -> Select[str, bool]:
    """Select the numbers that have their advertisement of the day."""
    is_todays = PublicidadDelDia.dia == _by_country(in_colombia, elsewhere)
    # This one can be asked of an index.
    is_about = PublicidadDelDia.dia.between(min(in_colombia, elsewhere), max(in_colombia, elsewhere))
    todays = select(PublicidadDelDia.telefono_e164, true().label("has_todays"))
    return todays.where(PublicidadDelDia.usuario_id == account_id, is_about, is_todays)


def having_enough(account_id: int, in_colombia: Span, elsewhere: Span) -> Select[str, bool]:
    """Select the numbers that have their advertisement of the day, and the others that are over a cap."""
    day, spans = PublicidadDelDia.dia, (in_colombia, elsewhere)
    begins, week_begins, today = (
        _by_country(*(getattr(span, name) for span in spans)) for name in ("begins", "week_begins", "today")
    )
    has_todays = func.max(case((day == today, 1), else_=0)) == 1
    in_week, in_month = func.count().filter(day >= week_begins, day < today), func.count().filter(day < today)
    return (
        select(PublicidadDelDia.telefono_e164, has_todays.label("has_todays"))
        .where(PublicidadDelDia.usuario_id == account_id, day >= begins, day <= today)
        .group_by(PublicidadDelDia.telefono_e164)
        .having(or_(has_todays, _are_over(in_week, in_month)))
    )


def _by_country(in_colombia: date, elsewhere: date) -> ColumnElement[date]:
    if in_colombia == elsewhere:
        return literal(in_colombia, Date)
    of_colombia = PublicidadDelDia.telefono_e164.startswith(COLOMBIA)
    return case((of_colombia, literal(in_colombia, Date)), else_=literal(elsewhere, Date))


def _are_over(in_week: ColumnElement[int], in_month: ColumnElement[int]) -> ColumnElement[bool]:
    """Say whether so many on the days before are as many as the caps let through; null is no cap."""
    return or_(in_week >= bindparam("most_a_week", type_=Integer), in_month >= bindparam("most_a_month", type_=Integer))


@cache
def holding(dialect: str) -> Select[int]:
    """Keep the days of the numbers listed from being given back until the transaction ends."""
    listed = columns_listed(_TYPES, dialect)
    theirs = (
        PublicidadDelDia.usuario_id == bindparam("account_id"),
        PublicidadDelDia.telefono_e164 == listed["telefono_e164"],
        PublicidadDelDia.dia == listed["dia"],
    )
    held = select(PublicidadDelDia.mensaje_id).where(*theirs).order_by(*_KEY)
    return held.with_for_update(read=True, of=PublicidadDelDia)


def keeping(dialect: str, account_id: int, old: date, new: date) -> postgresql.Insert | sqlite.Insert:
    """Insert for a new day what numbers outside Colombia have on an old one."""
    row = PublicidadDelDia
    theirs = row.usuario_id == account_id, row.dia == old, ~row.telefono_e164.startswith(COLOMBIA)
    kept = select(row.usuario_id, row.telefono_e164, literal(new, Date), row.mensaje_id).where(*theirs)
    names = ["usuario_id", "telefono_e164", "dia", "mensaje_id"]
    return insert_missing(row, dialect).from_select(names, kept.order_by(row.telefono_e164))


def _locking(dialect: str) -> Select[int, str, date]:
    """Lock the days that messages listed give back, in the order of their numbers."""
    return _given_back(dialect).order_by(*_KEY).with_for_update(of=PublicidadDelDia)


@cache
def _given_back(dialect: str) -> Select[int, str, date]:
    """Select the keys of the days that messages listed give back."""
    listed = columns_listed({**_TYPES, "campana_id": CampanaSMS.id.type}, dialect)
    return (
        select(*_KEY)
        .join(CampanaSMS, CampanaSMS.usuario_id == PublicidadDelDia.usuario_id)
        .where(
            CampanaSMS.id == listed["campana_id"],
            *(PublicidadDelDia.__table__.c[name] == listed[name] for name in _COLUMNS),
        )
    )


@cache
def _passing_on(dialect: str) -> Update:
    """Let days that are given back be those of messages that went to the numbers meanwhile, excepted from one a day."""
    other, of_it = aliased(SMSLog), aliased(CampanaSMS)
    meanwhile = (
        select(func.max(other.id))
        .join(of_it, of_it.id == other.campana_id)
        .where(
            other.telefono_e164 == PublicidadDelDia.telefono_e164,
            other.id != PublicidadDelDia.mensaje_id,
            other.estado.in_((EstadoSMS.ENVIANDO, EstadoSMS.ENVIADO, EstadoSMS.INCIERTO)),
            other.actualizado >= bindparam("since", type_=SMSLog.actualizado.type),
            of_it.usuario_id == PublicidadDelDia.usuario_id,
            of_it.exceptuada_por_id.is_not(None),
        )
        .correlate(PublicidadDelDia)
        .scalar_subquery()
    )
    given_back = tuple_(*_KEY).in_(_given_back(dialect))
    return update(PublicidadDelDia).where(given_back, meanwhile.is_not(None)).values(mensaje_id=meanwhile)


@cache
def _giving_back(dialect: str) -> Delete:
    return _deleting(_locking(dialect))


def _deleting(keys: Select[int, str, date]) -> Delete:
    """Delete rows, whose locks are taken as their keys are read, once and in their order."""
    # Within the condition: SQLite's driver does not count the rows of a statement that begins with it.
    locked = keys.cte("locked", nesting=True)
    return delete(PublicidadDelDia).where(tuple_(*_KEY).in_(select(locked)))
