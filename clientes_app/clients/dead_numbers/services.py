"""Clients whose number does not work: listing them, writing to them no more, or going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ...audit_log import Actor, record
from ...database.paging import Page, page_of
from ...database.transactions import id_list
from ...extensions import db, unit_of_work
from ...models import Accion, Cliente, OrigenBaja, SMSLog
from ...models.types import utc_now
from ...sending.opt_outs import add_opt_outs
from ..locks import lock
from ..many.batches import SLOW_BATCH, batches
from .failures import proposed

PAGE_SIZE = 50
MOST_COUNTED = 100


@dataclass(frozen=True)
class Proposal:
    """A client whose number does not work, and what became of the last message to it."""

    id: int
    client: Cliente
    failures: int
    last: SMSLog


def count(account_id: int) -> int:
    """Count the clients whose number does not work, up to `MOST_COUNTED`."""
    some = proposed(account_id).limit(MOST_COUNTED)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def list_page(account_id: int, after: int | None) -> Page[Proposal]:
    """List a page of the clients whose number does not work, by age: those after the id `after`."""
    listed = proposed(account_id).order_by(Cliente.id).limit(PAGE_SIZE + 1)
    found = (listed if after is None else listed.where(Cliente.id > after)).subquery()
    rows = db.session.execute(
        select(Cliente, found.c.failures, SMSLog)
        .join(found, found.c.id == Cliente.id)
        .join(SMSLog, SMSLog.id == found.c.last_id)
        .order_by(Cliente.id)
    )
    return page_of([Proposal(client.id, client, failures, last) for client, failures, last in rows], PAGE_SIZE)


def all_ids(account_id: int) -> Sequence[int]:
    """Return the ids of all clients whose number does not work."""
    return db.session.scalars(proposed(account_id).order_by(Cliente.id)).all()


def stop_writing(account_id: int, client_ids: Sequence[int], *, by: Actor) -> int:
    """Enter the numbers of those clients who are proposed into the opt-outs; return how many numbers."""
    entered = 0
    for batch in batches(client_ids, SLOW_BATCH):
        with unit_of_work() as session:
            numbers = sorted({number for _, number in _proposed_among(session, account_id, batch)})
            count = sum(add_opt_outs(session.connection(), [account_id], each, OrigenBaja.NUMERO) for each in numbers)
            if count:
                record(session, by, Accion.OPT_OUT_ADDED, cuantos=count)
            entered += count
    return entered


def go_on(account_id: int, client_ids: Sequence[int]) -> int:
    """Propose those clients no more until the next failure; return how many clients."""
    left = 0
    for batch in batches(client_ids, SLOW_BATCH):
        with unit_of_work() as session:
            for client_id, _ in _proposed_among(session, account_id, batch):
                theirs = update(Cliente).where(Cliente.id == client_id, Cliente.usuario_id == account_id)
                left += session.connection().execute(theirs.values(fallo_dejado=utc_now())).rowcount
    return left


def _proposed_among(session: Session, account_id: int, client_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """List those of the clients who are proposed at this moment, locked: id and number."""
    connection = session.connection()
    listed = select(id_list(client_ids, connection.dialect.name).c.value)
    lock(connection, Cliente.id.in_(listed) & (Cliente.usuario_id == account_id))
    among = proposed(account_id).where(Cliente.id.in_(listed)).order_by(Cliente.id)
    for client_id, number, *_ in connection.execute(among).all():
        yield client_id, number
