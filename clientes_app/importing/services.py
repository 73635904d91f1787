"""Imports as a person drives them: uploading, saying the columns, mending rows, applying, cancelling, undoing."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO

from flask_babel import gettext

from ..audit.services import Thing, record
from ..client_files.columns import Layout, Role, guess
from ..client_files.reading import EMPTY, MAX_BYTES, SAMPLE_ROWS, Record, examine, is_spreadsheet, records
from ..client_files.refusals import Refused
from ..client_files.rows import Fields, check, split_tags
from ..client_files.spreadsheet import convert
from ..errors import Conflict, DomainError, NotFound
from ..extensions import db, unit_of_work
from ..models import UNFINISHED, Accion, EstadoImportacion, Importacion
from ..models.types import utc_now
from ..tenancy import get_owned, owned
from ..text import clean_line, fold
from . import undoing
from .jobs import Files, Surroundings
from .judging import judge
from .matching import find_clients
from .reviewing import COUNTERS, counted
from .staging import Staged, Staging, Verdict

LISTED = 20
REMEMBERED = 20

OPEN = (EstadoImportacion.SUBIDA, EstadoImportacion.REVISANDO, EstadoImportacion.REVISADA, EstadoImportacion.APLICANDO)
"""What can be cancelled."""
UNDOABLE = (EstadoImportacion.APLICADA, EstadoImportacion.CANCELADA, EstadoImportacion.ERROR)


def upload(account_id: int, user_id: int, file: IO[bytes], name: str, place: Surroundings) -> Importacion:
    """Store a file and guess what its columns hold.

    Raises DomainError where the file is refused; then nothing of it is kept.
    """
    files = _store(file, place.uploads)
    try:
        layout, lines = _examined(account_id, files, place.region)
    except Refused as refusal:
        files.delete()
        raise refused(refusal) from refusal
    with unit_of_work() as session:
        row = Importacion(
            usuario_id=account_id,
            subida_por_id=user_id,
            nombre_archivo=clean_line(name)[:200] or "clientes",
            archivo=files.upload.name,
            columnas=layout.to_json(),
            filas=lines,
        )
        session.add(row)
    return row


def choose_sheet(account_id: int, import_id: int, sheet: str, place: Surroundings) -> Importacion:
    """Take another sheet of the spreadsheet.

    Raises NotFound, Conflict, and DomainError where the sheet is refused.
    """
    row = find_import(account_id, import_id)
    _require(row, EstadoImportacion.SUBIDA)
    files = Files.of(place.uploads, row.archivo)
    if sheet not in Layout.from_json(row.columnas).sheets:
        raise NotFound
    try:
        layout, lines = _examined(account_id, files, place.region, sheet)
    except Refused as refusal:
        raise refused(refusal) from refusal
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        row.columnas, row.filas = layout.to_json(), lines
    return row


def find_import(account_id: int, import_id: int) -> Importacion:
    """Answer an import.

    Raises NotFound.
    """
    return get_owned(db.session(), Importacion, account_id, import_id)


def list_imports(account_id: int) -> Sequence[Importacion]:
    """Answer the account's last imports, newest first."""
    return db.session.scalars(owned(Importacion, account_id).order_by(Importacion.id.desc()).limit(LISTED)).all()


def sample(row: Importacion, uploads: Path) -> list[Record]:
    """Answer the first rows of the file, titles included."""
    try:
        return list(islice(records(examine(Files.of(uploads, row.archivo).text)), SAMPLE_ROWS))
    except (Refused, OSError) as error:
        raise Conflict(gettext("The file is no longer here. Upload it again.")) from error


def start_review(account_id: int, import_id: int, layout: Layout, tags: str, uploads: Path) -> Importacion:
    """Keep what the columns hold and let a worker go through all rows; verdicts of a former layout are forgotten.

    Raises NotFound, Conflict, and DomainError where no column holds the name.
    """
    if not layout.columns(Role.NAME) and not layout.columns(Role.SURNAME):
        raise DomainError(gettext("Say which column holds the name."))
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        _require(row, EstadoImportacion.SUBIDA, EstadoImportacion.REVISADA)
        Files.of(uploads, row.archivo).delete_staging()
        row.columnas, row.etiqueta = layout.to_json(), ", ".join(split_tags(clean_line(tags)))[:200]
        row.estado = EstadoImportacion.REVISANDO
        _forget_counts(row)
    return row


def start_applying(account_id: int, import_id: int) -> Importacion:
    """Let a worker import what the dry run found.

    Raises NotFound, and Conflict where there is nothing to import or it was begun before.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        _require(row, EstadoImportacion.REVISADA)
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
        _require(row, *OPEN)
        applied = row.estado is EstadoImportacion.APLICANDO
        if not applied:
            _forget_counts(row)
        row.estado, row.terminado, row.titular = EstadoImportacion.CANCELADA, utc_now(), None
    _clear(Files.of(uploads, row.archivo), applied)
    return row


def start_undoing(account_id: int, import_id: int) -> Importacion:
    """Let a worker undo an import.

    Raises NotFound, and Conflict where something depends on it.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        _require(row, *UNDOABLE)
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


def rows_of(row: Importacion, verdict: Verdict, after: int, uploads: Path) -> list[Staged]:
    """Answer the next rows of a verdict, by their numbers in the file."""
    files = Files.of(uploads, row.archivo)
    if not files.staging.exists():
        return []
    with Staging(files.staging) as staging:
        return staging.page(verdict, min(after, 2**62))


