"""The list of clients: one page at a time, each client with its last message and purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from ..extensions import db
from ..messaging import phone
from ..messaging.phone import PhoneProblem
from ..models import Cliente, Etiqueta, SMSLog, Venta
from ..models.types import MAX_ID
from ..opt_outs.services import opted_out
from ..tenancy import get_owned, owned
from .search import Search, matching
from .tags import tags_of

PAGE_SIZE = 50
COUNTED_UP_TO = 10_000


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: with clients older than `before`, or ends: with clients newer than `after`."""

    before: int | None = None
    after: int | None = None

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Cursor:
        """Read `antes` and `despues`; what is no id counts as left out."""
        return cls(_id(values.get("antes", "")), _id(values.get("despues", "")))


@dataclass(frozen=True)
class Row:
    """A client as the list shows it."""

    client: Cliente
    phone_problem: PhoneProblem | None
    last_message: SMSLog | None
    last_purchase: datetime | None
    opted_out: bool
    """Whether the number asked for no more messages."""
    tags: Sequence[Etiqueta] = ()


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the ids that lead to the pages beside them."""

    rows: list[Row]
    newer_than: int | None
    older_than: int | None

    @property
    def is_whole(self) -> bool:
        """Tell whether the search has no other page."""
        return self.newer_than is None and self.older_than is None


@dataclass(frozen=True)
class Count:
    """How many clients a search finds; `more` where counting stopped early."""

    number: int
    more: bool


def find_page(account_id: int, search: Search, cursor: Cursor, region: str) -> Page:
    """Answer the page at the cursor, or the first where the cursor leads nowhere."""
    clients, newer_than, older_than = _clients_at(matching(account_id, search), cursor)
    return Page(_rows(account_id, clients, region), newer_than, older_than)


def find_row(account_id: int, client_id: int, region: str) -> Row:
    """Answer one client's row.

    Raises NotFound.
    """
    client = get_owned(db.session(), Cliente, account_id, client_id)
    return _rows(account_id, [client], region)[0]


def count(account_id: int, search: Search) -> Count:
    """Count what a search finds, up to `COUNTED_UP_TO`: a million rows are not counted to draw a page."""
    some = matching(account_id, search).with_only_columns(Cliente.id).limit(COUNTED_UP_TO + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(number, COUNTED_UP_TO), more=number > COUNTED_UP_TO)


def has_clients(account_id: int) -> bool:
    """Tell whether the account has any client at all."""
    return db.session.scalar(owned(Cliente, account_id).limit(1)) is not None


def _clients_at(found: Select[Cliente], cursor: Cursor) -> tuple[Sequence[Cliente], int | None, int | None]:
    if cursor.after is not None:
        newer = _fetch(found.where(Cliente.id > cursor.after).order_by(Cliente.id))
        if len(newer) > PAGE_SIZE:
            clients = newer[:PAGE_SIZE][::-1]
            return clients, clients[0].id, clients[-1].id
    newest_first = found.order_by(Cliente.id.desc())
    if cursor.before is not None:
        older = _fetch(newest_first.where(Cliente.id < cursor.before))
        if older:
            return older[:PAGE_SIZE], older[0].id, _next_page(older)
    first = _fetch(newest_first)
    return first[:PAGE_SIZE], None, _next_page(first)


def _fetch(found: Select[Cliente]) -> Sequence[Cliente]:
    # One more than a page, which tells whether another page follows.
    return db.session.scalars(found.limit(PAGE_SIZE + 1)).all()


def _next_page(fetched: Sequence[Cliente]) -> int | None:
    return fetched[PAGE_SIZE - 1].id if len(fetched) > PAGE_SIZE else None


def _rows(account_id: int, clients: Sequence[Cliente], region: str) -> list[Row]:
    ids = [client.id for client in clients]
    messages = _last_messages(account_id, ids)
    purchases = _last_purchases(account_id, ids)
    tags = tags_of(db.session(), account_id, ids)
    out = opted_out(account_id, {client.telefono_e164 for client in clients if client.telefono_e164})
    return [
        Row(
            client,
            phone_problem(client, region),
            messages.get(client.id),
            purchases.get(client.id),
            client.telefono_e164 in out,
            tags.get(client.id, ()),
        )
        for client in clients
    ]


def phone_problem(client: Cliente, region: str) -> PhoneProblem | None:
    """Answer why the client cannot get an SMS, or None."""
    return None if client.telefono_e164 else phone.problem(client.telefono, region)


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


def _last_purchases(account_id: int, ids: list[int]) -> dict[int, datetime]:
    latest = (
        owned(Venta, account_id)
        .where(Venta.cliente_id.in_(ids))
        .with_only_columns(Venta.cliente_id, func.max(Venta.fecha))
        .group_by(Venta.cliente_id)
    )
    return dict(db.session.execute(latest).all())


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_ID))):
        return None
    number = int(text)
    return number if number <= MAX_ID else None
