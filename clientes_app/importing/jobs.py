"""An import as its worker sees it: what to do, under a lease, and how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, or_, select, update
from sqlalchemy.exc import DBAPIError

from ..client_files.columns import Layout
from ..client_files.meaning.tag_lists import split_tags
from ..config import Settings
from ..database.clock import now
from ..database.processes import LEASE_SECONDS, is_dead, is_of_process
from ..database.transactions import read_transaction, write_transaction
from ..models import UNFINISHED, EstadoImportacion, Importacion
from .storage.chosen import storage_of
from .storage.kept import Kept, Storage

log = logging.getLogger(__name__)

BEATS = 5
"""How often there is a sign of life while a lease runs."""


class Stopped(Exception):
    """The import is no longer this worker's: it was cancelled, or another worker has it."""


@dataclass(frozen=True)
class Budget:
    """How much may wait to be imported."""

    imports: int = 10
    """Of one account."""
    account_bytes: int = 1000 << 20
    bytes: int = 4000 << 20
    """Of all accounts together, with the rows that ended imports refused."""


@dataclass(frozen=True)
class Surroundings:
    """What an import needs to know of the app: where and how many may wait, and the country of plain numbers."""

    storage: Storage
    region: str
    budget: Budget = Budget()

    @classmethod
    def of(cls, settings: Settings) -> Surroundings:
        """Return what the settings say."""
        budget = Budget(account_bytes=settings.uploads_mb_per_shop << 20, bytes=settings.uploads_mb << 20)
        return cls(storage_of(settings), settings.default_region, budget)


@dataclass(frozen=True)
class Job:
    """An import that this worker has the lease of."""

    id: int
    account_id: int
    state: EstadoImportacion
    layout: Layout
    tags: tuple[str, ...]
    kept: Kept
    done_to: int
    owner: str
    region: str
    keeps_existing: bool
    """Whether clients that there are stay as they are."""
    uploader_id: int
    makes_clients: bool
    """Whether buyers who are no clients yet become clients."""


@dataclass(frozen=True)
class Step:
    """What an import waits for, and how far it is."""

    import_id: int
    state: EstadoImportacion
    rows_read: int
    done_to: int


def is_any_unfinished(engine: Engine) -> bool:
    """Return whether an import waits for a worker, or has one that may die."""
    with read_transaction(engine) as connection:
        waiting = select(Importacion.id).where(Importacion.estado.in_(UNFINISHED)).limit(1)
        return connection.execute(waiting).first() is not None


def is_any_free(engine: Engine) -> bool:
    """Return whether a worker could take an import: on some machine another may be at work on all of them."""
    with read_transaction(engine) as connection:
        unfinished = select(Importacion.titular, *_free(connection)).where(Importacion.estado.in_(UNFINISHED))
        return any(any(free) or is_dead(holder or "") for holder, *free in connection.execute(unfinished))


def step_of(engine: Engine, worker: int) -> Step | None:
    """Return the step that a worker of this machine is at, or was when it ended, by its process id."""
    at = Importacion.id, Importacion.estado, Importacion.leidas, Importacion.hasta_fila
    held = select(Importacion.titular, *at).where(Importacion.estado.in_(UNFINISHED), Importacion.titular.is_not(None))
    with read_transaction(engine) as connection:
        rows = connection.execute(held).all()
    theirs = (row for row in rows if is_of_process(row.titular, worker))
    return next((Step(row.id, row.estado, row.leidas, row.hasta_fila) for row in theirs), None)


def take(engine: Engine, owner: str, place: Surroundings, import_id: int | None = None) -> Job | None:
    """Take the lease of the oldest import that waits for a worker, or of the one that is named."""
    with write_transaction(engine) as connection:
        waiting = select(Importacion.id, Importacion.titular).where(Importacion.estado.in_(UNFINISHED))
        if import_id is not None:
            waiting = waiting.where(Importacion.id == import_id)
        for row_id, holder in connection.execute(waiting.order_by(Importacion.id)).all():
            if _take(connection, row_id, holder, owner):
                return _job(engine, connection, row_id, owner, place)
    return None


def advance(connection: Connection, job: Job, **changes: Any) -> None:
    """Note progress and give a sign of life.

    Raises Stopped where the import is not the job's any more.
    """
    ours = (Importacion.id == job.id, Importacion.titular == job.owner, Importacion.estado == job.state)
    done = connection.execute(update(Importacion).where(*ours).values(latido=now(connection), **changes))
    if done.rowcount != 1:
        raise Stopped


@contextmanager
def kept_alive(engine: Engine, job: Job) -> Iterator[None]:
    """Give signs of life as long as this is open, however long a step takes that stores nothing.

    On SQLite the import is this machine's own, and whoever else writes makes batches smaller: there is no need.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(engine, job, ended), name="signs of life", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def finish(engine: Engine, job: Job, state: EstadoImportacion, **changes: Any) -> None:
    """Move the import to its next state and give the lease up.

    Raises Stopped.
    """
    with write_transaction(engine) as connection:
        advance(connection, job, estado=state, titular=None, **changes)


def _beat(engine: Engine, job: Job, ended: threading.Event) -> None:
    while not ended.wait(LEASE_SECONDS / BEATS):
        try:
            with write_transaction(engine) as connection:
                advance(connection, job)
        except (Stopped, DBAPIError):
            # Whoever works on the import finds it out by itself.
            log.info("no sign of life could be given for import %d", job.id)


def _take(connection: Connection, import_id: int, holder: str | None, owner: str) -> bool:
    free = _free(connection)
    if holder is not None and is_dead(holder):
        free.append(Importacion.titular == holder)
    taken = connection.execute(
        update(Importacion)
        .where(Importacion.id == import_id, Importacion.estado.in_(UNFINISHED), or_(*free))
        .values(titular=owner, latido=now(connection))
    )
    return taken.rowcount == 1


def _free(connection: Connection) -> list[ColumnElement[bool]]:
    """Return by what the database sees that nobody works on an import, or nobody who still lives."""
    late = now(connection) - timedelta(seconds=LEASE_SECONDS)
    return [Importacion.titular.is_(None), Importacion.latido < late]


def _job(engine: Engine, connection: Connection, import_id: int, owner: str, place: Surroundings) -> Job:
    found = connection.execute(select(Importacion.__table__).where(Importacion.id == import_id)).one()
    return Job(
        id=found.id,
        account_id=found.usuario_id,
        state=found.estado,
        layout=Layout.from_json(found.columnas),
        tags=split_tags(found.etiqueta),
        kept=place.storage.of(engine, found.id, found.archivo),
        done_to=found.hasta_fila,
        owner=owner,
        region=place.region,
        keeps_existing=found.deja_existentes,
        uploader_id=found.subida_por_id,
        makes_clients=found.crea_clientes,
    )
