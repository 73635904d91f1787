"""What each filter asks of a client, as conditions of SQL."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Exists, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from ...fields.finding import fields_are_there, has_values, lacks_values
from ...models import (
    Baja,
    CambioImportado,
    Cliente,
    ClienteEtiqueta,
    EstadoSMS,
    Etiqueta,
    Importacion,
    SMSLog,
    Venta,
)
from ...models.types import utc_now
from ...tenancy import owned
from ...values.days import day_after, day_of, start_of
from ...web.i18n import account_zone
from .criteria import Search, Status, YesNo
from .lost import last_ones_lost

Conditions = list[ColumnElement[bool]]
_CLIENT_ID = Cliente.id.expression


def conditions_of(account_id: int, search: Search) -> Conditions:
    """Return what everybody must meet whom a search finds, but for its text and the tags that they are to have.

    What costs little to look at comes first: databases go from left to right.
    """
    return [*conditions_without_sums(account_id, search), *sums_of(account_id, search)]


def conditions_without_sums(account_id: int, search: Search) -> Conditions:
    """Return the same but for what purchases since a day must come to."""
    if search.unread:
        return [false()]
    return [
        *_of_state(search),
        *_of_number(account_id, search),
        *_of_creation(search),
        *_of_no_tags(account_id, search.no_tags),
        *fields_are_there(account_id, search.questions),
        *lacks_values(search.questions, _CLIENT_ID, today()),
        *_of_purchases(account_id, search),
        *_of_number_of_purchases(search),
        *_of_messages(search),
        *_of_import(account_id, search.import_id),
    ]


def _of_state(search: Search) -> Conditions:
    return [] if search.status is Status.ALL else [Cliente.activo == (search.status is Status.ACTIVE)]


def _of_number(account_id: int, search: Search) -> Conditions:
    conditions: Conditions = []
    if search.reachable is not None:
        has_number = Cliente.telefono_e164.is_not(None)
        conditions.append(has_number if search.reachable is YesNo.YES else ~has_number)
    if search.opted_out is YesNo.YES:
        numbers = owned(Baja, account_id).with_only_columns(Baja.telefono_e164)
        conditions.append(Cliente.telefono_e164.in_(numbers))
    elif search.opted_out is YesNo.NO:
        listed = exists().where(Baja.usuario_id == account_id, Baja.telefono_e164 == Cliente.telefono_e164)
        conditions.append(~listed)
    return conditions


def _of_creation(search: Search) -> Conditions:
    asked = _created(search.created_from, search.created_to)
    unasked = _created(search.not_created_from, search.not_created_to)
    return [*asked, not_(and_(*unasked))] if unasked else asked


def _created(first: date | None, last: date | None) -> Conditions:
    from_first = [] if first is None else [Cliente.creado >= _start(first)]
    return from_first if last is None else [*from_first, Cliente.creado < _start(day_after(last))]


def _of_no_tags(account_id: int, tag_ids: Collection[int]) -> Conditions:
    """Ask for those who have none of some tags; where one of these is gone, that is nobody, and not everybody."""
    if not tag_ids:
        return []
    present = owned(Etiqueta, account_id).where(Etiqueta.id.in_(tag_ids)).with_only_columns(func.count())
    return [present.scalar_subquery() == len(tag_ids), ~has_tag(tag_ids)]


def has_tag(tag_ids: Collection[int], client_id: ColumnElement[int] = _CLIENT_ID) -> Exists:
    """Return whether a client has any of the tags; the client's id may be that of another table than the clients'."""
    has = aliased(ClienteEtiqueta)
    return exists().where(has.etiqueta_id.in_(tag_ids), has.cliente_id == client_id)


def has_asked(search: Search, client_id: ColumnElement[int]) -> list[Exists]:
    """Return whether a client has the tags, and in the account's own fields the values, that a search asks for."""
    return [*_has_tags(search, client_id), *has_values(search.questions, client_id, today())]


def _has_tags(search: Search, client_id: ColumnElement[int]) -> list[Exists]:
    """Return whether a client has all the tags and any of those that a search asks for."""
    sets = [*((tag_id,) for tag_id in search.all_tags), *([search.any_tags] if search.any_tags else [])]
    return [has_tag(tag_ids, client_id) for tag_ids in sets]


