"""The list of clients: one page at a time, each client with its last message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from ...database import paging
from ...database.transactions import fetch_ids, id_list
from ...extensions import db
from ...models import Cliente, Etiqueta, SMSLog
from ...opt_outs.services import opted_out
from ...tenancy import Account, get_owned, owned
from ...values.phone_lines import PhoneProblem
from ..notices import why_no_sms
from ..tags.services import tags_of
from .criteria import Search
from .pages import Cursor, Order, Pages, Sorting, sorted_at_once
from .query import filtering, filtering_names, matching, matching_ids

COUNTED_UP_TO = 5_000
FOUND_AT_ONCE = 1_000


@dataclass(frozen=True)
class Row:
    """A client as the list shows it."""

    client: Cliente
    phone_problem: PhoneProblem | None
    last_message: SMSLog | None
    opted_out: bool
    """Whether the number asked for no more messages."""
    tags: Sequence[Etiqueta] = ()


@dataclass(frozen=True)
class Count:
    """How many clients a search finds; `more` where counting stopped early."""

    number: int
    more: bool


@dataclass(frozen=True)
class Page:
    """Rows, how many the search finds in all, and the ids that lead to the pages beside this one."""

    rows: list[Row]
    count: Count
    before: int | None
    after: int | None

    @property
    def is_whole(self) -> bool:
        """Return whether the search has no other page."""
        return self.before is None and self.after is None


def find_page(account: Account, search: Search, cursor: Cursor, order: Order) -> Page:
    """Return the page at the cursor, or the first where the cursor leads nowhere.

    Few clients are all found and then sorted; of many, the order's index is read until a page is full.
    """
    some = _some_ids(account.id, search)
    counted = _count_of(len(some))
    sorting = _in_order(account.id, search, order) if counted.more else sorted_at_once(_listed(account.id, some))
    ids = Pages(account.id, order, sorting).at(cursor)
    return Page(_rows(account, _clients(account.id, ids.shown)), counted, ids.before, ids.after)


def find_row(account: Account, client_id: int) -> Row:
    """Return one client's row.

    Raises NotFound.
    """
    client = get_owned(db.session(), Cliente, account.id, client_id)
    return _rows(account, [client])[0]


def count(account_id: int, search: Search) -> Count:
    """Count what a search finds, up to `COUNTED_UP_TO`: a million rows are not counted to draw a page."""
    return _count_of(db.session.scalar(select(func.count()).select_from(_some(account_id, search).subquery())) or 0)


def find_found(account_id: int, search: Search, after: int) -> paging.Page[Cliente]:
    """Return a page of what a search finds, by age: those after the client with the id `after`."""
    found = matching(account_id, search).where(Cliente.id > after).order_by(Cliente.id).limit(FOUND_AT_ONCE + 1)
    return paging.page_of(db.session.scalars(found).all(), FOUND_AT_ONCE)


def has_clients(account_id: int) -> bool:
    """Return whether the account has any client at all."""
    return db.session.scalar(owned(Cliente, account_id).limit(1)) is not None


def _some(account_id: int, search: Search) -> Select[int]:
    """Select the ids of what a search finds, one more than are counted at the most."""
    return matching_ids(account_id, search).limit(COUNTED_UP_TO + 1)


def _some_ids(account_id: int, search: Search) -> list[int]:
    return fetch_ids(db.session.connection(), _some(account_id, search))


def _count_of(number: int) -> Count:
    return Count(min(number, COUNTED_UP_TO), more=number > COUNTED_UP_TO)


def _in_order(account_id: int, search: Search, order: Order) -> Sorting:
    if order is Order.NAME:
        return Sorting(*filtering_names(account_id, search))
    return Sorting(filtering(account_id, search).with_only_columns(Cliente.id), Cliente)


def _listed(account_id: int, ids: Sequence[int]) -> Select[Cliente]:
    listed = id_list(ids, db.engine.dialect.name)
    return owned(Cliente, account_id).where(Cliente.id.in_(select(listed.c.value)))


def _clients(account_id: int, ids: Sequence[int]) -> list[Cliente]:
    found = db.session.scalars(owned(Cliente, account_id).where(Cliente.id.in_(ids)))
    by_id = {client.id: client for client in found}
    return [by_id[client_id] for client_id in ids if client_id in by_id]


def _rows(account: Account, clients: Sequence[Cliente]) -> list[Row]:
    ids = [client.id for client in clients]
    messages = _last_messages(account.id, ids)
    tags = tags_of(db.session(), account.id, ids)
    out = opted_out(account.id, {client.telefono_e164 for client in clients if client.telefono_e164})
    return [
        Row(
            client,
            why_no_sms(client, account.region),
            messages.get(client.id),
            client.telefono_e164 in out,
            tags.get(client.id, ()),
        )
        for client in clients
    ]


def _last_messages(account_id: int, ids: list[int]) -> dict[int | None, SMSLog]:
    last_ids = (
        owned(Cliente, account_id)
        .where(Cliente.id.in_(ids))
        .join(SMSLog, SMSLog.cliente_id == Cliente.id)
        .with_only_columns(func.max(SMSLog.id), maintain_column_froms=True)
        .group_by(SMSLog.cliente_id)
    )
    messages = db.session.scalars(select(SMSLog).where(SMSLog.id.in_(last_ids)))
    return {message.cliente_id: message for message in messages}
