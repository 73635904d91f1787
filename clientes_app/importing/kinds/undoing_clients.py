"""Taking back what an import made of clients: those that it created go, those that it changed become as they were.

Whom something has happened to since stays as it is: see `undo_extent`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, delete, select
from sqlalchemy.orm import Session

from ...clients.locks import lock, lock_for_deletion
from ...database.many_rows import update_rows
from ...database.transactions import id_list
from ...fields.services import lock_fields
from ...fields.values import store_values, values_of
from ...models import CambioImportado, Cliente, ClienteEtiqueta, Etiqueta
from ...sending.erased import wake_numbers
from ...values.client_keys import keys_of
from ..changing import tell_changes
from ..jobs import Job
from ..own_fields.in_words import as_told
from ..staging.matching import FIELDS
from ..staging.silences import activate_again
from ..undo_extent import changed_since, is_used

BATCH = 2_000

Change = Row[int, dict[str, Any], str, str, str, bool]
"""A client's id, what an import changed of it, and its fields as they are."""


def delete_created(connection: Connection, job: Job) -> bool:
    """Delete the next clients to whom nothing has happened since; return whether there were any."""
    some = select(Cliente.id).where(Cliente.importacion_id == job.id, Cliente.usuario_id == job.account_id, ~is_used())
    ids = connection.scalars(some.order_by(Cliente.id).limit(BATCH)).all()
    if ids:
        listed = id_list(ids, connection.dialect.name)
        created = Cliente.id.in_(select(listed.c.value))
        # Waits for those who sell or write to one of them, and then sees it.
        lock_for_deletion(connection, created)
        connection.execute(delete(Cliente).where(created, ~is_used()))
    return bool(ids)


def restore_changed(connection: Connection, job: Job) -> bool:
    """Give the next clients their values back; return whether there were any."""
    theirs = and_(CambioImportado.importacion_id == job.id, ~changed_since())
    some = select(CambioImportado.cliente_id).where(theirs).order_by(CambioImportado.cliente_id).limit(BATCH)
    ids = connection.scalars(some).all()
    if ids:
        listed = select(id_list(ids, connection.dialect.name).c.value)
        # Waits for those who change one of them, and then sees it.
        lock(connection, Cliente.id.in_(listed))
        fields = (getattr(Cliente, name) for name in (*FIELDS, "activo"))
        changes = select(Cliente.id, CambioImportado.antes, *fields).join(
            Cliente, Cliente.id == CambioImportado.cliente_id
        )
        _restore(connection, job, connection.execute(changes.where(theirs, Cliente.id.in_(listed))).all())
    return bool(ids)


def _restore(connection: Connection, job: Job, changes: Sequence[Change]) -> None:
    if not changes:
        return
    clients = Cliente.__table__
    assert isinstance(clients, Table)
    restored = [_restored(change.id, change.antes, job.region) for change in changes]
    wake_numbers(connection, job.account_id, {row["telefono_e164"] for row in restored} - {None})
    update_rows(connection, clients, restored)
    own = _restore_own_values(connection, job, changes)
    activate_again(connection, job.account_id, [change.id for change in changes if _becomes_active(change)])
    tags = _take_tags(connection, changes)
    told = {change.id: _told(change, tags) | own.get(change.id, {}) for change in changes}
    tell_changes(connection, job, told, undoes=True)
    done = id_list([change.id for change in changes], connection.dialect.name)
    connection.execute(
        delete(CambioImportado).where(
            CambioImportado.importacion_id == job.id, CambioImportado.cliente_id.in_(select(done.c.value))
        )
    )


def _restored(client_id: int, before: dict[str, Any], region: str) -> dict[str, Any]:
    fields = {name: before[name] for name in FIELDS}
    return {"id": client_id, **fields, **keys_of(**fields, region=region)._asdict()}


def _restore_own_values(connection: Connection, job: Job, changes: Sequence[Change]) -> dict[int, dict[str, Any]]:
    """Give clients back what their own fields said, as far as the fields still are; return what becomes of them."""
    before = {change.id: change.antes["campos"] for change in changes if change.antes.get("campos")}
    if not before:
        return {}
    session = Session(connection)
    fields = lock_fields(session, job.account_id)
    there = {field.id for field in fields}
    wanted = {
        client_id: {int(field): value for field, value in was.items() if int(field) in there}
        for client_id, was in before.items()
    }
    now = values_of(session, sorted(wanted))
    store_values(session, fields, wanted)
    told = {
        client_id: as_told([field for field in fields if field.id in was], now.get(client_id, {}), was)
        for client_id, was in wanted.items()
    }
    return {client_id: {"campos": changes} for client_id, changes in told.items() if changes}


def _becomes_active(change: Change) -> bool:
    return bool(change.antes.get("activo")) and not change.activo


def _take_tags(connection: Connection, changes: Sequence[Change]) -> dict[int, str]:
    """Take the tags that the import gave, and return the names of those that there still are."""
    given = [(tag_id, change.id) for change in changes for tag_id in change.antes["etiquetas"]]
    ids = {tag_id for tag_id, _ in given}
    for tag_id in sorted(ids):
        tagged = id_list([client for tag, client in given if tag == tag_id], connection.dialect.name)
        connection.execute(
            delete(ClienteEtiqueta).where(
                ClienteEtiqueta.etiqueta_id == tag_id, ClienteEtiqueta.cliente_id.in_(select(tagged.c.value))
            )
        )
    return dict(connection.execute(select(Etiqueta.id, Etiqueta.nombre).where(Etiqueta.id.in_(ids))).all())


def _told(change: Change, tags: dict[int, str]) -> dict[str, Any]:
    """Return what becomes of a client, as its story tells it."""
    told: dict[str, Any] = {
        name: [getattr(change, name), change.antes[name]]
        for name in FIELDS
        if getattr(change, name) != change.antes[name]
    }
    if _becomes_active(change):
        told["activo"] = [False, True]
    taken = [tags[tag_id] for tag_id in change.antes["etiquetas"] if tag_id in tags]
    return told | ({"etiquetas": taken} if taken else {})
