"""Which client has which tag: giving and taking tags, one client's or a million's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ...database.planner import look_anew
from ...errors import NotFound
from ...extensions import db, unit_of_work
from ...models import Cliente, ClienteEtiqueta, Etiqueta
from ...tenancy import get_owned, lock_owned, owned
from ..many.batches import batch_query, change, freeze, in_batch
from ..services import lock_client
from .services import find_or_create_tags

MANY = 1_000
"""So many newly tagged clients are worth another look of the database's planner."""


def tag_client(account_id: int, client_id: int, names: Sequence[str]) -> None:
    """Give a client the tags with these names; new ones are stored.

    Raises NotFound, and Conflict where the client is erased.
    """
    with unit_of_work() as session:
        client = lock_client(session, account_id, client_id)
        connection = session.connection()
        for tag_id in find_or_create_tags(session, account_id, names):
            _tag(connection, account_id, batch_query(connection, [client.id]), tag_id)


def untag_client(account_id: int, client_id: int, tag_id: int) -> None:
    """Take a tag from a client, where it has it.

    Raises NotFound.
    """
    with unit_of_work() as session:
        client = get_owned(session, Cliente, account_id, client_id)
        connection = session.connection()
        _untag(connection, account_id, batch_query(connection, [client.id]), tag_id)


def tag_clients(account_id: int, client_ids: Sequence[int], tag_id: int) -> None:
    """Give many clients a tag; other accounts' clients and tags are left alone."""
    change(client_ids, lambda session, batch: _tag(session.connection(), account_id, batch, tag_id))
    if len(client_ids) >= MANY:
        look_anew(db.engine, ClienteEtiqueta)


def untag_clients(account_id: int, client_ids: Sequence[int], tag_id: int) -> None:
    """Take a tag from many clients; other accounts' tags are left alone."""
    change(client_ids, lambda session, batch: _untag(session.connection(), account_id, batch, tag_id))


def merge_tags(account_id: int, tag_id: int, into_id: int) -> Etiqueta:
    """Give another tag to all who have this one, delete this one, and return the other.

    Raises NotFound.
    """
    kept = get_owned(db.session(), Etiqueta, account_id, into_id)
    if tag_id == into_id:
        raise NotFound
    tag_clients(account_id, _tagged(account_id, tag_id), into_id)
    delete_tag(account_id, tag_id)
    return kept


def delete_tag(account_id: int, tag_id: int) -> Etiqueta:
    """Delete a tag, taking it from all who have it, and return what it was.

    Raises NotFound.
    """
    untag_clients(account_id, _tagged(account_id, tag_id), tag_id)
    with unit_of_work() as session:
        tag = lock_owned(session, Etiqueta, account_id, tag_id)
        session.delete(tag)
    return tag


def _tagged(account_id: int, tag_id: int) -> Sequence[int]:
    tag = get_owned(db.session(), Etiqueta, account_id, tag_id)
    return freeze(db.session(), select(ClienteEtiqueta.cliente_id).where(ClienteEtiqueta.etiqueta_id == tag.id))


def _tag(connection: Connection, account_id: int, batch: Select[int], tag_id: int) -> int:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    untagged = (
        owned(Etiqueta, account_id)
        .join(Cliente, in_batch(account_id, batch))
        .where(Etiqueta.id == tag_id, Cliente.borrado.is_(None))
        .with_only_columns(Etiqueta.id, Cliente.id)
        # A client or tag that somebody deletes meanwhile is left out, rather than refused by a foreign key.
        .with_for_update(read=True, key_share=True)
    )
    tagged = insert(ClienteEtiqueta).from_select(["etiqueta_id", "cliente_id"], untagged)
    return connection.execute(tagged.on_conflict_do_nothing()).rowcount


def _untag(connection: Connection, account_id: int, batch: Select[int], tag_id: int) -> int:
    tag = owned(Etiqueta, account_id).where(Etiqueta.id == tag_id).with_only_columns(Etiqueta.id)
    gone = delete(ClienteEtiqueta).where(
        ClienteEtiqueta.etiqueta_id.in_(tag.scalar_subquery()), ClienteEtiqueta.cliente_id.in_(batch)
    )
    return connection.execute(gone).rowcount
