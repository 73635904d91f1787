"""The rows that a dry run went through: listed, mended, left out, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from flask_babel import gettext

from ...client_files.columns import Layout
from ...client_files.meaning.tag_lists import split_tags
from ...client_files.rows import Fields, check
from ...errors import Conflict, NotFound
from ...extensions import db, unit_of_work
from ...models import UNFINISHED, EstadoImportacion, Importacion
from ...tenancy import lock_owned, owned
from ..jobs import Surroundings
from ..own_fields.own_texts import OwnFields, with_columns
from ..reviewing import counted, counted_rejected
from ..services import lock_import
from ..storage.kept import Storage
from .judging import judge
from .matching import find_clients
from .shared_keys import seen_by
from .store import Staged, Staging
from .verdicts import REJECTED, Verdict


def mend(account_id: int, import_id: int, number: int, fields: Fields, place: Surroundings) -> Staged:
    """Put other fields in place of a wrong row's, and validate it again.

    Raises NotFound where there is no such row, and Conflict where it can no longer be mended.
    """
    with unit_of_work() as session:
        row = lock_import(session, account_id, import_id, EstadoImportacion.REVISADA)
        with place.storage.of(session.connection(), row.id, row.archivo).staging() as staging:
            before = _mendable(staging, number)
            said = fields._replace(baja=fields.baja or before.row.baja, inactivo=before.row.inactivo)
            layout = Layout.from_json(row.columnas)
            own = OwnFields(layout.own)
            mended = own.checked(check(said, place.region))
            connection = session.connection()
            tags = split_tags(row.etiqueta)
            matches = find_clients(connection, account_id, [mended], own, with_tags=bool(tags or fields.etiquetas))
            seen = seen_by(staging, mended, matches.ids())
            (staged,), firsts = judge([(number, mended)], matches, seen, tags)
            if staged.verdict in REJECTED:
                staged = staged._replace(cells=before.cells)
            row.columnas = with_columns(layout, own).to_json()
            staging.replace(staged, firsts)
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
