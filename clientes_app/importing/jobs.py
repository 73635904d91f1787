"""An import as its worker sees it: what to do, under a lease, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update

from ..client_files.columns import Layout
from ..client_files.reading import CONVERTED
from ..client_files.rows import split_tags
from ..database import write_transaction
from ..models import UNFINISHED, EstadoImportacion, Importacion
from ..models.types import utc_now
from ..sending.lease import LEASE_SECONDS, is_dead


class Stopped(Exception):
    """The import is no longer this worker's: it was cancelled, or another worker has it."""


@dataclass(frozen=True)
class Surroundings:
    """What an import needs to know of the app: where files wait, and the country of numbers without a code."""

    uploads: Path
    region: str


@dataclass(frozen=True)
class Files:
    """The files of an import."""

    upload: Path

    @classmethod
    def of(cls, uploads: Path, name: str) -> Files:
        """Answer the files of the import with this random name."""
        return cls(uploads / name)

    @property
    def text(self) -> Path:
        """The rows as CSV: the upload itself, or what a spreadsheet was converted into."""
        converted = self.converted
        return converted if converted.exists() else self.upload

    @property
    def converted(self) -> Path:
        """Where a spreadsheet's rows are written."""
        return self.upload.with_suffix(CONVERTED)

    @property
    def staging(self) -> Path:
        """The staged rows."""
        return self.upload.with_suffix(".rows")

    def delete_sources(self) -> None:
        """Delete what was uploaded; the rejected rows stay."""
        for path in (self.upload, self.converted):
            path.unlink(missing_ok=True)

    def delete_staging(self) -> None:
        """Delete the staged rows."""
        for ending in (".rows", ".rows-wal", ".rows-shm"):
            self.upload.with_suffix(ending).unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete everything."""
        self.delete_sources()
        self.delete_staging()


@dataclass(frozen=True)
class Job:
    """An import that this worker has the lease of."""

    id: int
    account_id: int
    state: EstadoImportacion
    layout: Layout
    tags: tuple[str, ...]
    files: Files
    done_to: int
    owner: str
    region: str


def take(engine: Engine, owner: str, place: Surroundings, import_id: int | None = None) -> Job | None:
    """Take the lease of the oldest import that waits for a worker, or of the one that is named."""
    with write_transaction(engine) as connection:
        waiting = select(Importacion.id, Importacion.titular).where(Importacion.estado.in_(UNFINISHED))
        if import_id is not None:
            waiting = waiting.where(Importacion.id == import_id)
        for row_id, holder in connection.execute(waiting.order_by(Importacion.id)).all():
            if _take(connection, row_id, holder, owner):
                return _job(connection, row_id, owner, place)
    return None


def advance(connection: Connection, job: Job, **changes: Any) -> None:
    """Note progress and give a sign of life.

    Raises Stopped where the import is not the job's any more.
    """
    ours = (Importacion.id == job.id, Importacion.titular == job.owner, Importacion.estado == job.state)
    done = connection.execute(update(Importacion).where(*ours).values(latido=utc_now(), **changes))
    if done.rowcount != 1:
        raise Stopped


def finish(engine: Engine, job: Job, state: EstadoImportacion, **changes: Any) -> None:
    """Move the import to its next state and give the lease up.

    Raises Stopped.
    """
    with write_transaction(engine) as connection:
        advance(connection, job, estado=state, titular=None, **changes)


def _take(connection: Connection, import_id: int, holder: str | None, owner: str) -> bool:
    late = utc_now() - timedelta(seconds=LEASE_SECONDS)
    free = [Importacion.titular.is_(None), Importacion.latido < late]
    if holder is not None and is_dead(holder):
        free.append(Importacion.titular == holder)
    taken = connection.execute(
        update(Importacion)
        .where(Importacion.id == import_id, Importacion.estado.in_(UNFINISHED), or_(*free))
        .values(titular=owner, latido=utc_now())
    )
    return taken.rowcount == 1


def _job(connection: Connection, import_id: int, owner: str, place: Surroundings) -> Job:
    found = connection.execute(select(Importacion.__table__).where(Importacion.id == import_id)).one()
    return Job(
        id=found.id,
        account_id=found.usuario_id,
        state=found.estado,
        layout=Layout.from_json(found.columnas),
        tags=split_tags(found.etiqueta),
        files=Files.of(place.uploads, found.archivo),
        done_to=found.hasta_fila,
        owner=owner,
        region=place.region,
    )
