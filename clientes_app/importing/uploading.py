"""Uploads: a file is stored, and what its columns hold is guessed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from flask_babel import gettext

from ..audit_log import Actor
from ..client_files.columns import Layout, guess, guess_sales, source_of
from ..client_files.meaning.roles import Contents
from ..client_files.reading import (
    EMPTY,
    MAX_BYTES,
    SAMPLE_ROWS,
    Record,
    Source,
    examine,
    is_converted,
    is_spreadsheet,
    records,
)
from ..client_files.refusals import Refused
from ..client_files.spreadsheet import Converted, convert
from ..client_files.written.encodings import Choice, choices
from ..errors import Conflict, DomainError, NotFound
from ..extensions import db, engine_apart, unit_of_work
from ..fields.services import list_fields
from ..files.disk import DISK_FULL, is_full
from ..models import ClaseImportacion, EstadoImportacion, Importacion
from ..shop.services import lock_account
from ..tenancy import owned
from ..values.text import clean_line
from .budget import require_room
from .jobs import Surroundings
from .own_fields.recognising import recognised
from .services import find_import, lock_import
from .storage.kept import Kept, Storage
from .storage.local_files import LocalFiles

REMEMBERED = 20
"""Earlier imports whose columns are looked at."""


@dataclass(frozen=True)
class Upload:
    """A file that somebody uploads."""

    content: IO[bytes]
    name: str
    contents: Contents = Contents.CLIENTS


class _Owner(NamedTuple):
    """By what a file is guessed: whose it is, of which country plain numbers are, what its rows are."""

    account_id: int
    region: str
    contents: Contents


def upload(account_id: int, file: Upload, place: Surroundings, *, by: Actor) -> Importacion:
    """Store a file and guess what its columns hold.

    Raises DomainError where the file is refused, or there is no room for it; then nothing of it is kept.
    """
    size = _size_of(file.content)
    require_room(db.session(), account_id, place, size)
    with _refusals_said(), place.storage.new() as files:
        with files.upload.open("wb") as target:
            shutil.copyfileobj(file.content, target, 1 << 20)
        layout, lines = _examined(_Owner(account_id, place.region, file.contents), files.upload, files.converted)
        with unit_of_work() as session:
            lock_account(session, account_id)
            require_room(session, account_id, place, files.size, coming=files)
            row = Importacion(
                usuario_id=account_id,
                subida_por_id=by.person_id or account_id,  # the command line uploads in the admin's name
                nombre_archivo=clean_line(file.name)[:200] or file.contents.value,
                archivo=files.upload.name,
                clase=ClaseImportacion(file.contents.value),
                columnas=layout.to_json(),
                filas=lines,
            )
            session.add(row)
            session.flush()
            place.storage.keep(session.connection(), row.id, files)
    return row


def choose_sheet(account_id: int, import_id: int, sheet: str, place: Surroundings) -> Importacion:
    """Take another sheet of the spreadsheet.

    Raises NotFound, Conflict, and DomainError where the sheet is refused; then the sheet before stays.
    """
    row = find_import(account_id, import_id)
    if sheet not in Layout.from_json(row.columnas).sheets:
        raise NotFound
    try:
        with _refusals_said(), _kept(row, place.storage).files() as files:
            return _take_sheet(row, files, sheet, place)
    except FileNotFoundError as error:
        raise _gone() from error


def _take_sheet(row: Importacion, files: LocalFiles, sheet: str, place: Surroundings) -> Importacion:
    owner = _Owner(row.usuario_id, place.region, Contents(row.clase.value))
    # A worker may begin to read the sheet chosen before: it stays until it is certain that none has.
    try:
        layout, lines = _examined(owner, files.upload, files.unfinished, sheet)
        with unit_of_work() as session:
            row = lock_import(session, row.usuario_id, row.id, EstadoImportacion.SUBIDA)
            row.columnas, row.filas = layout.to_json(), lines
            place.storage.of(session.connection(), row.id, row.archivo).take_sheet(files)
    finally:
        files.unfinished.unlink(missing_ok=True)
    return row


def layout_of(row: Importacion, storage: Storage) -> Layout:
    """Return how a file is read, also where the import is of a time when that was not kept.

    Raises Conflict where the file is gone.
    """
    layout = Layout.from_json(row.columnas)
    if layout.encoding:
        return layout
    try:
        with _kept(row, storage).text() as text:
            source = source_of(text, layout)
    except (Refused, OSError) as error:
        raise _gone() from error
    return replace(layout, encoding=source.encoding, delimiter=source.delimiter)


def read_anew(row: Importacion, layout: Layout, storage: Storage, region: str) -> Layout:
    """Return the layout that a file has where it is written as this one says, its columns guessed anew.

    Raises DomainError where it cannot be read so.
    """
    with _refusals_said(), _kept(row, storage).text() as text:
        first = _first_rows(source_of(text, layout))
    title_row = layout.title_row if layout.has_titles else 0
    guessed = _guessed(_Owner(row.usuario_id, region, layout.contents), first, title_row)
    written = {name: getattr(layout, name) for name in ("sheet", "sheets", "hidden_rows", "encoding", "delimiter")}
    return replace(guessed, **written, tag_delimiter=layout.tag_delimiter)


def sample(row: Importacion, layout: Layout, storage: Storage) -> list[Record]:
    """Return the first rows of the file, titles included; none where it cannot be read so."""
    try:
        with _kept(row, storage).text() as text:
            return list(islice(records(source_of(text, layout)), SAMPLE_ROWS))
    except OSError as error:
        raise _gone() from error
    except Refused:
        return []


def encodings(row: Importacion, layout: Layout, storage: Storage) -> list[Choice]:
    """Return the encodings that a file may be in; none where this app wrote it, from a spreadsheet."""
    try:
        with _kept(row, storage).text() as text:
            return [] if is_converted(text) else choices(text, layout.encoding)
    except OSError as error:
        raise _gone() from error


def refused(refusal: Refused) -> DomainError:
    """Say a refusal in the reader's language."""
    return DomainError(gettext(refusal.sentence, row=refusal.row))


