"""The rows that a dry run went through: listed, mended, left out, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from flask_babel import gettext

from ...client_files.rows import Fields
from ...errors import Conflict, NotFound
from ...extensions import db, unit_of_work
from ...models import UNFINISHED, EstadoImportacion, Importacion
from ...tenancy import lock_owned, owned
from ..jobs import Surroundings
from ..kinds.mending import Mending
from ..kinds.table import kind_for
from ..reviewing import counted, counted_rejected
from ..services import lock_import
from ..storage.kept import Storage
from .store import Staged, Staging
from .verdicts import REJECTED, Verdict


def mend(account_id: int, import_id: int, number: int, fields: Fields, place: Surroundings) -> Staged:
    """Put other fields in place of a wrong row's, and validate it again.

    Raises NotFound where there is no such row, and Conflict where it can no longer be mended.
    """
    with unit_of_work() as session:
        row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
        with place.storage.of(session.connection(), row.id, row.archivo).staging() as staging:
            mending, connection = Mending.of(row, place.region), session.connection()
            kind, before = kind_for(mending.layout), _mendable(staging, number)
            (staged,), firsts = kind.mend(connection, mending, staging, before, fields)
            if staged.verdict in REJECTED:
                staged = staged._replace(cells=before.cells)
            row.columnas = mending.layout.to_json()
            staging.replace(staged, firsts)
            row.sumas = kind.sums(connection, mending, staging)
            count(row, staging)
    return staged


def leave_out(account_id: int, import_id: int, number: int, storage: Storage) -> Staged:
    """Leave a wrong row out.

    Raises NotFound and Conflict like `mend`.
    """
    with unit_of_work() as session:
        row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
        with storage.of(session.connection(), row.id, row.archivo).staging() as staging:
            staged = _mendable(staging, number)._replace(verdict=Verdict.LEFT_OUT)
            staging.replace(staged, staging.seen([], []))
            count(row, staging)
    return staged


def rejected(row: Importacion, storage: Storage) -> Iterator[Staged]:
    """Return the rows that are not imported."""
    staging = storage.of(db.session.connection(), row.id, row.archivo).kept_staging()
    if staging is None:
        return
    with staging:
        yield from staging.rejected()


def count(row: Importacion, staging: Staging) -> None:
    """Count the lines of a reviewed import anew."""
    for name, number in counted(staging.totals(), keeps_existing=row.deja_existentes).items():
        setattr(row, name, number)


def forget_person(account_id: int, storage: Storage, numbers: Collection[str], document_keys: Collection[str]) -> None:
    """Delete an erased person's rows, those with a number or a document, from what imports keep.

    Where a worker is at it, it does so itself: see `forgetting.settle`.
    """

    def is_theirs(number: str | None, document_key: str) -> bool:
        return number in numbers or document_key in document_keys

    for row in db.session.scalars(owned(Importacion, account_id)).all():
        _forget_in(row, storage, is_theirs)


def _forget_in(row: Importacion, storage: Storage, is_theirs: Callable[[str | None, str], bool]) -> None:
    with unit_of_work() as session:
        row = lock_owned(session, Importacion, row.usuario_id, row.id)
        if row.estado in UNFINISHED:
            return
        staging = storage.of(session.connection(), row.id, row.archivo).kept_staging()
        if staging is None:
            return
        with staging:
            staging.forget(is_theirs)
            if row.estado is EstadoImportacion.REVISADA:
                count(row, staging)
            else:
                _count_rejected(row, staging)


def _mendable(staging: Staging, number: int) -> Staged:
    staged = staging.get(number)
    if staged is None:
        raise NotFound
    if staged.verdict not in (Verdict.WRONG, Verdict.LEFT_OUT):
        raise Conflict(gettext("This row was mended meanwhile."))
    return staged


def _count_rejected(row: Importacion, staging: Staging) -> None:
    for name, number in counted_rejected(staging.totals()).items():
        setattr(row, name, number)
