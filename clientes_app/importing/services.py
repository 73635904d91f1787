"""Imports as a person drives them, step by step: reviewing, applying, cancelling, undoing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from ..audit_log import Actor, Thing, record
from ..client_files.columns import Layout
from ..client_files.meaning.roles import Contents, Role
from ..client_files.meaning.tag_lists import join_tags, split_tags
from ..errors import Conflict, DomainError
from ..extensions import db, unit_of_work
from ..models import OPEN_IMPORTS, Accion, ClaseImportacion, EstadoImportacion, Importacion
from ..models.types import utc_now
from ..shop.services import lock_account
from ..tenancy import get_owned, lock_owned, owned
from ..values.text import clean_line
from . import forgetting
from .kinds.table import Undoable, kind_for
from .own_fields.making import Unfit, make_fields, require_fit
from .staging.verdicts import APART_COUNTERS, COUNTERS, DONE
from .storage.kept import Storage

LISTED = 20

_BEFORE_APPLYING = frozenset({EstadoImportacion.SUBIDA, EstadoImportacion.REVISADA})
UNDOABLE = frozenset({EstadoImportacion.APLICADA, EstadoImportacion.CANCELADA, EstadoImportacion.ERROR})

_NOTHING = dict.fromkeys(("leidas", "por_aplicar", "sin_celular", *COUNTERS.values(), *APART_COUNTERS.values()), 0)
"""The counters of an import of which nothing is read."""


class NoName(DomainError):
    """No column holds what each row must say."""


def find_import(account_id: int, import_id: int) -> Importacion:
    """Return an import.

    Raises NotFound.
    """
    return get_owned(db.session(), Importacion, account_id, import_id)


def find_import_of_clients(account_id: int, import_id: int) -> Importacion:
    """Return an import whose rows a person can answer for.

    Raises NotFound, and Conflict where its rows are sales.
    """
    row = find_import(account_id, import_id)
    if row.clase is not ClaseImportacion.CLIENTES:
        raise Conflict(gettext("Nobody is asked about the rows of a till."))
    return row


def list_imports(account_id: int) -> Sequence[Importacion]:
    """Return the account's imports: those that wait, which can be cancelled, and the last ones; newest first."""
    waiting_first = Importacion.estado.in_(OPEN_IMPORTS).desc(), Importacion.id.desc()
    return db.session.scalars(owned(Importacion, account_id).order_by(*waiting_first).limit(LISTED)).all()


@dataclass(frozen=True)
class ForAll:
    """What is said of all rows of a file."""

    tags: str = ""
    """As typed."""
    makes_clients: bool = False
    """Whether a till's buyers who are no clients yet become clients."""


def start_review(account_id: int, import_id: int, layout: Layout, said: ForAll, storage: Storage) -> Importacion:
    """Keep what the columns hold and let a worker go through all rows; verdicts of a former layout are forgotten.

    Raises NotFound, Conflict, NoName, and Unfit.
    """
    _require_columns(layout)
    begun = {
        "columnas": layout.to_json(),
        "etiqueta": join_tags(split_tags(clean_line(said.tags)))[:200],
        "crea_clientes": said.makes_clients,
        **_NOTHING,
    }
    with unit_of_work() as session:
        require_fit(session, account_id, layout)
        row = _move(session, account_id, import_id, _BEFORE_APPLYING, EstadoImportacion.REVISANDO, **begun)
        # Nobody sees the new state yet: no worker has begun to stage rows.
        storage.of(session.connection(), row.id, row.archivo).delete_staging()
    return row


def start_applying(account_id: int, import_id: int, *, by: Actor) -> Importacion:
    """Make the fields that the file brings, and let a worker import what the dry run found.

    Raises NotFound, and Conflict where there is nothing to import, it was begun before, or a field is not as it was.
    """
    begun = dict.fromkeys((*DONE, "sin_celular", "hasta_fila"), 0)
    with unit_of_work() as session:
        lock_account(session, account_id)
        row = _move(session, account_id, import_id, {EstadoImportacion.REVISADA}, EstadoImportacion.APLICANDO, **begun)
        if not row.por_aplicar:
            raise Conflict(gettext("There is nothing to import."))
        row.columnas = _with_fields_made(session, row, by).to_json()
        kind = {} if row.clase is ClaseImportacion.CLIENTES else {"clase": row.clase.value}
        record(session, by, Accion.IMPORT_APPLIED, _thing(row), filas=row.por_aplicar, **kind)
    return row


def require_open(row: Importacion) -> None:
    """Make sure that an import has not ended.

    Raises Conflict.
    """
    if row.estado not in OPEN_IMPORTS:
        raise _not_now()


