"""Imports kept in files of the one machine that serves and imports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from ...files.held import hold
from .. import leftovers
from ..staging.store import Staging
from ..staging.tables.sqlite_file import SqliteFile
from .local_files import LocalFiles, new_files


@dataclass(frozen=True)
class KeptFiles:
    """The files of one import."""

    local: LocalFiles

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return self.local.size

    @contextmanager
    def text(self) -> Iterator[Path]:
        """Give the rows as CSV, where they lie."""
        yield self.local.text

    @contextmanager
    def files(self) -> Iterator[LocalFiles]:
        """Give the files, held.

        Raises FileNotFoundError where they are gone.
        """
        with hold(self.local.upload):
            yield self.local

    def take_sheet(self, files: LocalFiles) -> None:
        """Keep the sheet that was converted, in place of the one before."""
        files.unfinished.replace(files.converted)

    def staging(self) -> Staging:
        """Open the staged rows, for those who store them."""
        return Staging(SqliteFile.made_at(self.local.staging))

    def kept_staging(self) -> Staging | None:
        """Open the staged rows where there are any: they may be deleted at any moment."""
        try:
            return Staging(SqliteFile(self.local.staging))
        except FileNotFoundError:
            return None

    def delete_sources(self) -> None:
        """Delete what was uploaded; the rejected rows stay."""
        self.local.delete_sources()

    def delete_staging(self) -> None:
        """Delete the staged rows."""
        self.local.delete_staging()

    def delete(self) -> None:
        """Delete everything."""
        self.local.delete()


@dataclass(frozen=True)
class FileStorage:
    """A folder with the files of all imports."""

    folder: Path

    def of(self, on: Engine | Connection, import_id: int, name: str) -> KeptFiles:
        """Return the files of the import with this random name."""
        return KeptFiles(LocalFiles(self.folder / name))

    @contextmanager
    def new(self) -> Iterator[LocalFiles]:
        """Hold new files until they belong to an import; where they come to belong to none, delete them."""
        with new_files(self.folder) as files:
            try:
                yield files
            except BaseException:
                files.delete()
                raise

    def keep(self, connection: Connection, import_id: int, files: LocalFiles) -> None:
        """Leave the files where they are."""

    def size(self, connection: Connection, besides: LocalFiles | None = None) -> int:
        """Return how many bytes all files have, those included that others are uploading."""
        return leftovers.size_of_all(self.folder) - (besides.size if besides else 0)

    def sweep(self, engine: Engine) -> int:
        """Delete the files that were left over, and return how many it was."""
        return leftovers.sweep(engine, self.folder)