def mend_row(account_id: int, import_id: int, number: int, fields: Fields, place: Surroundings) -> Staged:
    """Put other fields in place of a wrong row's, and validate it again.

    Raises NotFound where there is no such row, and Conflict where it can no longer be mended.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        with _staging_of(row, place.uploads) as staging:
            before = _mendable(staging, number)
            mended = check(fields, place.region)
            connection = session.connection()
            tags = split_tags(row.etiqueta)
            matches = find_clients(connection, account_id, [mended], with_tags=bool(tags or fields.etiquetas))
            seen = staging.seen([mended], matches.ids())
            (staged,), firsts = judge([((number, list(before.cells)), mended)], matches, seen, tags)
            staging.replace(staged, firsts)
            _count(row, staging)
    return staged


def leave_out_row(account_id: int, import_id: int, number: int, uploads: Path) -> Staged:
    """Leave a wrong row out.

    Raises NotFound and Conflict like `mend_row`.
    """
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        with _staging_of(row, uploads) as staging:
            staged = _mendable(staging, number)._replace(verdict=Verdict.LEFT_OUT)
            staging.replace(staged, staging.seen([], []))
            _count(row, staging)
    return staged


def rejected(row: Importacion, uploads: Path) -> Iterator[Staged]:
    """Answer the rows that are not imported."""
    files = Files.of(uploads, row.archivo)
    if not files.staging.exists():
        return
    with Staging(files.staging) as staging:
        yield from staging.rejected()


def forget_person(account_id: int, uploads: Path, numbers: Collection[str], document_key: str) -> None:
    """Delete a person's rows, those with a number or the document, from what imports keep in files of their own."""
    kept = owned(Importacion, account_id).where(Importacion.estado.not_in(UNFINISHED))
    for row in db.session.scalars(kept).all():
        files = Files.of(uploads, row.archivo)
        if not files.staging.exists():
            continue
        with Staging(files.staging) as staging:
            staging.forget(numbers, document_key)
            if row.estado is EstadoImportacion.REVISADA:
                _count_again(account_id, row.id, staging)


def _count_again(account_id: int, import_id: int, staging: Staging) -> None:
    with unit_of_work() as session:
        row = get_owned(session, Importacion, account_id, import_id)
        if row.estado is EstadoImportacion.REVISADA:
            _count(row, staging)


def refused(refusal: Refused) -> DomainError:
    """Say a refusal in the reader's language."""
    return DomainError(gettext(refusal.sentence))


def _store(file: IO[bytes], uploads: Path) -> Files:
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Files.of(uploads, secrets.token_hex(16))
    files.upload.touch(mode=0o600)
    with files.upload.open("wb") as target:
        shutil.copyfileobj(file, target, 1 << 20)
    if files.upload.stat().st_size > MAX_BYTES:
        files.delete()
        raise DomainError(gettext("The file is larger than 100 MB. Split it into several."))
    return files


def _examined(account_id: int, files: Files, region: str, sheet: str = "") -> tuple[Layout, int]:
    """Answer the guessed layout of a file, and about how many rows it has."""
    found = None
    if is_spreadsheet(files.upload):
        files.converted.touch(mode=0o600)
        found = convert(files.upload, files.converted, sheet)
    source = examine(files.text)
    first = list(islice(records(source), SAMPLE_ROWS))
    if not first:
        raise Refused(EMPTY)
    layout = guess(first, region, _remembered(account_id, first))
    if found:
        layout = replace(layout, sheet=found.sheet, sheets=found.sheets, hidden_rows=found.hidden_rows)
    return layout, source.lines


def _remembered(account_id: int, first: Sequence[Record]) -> dict[str, str]:
    """Answer which role each title had in the account's last import that had all of these titles."""
    wanted = {fold(clean_line(cell)) for cell in first[0][1]} - {""}
    past = owned(Importacion, account_id).where(Importacion.leidas > 0).order_by(Importacion.id.desc())
    for row in db.session.scalars(past.limit(REMEMBERED)):
        layout = Layout.from_json(row.columnas)
        known = {fold(title): role.value for title, role in zip(layout.titles, layout.roles, strict=False)}
        if wanted and wanted <= known.keys():
            return known
    return {}


def _forget_counts(row: Importacion) -> None:
    for name in ("leidas", "por_aplicar", "sin_celular", *COUNTERS.values()):
        setattr(row, name, 0)


def _clear(files: Files, applied: bool) -> None:  # noqa: FBT001 (it is the value)
    """Delete what a cancelled import needs no longer: its rejected rows are kept where some were imported."""
    if not applied:
        files.delete()
        return
    files.delete_sources()
    with Staging(files.staging) as staging:
        staging.keep_rejected()


def _thing(row: Importacion) -> Thing:
    return Thing("importacion", row.id, row.nombre_archivo, account_id=row.usuario_id)


def _staging_of(row: Importacion, uploads: Path) -> Staging:
    _require(row, EstadoImportacion.REVISADA)
    return Staging(Files.of(uploads, row.archivo).staging)


def _mendable(staging: Staging, number: int) -> Staged:
    staged = staging.get(number)
    if staged is None:
        raise NotFound
    if staged.verdict not in (Verdict.WRONG, Verdict.LEFT_OUT):
        raise Conflict(gettext("This row was mended meanwhile."))
    return staged


def _count(row: Importacion, staging: Staging) -> None:
    for name, count in counted(staging.totals()).items():
        setattr(row, name, count)


def _require(row: Importacion, *states: EstadoImportacion) -> None:
    if row.estado not in states:
        raise Conflict(gettext("That is not possible now: look at how far the import is."))
