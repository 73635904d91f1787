"""Which client has which tag: giving and taking tags, one client's or a million's, and telling it in their stories.

Stories do not tell that a tag itself was deleted or merged into another: that is done to the tag.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, delete, select
from sqlalchemy.orm import Session

from ...audit_log import Actor
from ...database.planner import in_turn, look_anew
from ...database.transactions import insert_missing
from ...errors import NotFound
from ...extensions import db, unit_of_work
from ...models import Cliente, ClienteEtiqueta, Etiqueta
from ...tenancy import delete_owned, get_owned, lock_owned, owned
from ..many.batches import Action, batch_query, change, freeze, in_batch
from ..services import lock_client, note_change_of_each
from .services import find_or_create_tags

MANY = 1_000
"""So many newly tagged clients are worth another look of the database's planner."""


def tag_client(account_id: int, client_id: int, names: Sequence[str], *, by: Actor) -> None:
    """Give a client the tags with these names; new ones are stored.

    Raises NotFound, and Conflict where the client is erased.
    """
    with unit_of_work() as session:
        client = lock_client(session, account_id, client_id)
        one = batch_query(session.connection(), [client.id])
        for tag_id in find_or_create_tags(session, account_id, names):
            _tell_given(session, account_id, one, tag_id, by)
            _tag(session.connection(), account_id, one, tag_id)


def untag_client(account_id: int, client_id: int, tag_id: int, *, by: Actor) -> None:
    """Take a tag from a client, where it has it.

    Raises NotFound.
    """
    with unit_of_work() as session:
        client = lock_owned(session, Cliente, account_id, client_id)
        one = batch_query(session.connection(), [client.id])
        _tell_taken(session, account_id, one, tag_id, by)
        _untag(session.connection(), account_id, one, tag_id)


def tag_clients(account_id: int, client_ids: Sequence[int], tag_id: int, *, by: Actor) -> None:
    """Give many clients a tag; other accounts' clients and tags are left alone."""

    def tag_batch(session: Session, batch: Select[int]) -> int:
        _tell_given(session, account_id, batch, tag_id, by)
        return _tag(session.connection(), account_id, batch, tag_id)

    _tag_all(client_ids, tag_batch)


def untag_clients(account_id: int, client_ids: Sequence[int], tag_id: int, *, by: Actor) -> None:
    """Take a tag from many clients; other accounts' tags are left alone."""

    def untag_batch(session: Session, batch: Select[int]) -> int:
        _tell_taken(session, account_id, batch, tag_id, by)
        return _untag(session.connection(), account_id, batch, tag_id)

    change(client_ids, untag_batch)


def merge_tags(account_id: int, tag_id: int, into_id: int) -> Etiqueta:
    """Give another tag to all who have this one, delete this one, and return the other.

    Raises NotFound, also where somebody has just deleted one of them: then nobody is left without both.
    """
    kept = get_owned(db.session(), Etiqueta, account_id, into_id)
    if tag_id == into_id:
        raise NotFound

    def move_batch(session: Session, batch: Select[int]) -> int:
        if not _names(session, account_id, into_id):
            raise NotFound
        given = _tag(session.connection(), account_id, batch, into_id)
        _untag(session.connection(), account_id, batch, tag_id)
        return given

    # Who is given this one meanwhile is seen in the next round.
    while not _delete_unused(account_id, tag_id):
        _tag_all(_tagged(account_id, tag_id), move_batch)
    return kept


def _delete_unused(account_id: int, tag_id: int) -> bool:
    """Delete a tag that nobody has; return whether it was so. Who gives it waits meanwhile, and finds it gone.

    Raises NotFound.
    """
    with unit_of_work() as session:
        tag = session.scalar(owned(Etiqueta, account_id).where(Etiqueta.id == tag_id).with_for_update())
        if tag is None:
            raise NotFound
        if session.scalar(select(ClienteEtiqueta.cliente_id).filter_by(etiqueta_id=tag_id).limit(1)) is not None:
            return False
        session.delete(tag)
        return True


def delete_tag(account_id: int, tag_id: int) -> Etiqueta:
    """Delete a tag, taking it from all who have it, and return what it was.

    Raises NotFound.
    """
    tagged = _tagged(account_id, tag_id)
    change(tagged, lambda session, batch: _untag(session.connection(), account_id, batch, tag_id))
    with unit_of_work() as session:
        return delete_owned(session, Etiqueta, account_id, tag_id)


def _tag_all(client_ids: Sequence[int], action: Action) -> None:
    change(client_ids, action)
    if len(client_ids) >= MANY:
        look_anew(db.engine, ClienteEtiqueta)


def _tagged(account_id: int, tag_id: int) -> Sequence[int]:
    tag = get_owned(db.session(), Etiqueta, account_id, tag_id)
    return freeze(db.session(), select(ClienteEtiqueta.cliente_id).where(ClienteEtiqueta.etiqueta_id == tag.id))


def _tell_given(session: Session, account_id: int, batch: Select[int], tag_id: int, by: Actor) -> None:
    """Write it into the stories of those who lack the tag; the caller has locked the clients."""
    lacking = in_batch(account_id, batch) & Cliente.borrado.is_(None) & ~_has(tag_id)
    for name in _names(session, account_id, tag_id):
        note_change_of_each(session.connection(), lacking, {"etiquetas": [name]}, by)


def _tell_taken(session: Session, account_id: int, batch: Select[int], tag_id: int, by: Actor) -> None:
    """Write it into the stories of those who have the tag; the caller has locked the clients."""
    tagged = in_batch(account_id, batch) & _has(tag_id)
    for name in _names(session, account_id, tag_id):
        note_change_of_each(session.connection(), tagged, {"etiquetas_quitadas": [name]}, by)


def _names(session: Session, account_id: int, tag_id: int) -> Sequence[str]:
    """Return the tag's name, none where it is gone; nobody deletes it until the transaction ends."""
    tag = owned(Etiqueta, account_id).where(Etiqueta.id == tag_id)
    locked = tag.with_for_update(read=True, key_share=True)
    return session.scalars(locked.with_only_columns(Etiqueta.nombre, maintain_column_froms=True)).all()


def _has(tag_id: int) -> ColumnElement[bool]:
    has = ClienteEtiqueta.cliente_id == Cliente.id, ClienteEtiqueta.etiqueta_id == tag_id
    return in_turn(select(ClienteEtiqueta.cliente_id).where(*has).correlate(Cliente))


def _tag(connection: Connection, account_id: int, batch: Select[int], tag_id: int) -> int:
    untagged = (
        owned(Etiqueta, account_id)
        .join(Cliente, in_batch(account_id, batch))
        .where(Etiqueta.id == tag_id, Cliente.borrado.is_(None))
        .with_only_columns(Etiqueta.id, Cliente.id)
        # A client or tag that somebody deletes meanwhile is left out, rather than refused by a foreign key.
        .with_for_update(read=True, key_share=True)
    )
    insert = insert_missing(ClienteEtiqueta, connection.dialect.name)
    return connection.execute(insert.from_select(["etiqueta_id", "cliente_id"], untagged)).rowcount


def _untag(connection: Connection, account_id: int, batch: Select[int], tag_id: int) -> int:
    tag = owned(Etiqueta, account_id).where(Etiqueta.id == tag_id).with_only_columns(Etiqueta.id)
    gone = delete(ClienteEtiqueta).where(
        ClienteEtiqueta.etiqueta_id.in_(tag.scalar_subquery()), ClienteEtiqueta.cliente_id.in_(batch)
    )
    return connection.execute(gone).rowcount