def sums_of(account_id: int, search: Search, client_id: ColumnElement[int] = _CLIENT_ID) -> Conditions:
    """Ask for what purchases since a day must come to; the client's id may be that of another table."""
    return _summed(account_id, _bought_since(search), search.bought_for, client_id)


def _bought_since(search: Search) -> date | None:
    # Of a day and so many days the stronger holds: the later one, and of what is not to be the earlier one.
    return max(_days_of(search.bought_since, search.bought_within), default=None)


def _of_purchases(account_id: int, search: Search) -> Conditions:
    since = _bought_since(search)
    not_since = min(_days_of(search.not_bought_since, search.not_bought_within), default=None)
    asked = _bought(since, search.bought_for)
    unasked = [
        *_bought(not_since, search.not_bought_for),
        *_summed(account_id, not_since, search.not_bought_for, _CLIENT_ID),
    ]
    # Who never bought has no last purchase: whatever is asked of it is unknown, and the "not" of that as well.
    return [*asked, not_(func.coalesce(and_(*unasked), false()))] if unasked else asked


def _days_of(since: date | None, within: int | None) -> list[date]:
    within_since = [] if within is None else [today() - timedelta(days=within)]
    return within_since if since is None else [since, *within_since]


def _bought(since: date | None, amount: Decimal | None) -> Conditions:
    """Ask for purchases since a day, for an amount in all; what is carried over to the client leaves few to sum up."""
    conditions: Conditions = []
    if since is not None:
        conditions.append(Cliente.ultima_compra >= _start(since))
    if amount is not None:
        # Said twice, because only those who bought are in the index.
        conditions += [Cliente.total_compras > 0, Cliente.total_compras >= amount]
    return conditions


def _summed(account_id: int, since: date | None, amount: Decimal | None, client_id: ColumnElement[int]) -> Conditions:
    if since is None or amount is None:
        return []
    made = owned(Venta, account_id).where(Venta.cliente_id == client_id, Venta.fecha >= _start(since))
    # SQLite sums doubles: rounded to cents, the sum is exact again.
    summed = func.round(func.sum(Venta.total), 2, type_=Venta.total.type)
    return [made.with_only_columns(summed).correlate(client_id.table).scalar_subquery() >= amount]


def _of_number_of_purchases(search: Search) -> Conditions:
    conditions: Conditions = []
    if search.least_purchases is not None:
        conditions.append(Cliente.numero_compras >= search.least_purchases)
    if search.least_purchases:
        conditions.append(Cliente.numero_compras > 0)  # as the index says that holds only those who bought
    if search.most_purchases is not None:
        conditions.append(Cliente.numero_compras <= search.most_purchases)
    return conditions


def _of_messages(search: Search) -> Conditions:
    got_one = exists().where(SMSLog.cliente_id == Cliente.id, SMSLog.estado == EstadoSMS.ENVIADO)
    return [*_if_asked(search.written_to, got_one), *_if_asked(search.lost, last_ones_lost())]


def _if_asked(asked: YesNo | None, condition: ColumnElement[bool]) -> Conditions:
    if asked is None:
        return []
    return [condition if asked is YesNo.YES else ~condition]


def begins_with_most_bought(search: Search) -> bool:
    """Return whether who bought most in all comes first, of those whose purchases since a day must be summed up.

    They are likely to have bought enough since then. There is an index of that order, but it leads nowhere where a
    search begins with a text or tags.
    """
    summed = _bought_since(search) is not None and search.bought_for is not None
    return summed and not (search.text or search.tag_ids)


def _of_import(account_id: int, import_id: int | None) -> Conditions:
    if import_id is None:
        return []
    imported = owned(Importacion, account_id).where(Importacion.id == import_id).exists()
    changed = select(CambioImportado.cliente_id).where(CambioImportado.importacion_id == import_id)
    sold = select(Venta.cliente_id).where(Venta.importacion_id == import_id)
    return [imported, or_(Cliente.importacion_id == import_id, Cliente.id.in_(changed), Cliente.id.in_(sold))]


def today() -> date:
    """Return the day that it is for the account."""
    return day_of(utc_now(), account_zone()).date


def _start(day: date) -> datetime:
    return start_of(day, account_zone())
