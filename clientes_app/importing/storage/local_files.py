"""The files of an import on this machine: as it was uploaded, converted, and with its staged rows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...client_files.reading import CONVERTED, HALF_CONVERTED
from ...files.held import hold_new

SOURCES = ("", CONVERTED, HALF_CONVERTED)
"""How the names of the files end that hold what was uploaded: as it came, converted, and while it is converted."""

STAGED = (".rows", ".rows-wal", ".rows-shm")
"""And of those that hold rows with their verdicts: SQLite's file, with its log and the index of that."""


@dataclass(frozen=True)
class LocalFiles:
    """Files whose names begin with the import's."""

    upload: Path

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


@contextmanager
def new_files(folder: Path) -> Iterator[LocalFiles]:
    """Make files under a random name, and hold them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_new(lambda: _new_file(folder)) as path:
        yield LocalFiles(path)


def size_of(path: Path) -> int:
    """Return how many bytes a file has, 0 where it is not there or has just been deleted."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _new_file(folder: Path) -> Path:
    path = folder / secrets.token_hex(16)
    path.touch(mode=0o600)
    return path
