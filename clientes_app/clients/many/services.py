"""What is done to all clients of a selection: tagging, activating, deleting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from ...audit_log import Actor, record
from ...extensions import db
from ...models import Accion, Cliente, Venta
from ..locks import lock_for_deletion
from ..search.selection import Selection, selected
from ..services import note_change_of_each
from ..tags import tagging
from .batches import SLOW_BATCH, change, freeze, in_batch

NAMED = 20


@dataclass(frozen=True)
class Buyers:
    """Clients with sales, which protect them from deletion."""

    count: int
    names: tuple[str, ...]
    """The first of them by name."""

    @property
    def listed(self) -> str:
        """Return the names as a sentence lists them, with an ellipsis where there are more."""
        return ", ".join((*self.names, "…") if self.count > len(self.names) else self.names)


@dataclass(frozen=True)
class Deletion:
    """What became of a selection that was to be deleted."""

    deleted: int
    kept: Buyers


def count_selected(account_id: int, selection: Selection) -> int:
    """Count the clients of the selection."""
    return _count(_ids(account_id, selection))


def freeze_selected(account_id: int, selection: Selection) -> Sequence[int]:
    """Return the ids of the selection's clients as they are now."""
    return freeze(db.session(), _ids(account_id, selection))


def buyers(account_id: int, selection: Selection) -> Buyers:
    """Return those of the selection who have sales."""
    bought = selected(db.session(), account_id, selection).where(_has_sales())
    names = bought.with_only_columns(Cliente.nombre, maintain_column_froms=True)
    first = names.order_by(Cliente.nombre_orden, Cliente.id).limit(NAMED)
    return Buyers(_count(_only_ids(bought)), tuple(db.session.scalars(first)))


def add_tags(account_id: int, selection: Selection, tag_ids: Sequence[int], *, by: Actor) -> int:
    """Give the clients of the selection the tags, and return how many clients they are."""
    ids = freeze_selected(account_id, selection)
    for tag_id in tag_ids:
        tagging.tag_clients(account_id, ids, tag_id, by=by)
    return len(ids)


def remove_tags(account_id: int, selection: Selection, tag_ids: Sequence[int], *, by: Actor) -> int:
    """Take the tags from the clients of the selection, and return how many clients they are."""
    ids = freeze_selected(account_id, selection)
    for tag_id in tag_ids:
        tagging.untag_clients(account_id, ids, tag_id, by=by)
    return len(ids)


def set_active(
    account_id: int,
    selection: Selection,
    active: bool,  # noqa: FBT001 (it is the value)
    *,
    by: Actor,
) -> int:
    """Activate or deactivate the clients of the selection, and return how many clients they are."""

    def set_batch(session: Session, batch: Select[int]) -> int:
        connection = session.connection()
        others = in_batch(account_id, batch) & (Cliente.activo != active) & Cliente.borrado.is_(None)
        note_change_of_each(connection, others, {"activo": [not active, active]}, by)
        return connection.execute(update(Cliente).where(others).values(activo=active)).rowcount

    ids = freeze_selected(account_id, selection)
    change(ids, set_batch)
    return len(ids)


def delete_clients(account_id: int, selection: Selection, *, by: Actor) -> Deletion:
    """Delete the clients of the selection that have no sales; messages stay, with their name and number."""

    def delete_batch(session: Session, batch: Select[int]) -> int:
        connection = session.connection()
        # Waits for those who record a sale to one of them, and then sees it.
        lock_for_deletion(connection, in_batch(account_id, batch))
        deleted = connection.execute(delete(Cliente).where(in_batch(account_id, batch), ~_has_sales())).rowcount
        if deleted:
            record(session, by, Accion.CLIENTS_DELETED, cuantos=deleted)
        return deleted

    deleted = change(freeze_selected(account_id, selection), delete_batch, SLOW_BATCH)
    return Deletion(deleted, buyers(account_id, selection))


def _ids(account_id: int, selection: Selection) -> Select[Any]:
    return _only_ids(selected(db.session(), account_id, selection))


def _only_ids(clients: Select[Cliente]) -> Select[Any]:
    return clients.with_only_columns(Cliente.id, maintain_column_froms=True)


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _has_sales() -> ColumnElement[bool]:
    return exists().where(Venta.cliente_id == Cliente.id)
