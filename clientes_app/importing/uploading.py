"""Uploads: a file is stored, and what its columns hold is guessed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO

from flask_babel import gettext

from ..client_files.columns import Layout, guess
from ..client_files.reading import EMPTY, MAX_BYTES, SAMPLE_ROWS, Record, examine, is_spreadsheet, records
from ..client_files.refusals import Refused
from ..client_files.spreadsheet import convert
from ..errors import Conflict, DomainError, NotFound
from ..extensions import db, unit_of_work
from ..models import EstadoImportacion, Importacion
from ..tenancy import owned
from ..text import clean_line, fold
from .jobs import Files, Surroundings
from .services import find_import, lock_import

REMEMBERED = 20
"""Earlier imports whose columns are looked at."""


def upload(account_id: int, user_id: int, file: IO[bytes], name: str, place: Surroundings) -> Importacion:
    """Store a file and guess what its columns hold.

    Raises DomainError where the file is refused; then nothing of it is kept.
    """
    files = _store(file, place.uploads)
    try:
        layout, lines = _examined(account_id, files.upload, files.converted, place.region)
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
    files = Files.of(place.uploads, row.archivo)
    if sheet not in Layout.from_json(row.columnas).sheets:
        raise NotFound
    # A worker may begin to read the sheet chosen before: it stays until it is certain that none has.
    converted = files.upload.with_suffix(f".{secrets.token_hex(4)}.csv")
    try:
        layout, lines = _examined(account_id, files.upload, converted, place.region, sheet)
        with unit_of_work() as session:
            row = lock_import(session, account_id, import_id, EstadoImportacion.SUBIDA)
            row.columnas, row.filas = layout.to_json(), lines
            converted.replace(files.converted)
    except Refused as refusal:
        raise refused(refusal) from refusal
    finally:
        converted.unlink(missing_ok=True)
    return row


def sample(row: Importacion, uploads: Path) -> list[Record]:
    """Answer the first rows of the file, titles included."""
    try:
        return list(islice(records(examine(Files.of(uploads, row.archivo).text)), SAMPLE_ROWS))
    except (Refused, OSError) as error:
        raise Conflict(gettext("The file is no longer here. Upload it again.")) from error


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


def _examined(account_id: int, upload: Path, converted: Path, region: str, sheet: str = "") -> tuple[Layout, int]:
    """Return the guessed layout of a file, and about how many rows it has; a sheet is written to `converted`."""
    found = None
    if is_spreadsheet(upload):
        converted.touch(mode=0o600)
        found = convert(upload, converted, sheet)
    source = examine(converted if found else upload)
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