def cancel(account_id: int, import_id: int, storage: Storage, *, asked_of: str = "") -> Importacion:
    """Stop an import for good; what is imported stays, and the summary says how much it is.

    `asked_of` is the state in which somebody was told what cancelling does.

    Raises NotFound, and Conflict where it has ended, or has begun to import since then.
    """
    with unit_of_work() as session:
        before = lock_import(session, account_id, import_id, *OPEN_IMPORTS).estado
        applied = before is EstadoImportacion.APLICANDO
        if asked_of and applied is not (asked_of == EstadoImportacion.APLICANDO):
            raise _not_now()
        ended = {"terminado": utc_now(), "titular": None} | ({} if applied else _NOTHING)
        row = _move(session, account_id, import_id, {before}, EstadoImportacion.CANCELADA, **ended)
        forgotten = forgetting.release(session.connection(), import_id)
    kept = storage.of(db.engine, row.id, row.archivo)
    if applied:
        forgetting.keep_rejected(kept, forgotten, row.hasta_fila)
    else:
        kept.delete()
    return row


def start_undoing(account_id: int, import_id: int, *, by: Actor) -> Importacion:
    """Let a worker undo an import, as far as nothing has happened to its clients since.

    Raises NotFound, and Conflict where all of its clients have to stay.
    """
    with unit_of_work() as session:
        row = _move(session, account_id, import_id, UNDOABLE, EstadoImportacion.DESHACIENDO)
        extent = _extent(session.connection(), row)
        if extent.stays and not extent.possible:
            raise Conflict(_nothing_to_undo(row))
        record(session, by, Accion.IMPORT_UNDONE, _thing(row))
    return row


def can_undo(row: Importacion) -> bool:
    """Return whether an import has ended that changed something."""
    return row.estado in UNDOABLE and row.nuevas + row.actualizadas > 0


def require_undoable(row: Importacion) -> None:
    """Make sure that an import can be undone.

    Raises Conflict.
    """
    if not can_undo(row):
        raise _not_now()


def undo_extent(row: Importacion) -> Undoable:
    """Return what undoing an import takes back, and what stays."""
    return _extent(db.session.connection(), row)


def _extent(connection: Connection, row: Importacion) -> Undoable:
    return kind_for(Layout.from_json(row.columnas)).extent(connection, row.id)


def _nothing_to_undo(row: Importacion) -> str:
    if row.clase is ClaseImportacion.VENTAS:
        return str(gettext("There is nothing to undo: all of its sales were edited since."))
    return str(gettext("There is nothing to undo: something has happened since to all of its clients."))


def _require_columns(layout: Layout) -> None:
    """Make sure that the columns say what each row must.

    Raises NoName.
    """
    if layout.contents is Contents.CLIENTS and not any(map(layout.columns, (Role.NAME, Role.GIVEN, Role.SURNAME))):
        raise NoName(gettext("Say which column holds the name."))
    if layout.contents is Contents.SALES and not (layout.columns(Role.DAY) and layout.columns(Role.TOTAL)):
        raise NoName(gettext("Say which columns hold the day and the total."))
    if layout.contents is Contents.SALES and not any(map(layout.columns, (Role.PHONE, Role.DOCUMENT, Role.EITHER))):
        raise NoName(gettext("Say which column holds the document or the number of the client."))


def _with_fields_made(session: Session, row: Importacion, by: Actor) -> Layout:
    layout = Layout.from_json(row.columnas)
    try:
        return make_fields(session, row.usuario_id, layout, by=by)
    except Unfit as unfit:
        field = next(column.name for column in layout.own if column.place == unfit.place)
        said = gettext("%(field)s: %(problem)s Say again what the columns hold.", field=field, problem=unfit.message)
        raise Conflict(said) from unfit


def lock_import(session: Session, account_id: int, import_id: int, *states: EstadoImportacion) -> Importacion:
    """Return an import that is in one of the states, and stays in it until the transaction ends.

    Raises NotFound and Conflict.
    """
    row = lock_owned(session, Importacion, account_id, import_id)
    if row.estado not in states:
        raise _not_now()
    return row


def _move(
    session: Session,
    account_id: int,
    import_id: int,
    before: Collection[EstadoImportacion],
    after: EstadoImportacion,
    **changes: Any,
) -> Importacion:
    """Move an import out of one of the states into another: of several at once, one does."""
    row = get_owned(session, Importacion, account_id, import_id)
    moved = update(Importacion).where(Importacion.id == row.id, Importacion.estado.in_(before))
    if session.connection().execute(moved.values(estado=after, **changes)).rowcount != 1:
        raise _not_now()
    session.refresh(row)
    return row


def _not_now() -> Conflict:
    return Conflict(gettext("That is not possible now: look at how far the import is."))


def _thing(row: Importacion) -> Thing:
    return Thing("importacion", row.id, row.nombre_archivo, account_id=row.usuario_id)