def _gone() -> Conflict:
    return Conflict(gettext("The file is no longer here. Upload it again."))


@contextmanager
def _refusals_said() -> Iterator[None]:
    """Say in the reader's language why a file is refused, a full disk included."""
    try:
        yield
    except Refused as refusal:
        raise refused(refusal) from refusal
    except OSError as error:
        if not is_full(error):
            raise
        raise refused(Refused(DISK_FULL)) from error


def _size_of(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > MAX_BYTES:
        raise DomainError(gettext("The file is larger than 100 MB. Split it into several."))
    return size


def _examined(owner: _Owner, upload: Path, converted: Path, sheet: str = "") -> tuple[Layout, int]:
    """Return the guessed layout of a file, and about how many rows it has; a sheet is written to `converted`."""
    found = _converted(upload, converted, sheet) if is_spreadsheet(upload) else None
    source = examine(converted if found else upload)
    layout = _guessed(owner, _first_rows(source))
    layout = replace(layout, encoding=source.encoding, delimiter=source.delimiter)
    if found:
        layout = replace(layout, sheet=found.sheet, sheets=found.sheets, hidden_rows=found.hidden_rows)
    return layout, source.lines


def _guessed(owner: _Owner, first: Sequence[Record], title_row: int | None = None) -> Layout:
    past = [layout for layout in _past(owner.account_id) if layout.contents is owner.contents]
    if owner.contents is Contents.SALES:
        return guess_sales(first, past, title_row)
    guessed = guess(first, owner.region, past, title_row)
    return recognised(guessed, list_fields(db.session(), owner.account_id), past)


def _first_rows(source: Source) -> list[Record]:
    first = list(islice(records(source), SAMPLE_ROWS))
    if not first:
        raise Refused(EMPTY)
    return first


def _kept(row: Importacion, storage: Storage) -> Kept:
    return storage.of(engine_apart(), row.id, row.archivo)


def _converted(upload: Path, converted: Path, sheet: str) -> Converted:
    db.session.commit()  # it may take minutes, and needs no connection
    converted.touch(mode=0o600)
    return convert(upload, converted, sheet)


def _past(account_id: int) -> Iterator[Layout]:
    """Iterate over the layouts of the account's imports, the latest first."""
    past = owned(Importacion, account_id).where(Importacion.leidas > 0).order_by(Importacion.id.desc())
    for row in db.session.scalars(past.limit(REMEMBERED)):
        yield Layout.from_json(row.columnas)
