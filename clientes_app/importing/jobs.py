"""An import as its worker sees it: what to do, under a lease, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update

from ..client_files.columns import Layout
from ..client_files.meaning.tag_lists import split_tags
from ..client_files.reading import CONVERTED, HALF_CONVERTED
from ..config import Settings
from ..database.processes import LEASE_SECONDS, is_dead
from ..database.transactions import write_transaction
from ..models import UNFINISHED, EstadoImportacion, Importacion
from ..models.types import utc_now

SOURCES = ("", CONVERTED, HALF_CONVERTED)
"""How the names of the files end that hold what was uploaded: as it came, converted, and while it is converted."""

STAGED = (".rows", ".rows-wal", ".rows-shm")
"""And of those that hold rows with their verdicts: SQLite's file, with its log and the index of that."""


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
    """What an import needs to know of the app: where files wait and how many, and the country of plain numbers."""

    uploads: Path
    region: str
    budget: Budget = Budget()

    @classmethod
    def of(cls, settings: Settings) -> Surroundings:
        """Return what the settings say."""
        budget = Budget(account_bytes=settings.uploads_mb_per_shop << 20, bytes=settings.uploads_mb << 20)
        return cls(settings.uploads_path, settings.default_region, budget)


@dataclass(frozen=True)
class Files:
    """The files of an import."""

    upload: Path

    @classmethod
    def of(cls, uploads: Path, name: str) -> Files:
        """Return the files of the import with this random name."""
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

    @property
    def unfinished(self) -> Path:
        """Where a spreadsheet's rows are written until they are whole."""
        return self.upload.with_suffix(HALF_CONVERTED)

    @property
    def size(self) -> int:
        """How many bytes they take together."""
        return sum(size_of(self.upload.with_suffix(ending)) for ending in (*SOURCES, *STAGED))

    def delete_sources(self) -> None:
        """Delete what was uploaded; the rejected rows stay."""
        for ending in SOURCES:
            self.upload.with_suffix(ending).unlink(missing_ok=True)

    def delete_staging(self) -> None:
        """Delete the staged rows."""
        for ending in STAGED:
            self.upload.with_suffix(ending).unlink(missing_ok=True)

    def delete(self) -> None:
        """Delete everything."""
        self.delete_sources()
        self.delete_staging()


def size_of(path: Path) -> int:
    """Return how many bytes a file has, 0 where it is not there or has just been deleted."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


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
    keeps_existing: bool
    """Whether clients that there are stay as they are."""
    uploader_id: int


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
        keeps_existing=found.deja_existentes,
        uploader_id=found.subida_por_id,
    )
