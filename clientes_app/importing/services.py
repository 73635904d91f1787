"""Imports as a person drives them, step by step: reviewing, applying, cancelling, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext

from ..audit.services import Thing, record
from ..client_files.columns import Layout, Role
from ..client_files.rows import join_tags, split_tags
from ..errors import Conflict, DomainError
from ..extensions import db, unit_of_work
from ..models import Accion, EstadoImportacion, Importacion
from ..models.types import utc_now
from ..tenancy import get_owned, owned
from ..text import clean_line
from . import undoing
from .jobs import Files
from .reviewing import COUNTERS
from .staging import Staging

LISTED = 20

OPEN = (EstadoImportacion.SUBIDA, EstadoImportacion.REVISANDO, EstadoImportacion.REVISADA, EstadoImportacion.APLICANDO)
"""What can be cancelled."""
UNDOABLE = (EstadoImportacion.APLICADA, EstadoImportacion.CANCELADA, EstadoImportacion.ERROR)


class NoName(DomainError):
    """No column holds the name."""


def find_import(account_id: int, import_id: int) -> Importacion:
    """Answer an import.

    Raises NotFound.
    """
    return get_owned(db.session(), Importacion, account_id, import_id)


def list_imports(account_id: int) -> Sequence[Importacion]:
    """Answer the account's imports: those that wait, which can be cancelled, and the last ones; newest first."""
    waiting_first = Importacion.estado.in_(OPEN).desc(), Importacion.id.desc()
    return db.session.scalars(owned(Importacion, account_id).order_by(*waiting_first).limit(LISTED)).all()


def start_review(account_id: int, import_id: int, layout: Layout, tags: str, uploads: Path) -> Importacion:
    """Keep what the columns hold and let a worker go through all rows; verdicts of a former layout are forgotten.

    Raises NotFound, Conflict, and NoName.
    """
    if not layout.columns(Role.NAME) and not layout.columns(Role.SURNAME):
        raise NoName(gettext("Say which column holds the name."))
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        require_state(row, EstadoImportacion.SUBIDA, EstadoImportacion.REVISADA)
        Files.of(uploads, row.archivo).delete_staging()
        row.columnas, row.etiqueta = layout.to_json(), join_tags(split_tags(clean_line(tags)))[:200]
        row.estado = EstadoImportacion.REVISANDO
        _forget_counts(row)
    return row


def start_applying(account_id: int, import_id: int) -> Importacion:
    """Let a worker import what the dry run found.

    Raises NotFound, and Conflict where there is nothing to import or it was begun before.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        require_state(row, EstadoImportacion.REVISADA)
        if not row.por_aplicar:
            raise Conflict(gettext("There is nothing to import."))
        row.estado = EstadoImportacion.APLICANDO
        row.nuevas = row.actualizadas = row.iguales = row.sin_celular = row.hasta_fila = 0
        record(session, Accion.IMPORT_APPLIED, _thing(row), filas=row.por_aplicar)
    return row


def cancel(account_id: int, import_id: int, uploads: Path) -> Importacion:
    """Stop an import for good; what is imported stays, and the summary says how much it is.

    Raises NotFound, and Conflict where it has ended.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        require_state(row, *OPEN)
        applied = row.estado is EstadoImportacion.APLICANDO
        if not applied:
            _forget_counts(row)
        row.estado, row.terminado, row.titular = EstadoImportacion.CANCELADA, utc_now(), None
    files = Files.of(uploads, row.archivo)
    if applied:
        _keep_rejected(files)
    else:
        files.delete()
    return row


def start_undoing(account_id: int, import_id: int) -> Importacion:
    """Let a worker undo an import.

    Raises NotFound, and Conflict where something depends on it.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        require_state(row, *UNDOABLE)
        if undoing.depends(session.connection(), row.id):
            raise Conflict(gettext("It cannot be undone: some of its clients have sales, messages or changes by now."))
        row.estado = EstadoImportacion.DESHACIENDO
        record(session, Accion.IMPORT_UNDONE, _thing(row))
    return row


def can_undo(row: Importacion) -> bool:
    """Tell whether an import changed something that can be taken back."""
    if row.estado not in UNDOABLE:
        return False
    if not row.nuevas + row.actualizadas:
        return False
    return not undoing.depends(db.session.connection(), row.id)


def require_state(row: Importacion, *states: EstadoImportacion) -> None:
    """Raise Conflict unless the import is in one of the states."""
    if row.estado not in states:
        raise Conflict(gettext("That is not possible now: look at how far the import is."))


def _forget_counts(row: Importacion) -> None:
    for name in ("leidas", "por_aplicar", "sin_celular", *COUNTERS.values()):
        setattr(row, name, 0)


def _keep_rejected(files: Files) -> None:
    files.delete_sources()
    with Staging(files.staging) as staging:
        staging.keep_rejected()


def _thing(row: Importacion) -> Thing:
    return Thing("importacion", row.id, row.nombre_archivo, account_id=row.usuario_id)
