"""Undoing an import: the clients that it created go, those that it changed get their old values back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, exists, or_, select

from ..clients.locks import lock, lock_for_deletion
from ..database.many_rows import update_rows
from ..database.transactions import id_list, write_transaction
from ..models import (
    CambioDeCliente,
    CambioImportado,
    Cliente,
    ClienteEtiqueta,
    EstadoImportacion,
    Importacion,
    SMSLog,
    Venta,
)
from ..models.types import utc_now
from ..sending.erased import hold_off_erasing, wake_opt_outs
from ..values.client_keys import keys_of
from . import jobs
from .jobs import Job
from .staging.silences import activate_again

BATCH = 2_000


def depends(connection: Connection, import_id: int) -> bool:
    """Return whether something depends on an import: a sale, a message or a change of one of its clients."""
    created = select(Cliente.id).where(Cliente.importacion_id == import_id, _used()).limit(1)
    edited = (
        select(CambioImportado.cliente_id)
        .join(CambioDeCliente, CambioDeCliente.cliente_id == CambioImportado.cliente_id)
        .join(Importacion, Importacion.id == CambioImportado.importacion_id)
        .where(CambioImportado.importacion_id == import_id, CambioDeCliente.creado >= Importacion.creado)
        .limit(1)
    )
    return connection.execute(created).first() is not None or connection.execute(edited).first() is not None


def undo(engine: Engine, job: Job) -> None:
    """Undo what is not yet undone, batch by batch; a client that got a sale or a message meanwhile stays.

    Raises jobs.Stopped.
    """
    for step in (_delete_created, _restore_changed):
        while _undo_batch(engine, job, step):
            pass
    jobs.finish(engine, job, EstadoImportacion.DESHECHA, terminado=utc_now())
    job.files.delete()


def _undo_batch(engine: Engine, job: Job, step: Any) -> bool:
    with write_transaction(engine) as connection:
        # Whoever is erased meanwhile waits: what it was called before is among the values that come back.
        hold_off_erasing(connection)
        jobs.advance(connection, job)
        return bool(step(connection, job))


def _delete_created(connection: Connection, job: Job) -> bool:
    some = select(Cliente.id).where(Cliente.importacion_id == job.id, Cliente.usuario_id == job.account_id, ~_used())
    ids = connection.scalars(some.order_by(Cliente.id).limit(BATCH)).all()
    if ids:
        listed = id_list(ids, connection.dialect.name)
        created = Cliente.id.in_(select(listed.c.value))
        # Waits for those who sell or write to one of them, and then sees it.
        lock_for_deletion(connection, created)
        connection.execute(delete(Cliente).where(created, ~_used()))
    return bool(ids)


def _restore_changed(connection: Connection, job: Job) -> bool:
    changes = CambioImportado.__table__
    assert isinstance(changes, Table)
    some = select(changes).where(changes.c.importacion_id == job.id).order_by(changes.c.cliente_id).limit(BATCH)
    rows = connection.execute(some).all()
    if not rows:
        return False
    clients = Cliente.__table__
    assert isinstance(clients, Table)
    restored = [_restored(row.cliente_id, row.antes, job.region) for row in rows]
    wake_opt_outs(connection, job.account_id, {row["telefono_e164"] for row in restored} - {None})
    listed = id_list([row.cliente_id for row in rows], connection.dialect.name)
    lock(connection, Cliente.id.in_(select(listed.c.value)))
    update_rows(connection, clients, restored)
    were_active = [row.cliente_id for row in rows if row.antes.get("activo")]
    activate_again(connection, job.account_id, were_active)
    added = [(tag_id, row.cliente_id) for row in rows for tag_id in row.antes["etiquetas"]]
    for tag_id in {tag_id for tag_id, _ in added}:
        tagged = id_list([client for tag, client in added if tag == tag_id], connection.dialect.name)
        connection.execute(
            delete(ClienteEtiqueta).where(
                ClienteEtiqueta.etiqueta_id == tag_id, ClienteEtiqueta.cliente_id.in_(select(tagged.c.value))
            )
        )
    connection.execute(
        delete(changes).where(changes.c.importacion_id == job.id, changes.c.cliente_id <= rows[-1].cliente_id)
    )
    return True


def _restored(client_id: int, before: dict[str, Any], region: str) -> dict[str, Any]:
    fields = {name: before[name] for name in ("nombre", "telefono", "documento")}
    return {"id": client_id, **fields, **keys_of(**fields, region=region)._asdict()}


def _used() -> ColumnElement[bool]:
    return or_(
        exists().where(Venta.cliente_id == Cliente.id),
        exists().where(SMSLog.cliente_id == Cliente.id),
        exists().where(CambioDeCliente.cliente_id == Cliente.id),
    )
