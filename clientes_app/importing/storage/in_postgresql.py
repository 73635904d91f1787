"""Imports kept in PostgreSQL, for machines that share it and no disk.

A file is on a machine only as long as somebody reads or writes it there. What is stored goes with its import.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    delete,
    func,
    literal_column,
    select,
    true,
    union,
    union_all,
)

from ...database.transactions import connected, joined, write_transaction
from ...models import ArchivoImportado, Importacion
from .. import leftovers
from ..staging.store import Staging
from ..staging.tables.postgresql import TABLES, PostgresTables
from . import pieces
from .local_files import LocalFiles, new_files

_PIECES = cast(Table, ArchivoImportado.__table__)
_ROWS = tuple(TABLES.values())


@dataclass(frozen=True)
class KeptRows:
    """What the database has of one import."""

    on: Engine | Connection
    import_id: int
    folder: Path
    """Where files of this machine may be for a while."""

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        with connected(self.on) as connection:
            return _size(connection, self.import_id)

    @contextmanager
    def text(self) -> Iterator[Path]:
        """Give the rows as CSV, in a file that is deleted in the end.

        Raises FileNotFoundError where nothing is kept.
        """
        with _passing_files(self.folder) as files:
            with connected(self.on) as connection:
                if not pieces.fetch(connection, self.import_id, files.converted, converted=True):
                    _fetch_upload(connection, self.import_id, files)
            yield files.text

    @contextmanager
    def files(self) -> Iterator[LocalFiles]:
        """Give the upload in files that are deleted in the end.

        Raises FileNotFoundError where nothing is kept.
        """
        with _passing_files(self.folder) as files:
            with connected(self.on) as connection:
                _fetch_upload(connection, self.import_id, files)
            yield files

    def take_sheet(self, files: LocalFiles) -> None:
        """Keep the sheet that was converted, in place of the one before."""
        with joined(self.on) as connection:
            pieces.store(connection, self.import_id, files.unfinished, converted=True)

    def staging(self) -> Staging:
        """Open the staged rows, for those who store them."""
        return Staging(PostgresTables(self.on, self.import_id))

    def kept_staging(self) -> Staging | None:
        """Open the staged rows where there are any: those of tables can always be asked for."""
        return self.staging()

    def delete_sources(self) -> None:
        """Delete what was uploaded; the rejected rows stay."""
        self._delete([_PIECES])

    def delete_staging(self) -> None:
        """Delete the staged rows."""
        self._delete(_ROWS)

    def delete(self) -> None:
        """Delete everything."""
        self._delete([_PIECES, *_ROWS])

    def _delete(self, tables: Sequence[Table]) -> None:
        with joined(self.on) as connection:
            _delete_of(connection, tables, [self.import_id])


@dataclass(frozen=True)
class DatabaseStorage:
    """The tables of all imports."""

    folder: Path

    def of(self, on: Engine | Connection, import_id: int, name: str) -> KeptRows:
        """Return what is kept of an import, as a transaction sees it or each act of its own."""
        return KeptRows(on, import_id, self.folder)

    @contextmanager
    def new(self) -> Iterator[LocalFiles]:
        """Hold new files, and delete them in the end."""
        with _passing_files(self.folder) as files:
            yield files

    def keep(self, connection: Connection, import_id: int, files: LocalFiles) -> None:
        """Store an upload, and what it was converted into."""
        pieces.store(connection, import_id, files.upload, converted=False)
        if files.converted.exists():
            pieces.store(connection, import_id, files.converted, converted=True)

    def size(self, connection: Connection, besides: LocalFiles | None = None) -> int:
        """Return how many bytes all imports take; what is only coming in is not among them."""
        return _size(connection)

    def sweep(self, engine: Engine) -> int:
        """Delete what ended imports left over, and the files on this machine."""
        with write_transaction(engine) as connection:
            sources = _sweep(connection, [_PIECES], leftovers.needs_no_sources())
            rows = _sweep(connection, _ROWS, leftovers.needs_no_rows())
        return sources + rows + leftovers.sweep(engine, self.folder)


@contextmanager
def _passing_files(folder: Path) -> Iterator[LocalFiles]:
    with new_files(folder) as files:
        try:
            yield files
        finally:
            files.delete()


def _fetch_upload(connection: Connection, import_id: int, files: LocalFiles) -> None:
    if not pieces.fetch(connection, import_id, files.upload, converted=False):
        raise FileNotFoundError(f"nothing is kept of import {import_id}")


def _size(connection: Connection, import_id: int | None = None) -> int:
    """Return how many bytes one import takes, or all of them."""
    files = select(func.sum(func.octet_length(_PIECES.c.contenido))).where(_of(_PIECES, import_id))
    rows = [
        select(func.sum(func.pg_column_size(literal_column(f"{table.name}.*"))))
        .select_from(table)
        .where(_of(table, import_id))
        for table in _ROWS
    ]
    return sum(int(size or 0) for size in connection.scalars(union_all(files, *rows)))


def _of(table: Table, import_id: int | None) -> ColumnElement[bool]:
    return true() if import_id is None else table.c.importacion_id == import_id


def _sweep(connection: Connection, tables: Sequence[Table], left: ColumnElement[bool]) -> int:
    """Delete the rows of imports that need none, and return how many imports had some."""
    ended = select(Importacion.id).where(left)
    there = union(*(select(table.c.importacion_id).where(table.c.importacion_id.in_(ended)) for table in tables))
    ids = connection.scalars(there).all()
    _delete_of(connection, tables, ids)
    return len(ids)


def _delete_of(connection: Connection, tables: Sequence[Table], import_ids: Sequence[int]) -> None:
    for table in tables:
        connection.execute(delete(table).where(table.c.importacion_id.in_(import_ids)))
